import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { BkError, type Note, say } from '../../src';
import { choice, isBlank } from './settings';

/** Where else than in the setting itself its value may stand, in the words of Node-RED's typed inputs. */
const PLACES = ['msg', 'flow', 'global', 'env'] as const;

/** The setting is the value itself: a size or a text. So it is where a flow file names no type. */
const ITSELF = ['size', 'str'] as const;

type Named = Readonly<Record<string, unknown>>;

/** Whether a setting holds its own value, and does not name a place to find it in. */
export function holdsItself(def: object, name: string): boolean {
  return (ITSELF as readonly string[]).includes(typeOf(def as Named, name));
}

/** Whether a value comes from the flow's editor and not, by whatever way, from a message. */
export function isTrusted(def: object, name: string): boolean {
  return holdsItself(def, name) || typeOf(def as Named, name) === 'env';
}

/**
 * The value of a setting for one message: what stands in it, or what stands in the place that it names, as
 * `offset` = `from` with `offsetType` = `msg` names `msg.from`.
 * @throws BkError BK_BAD_SETTING where there is nothing in that place: it must not become "all of it"
 */
export function settingValue(
  RED: NodeAPI,
  node: Node,
  def: object,
  name: string,
  msg: NodeMessage,
): unknown {
  const saved = def as Named;
  const type = typeOf(saved, name);
  const value = saved[name];
  if (type === 'size' || type === 'str') return value;
  const property = isBlank(value) ? '' : String(value).trim();
  const place = type === 'env' ? `\${${property}}` : `${type}.${property}`;
  const found =
    property === '' ? undefined : evaluated(RED, node, name, property, type, place, msg);
  if (!isBlank(found)) return found;
  throw bad(say('node.nothingInPlace', { name, place }), say('node.fillPlace', { place, name }));
}

function typeOf(saved: Named, name: string): (typeof PLACES)[number] | (typeof ITSELF)[number] {
  return choice(`${name}Type`, saved[`${name}Type`], [...ITSELF, ...PLACES], 'str');
}

function evaluated(
  RED: NodeAPI,
  node: Node,
  name: string,
  property: string,
  type: string,
  place: string,
  msg: NodeMessage,
): unknown {
  try {
    return RED.util.evaluateNodeProperty(property, type, node, msg);
  } catch (error) {
    // Nothing that could hold such a property.
    if (error instanceof TypeError) return undefined;
    // An expression that is none, or a context store that answers later only.
    const reason = error instanceof Error ? error.message : String(error);
    throw bad(
      say('node.placeUnreadable', { name, place, reason }),
      say('node.correctValue', { name }),
    );
  }
}

function bad(text: Note, advice: Note): BkError {
  return new BkError('BK_BAD_SETTING', text, { phase: 'open', advice: [advice] });
}
