import type { NodeAPI, NodeStatus } from 'node-red';
import {
  type BackupsCheck,
  type BkError,
  durationText,
  type Inspection,
  type JobFacts,
  type LineCode,
  type Progress,
  sizeText,
  speedText,
} from '../../src';
import catalogue from '../locales/en-US/bk-device.json';
import { caseOf } from './error-cases';

/** The badge texts of all nodes stand in one catalogue, that of the config node. */
const NAMESPACE = 'node-red-contrib-bk72xx/bk-device';
const ENGLISH: Readonly<Record<string, string>> = catalogue['bk-device'].status;

/** What keeps a chip from being found; where it is silent the reset is most likely missing. */
const LINE_KEYS: { readonly [code in LineCode]?: string } = {
  echo: 'lineEcho',
  tuyaMcu: 'lineTuyaMcu',
  appLog: 'lineAppLog',
  noise: 'lineNoise',
};

/** Results that somebody should look at. */
const DOUBTFUL: readonly string[] = ['writeRestarts'];

type Values = Readonly<Record<string, string | number>>;

/** Texts and colours of the badge below a node. */
export class StatusTexts {
  readonly #RED: NodeAPI;

  constructor(RED: NodeAPI) {
    this.#RED = RED;
  }

  waiting(): NodeStatus {
    return this.#status('grey', 'ring', 'waiting');
  }

  /** The percent is that of the whole job; what mends it on the way shows it as well. */
  progress({ phase, overallPercent, total, ...progress }: Progress): NodeStatus {
    const { bytesPerSecond, waitsForPerson, line } = progress;
    const onLine = line && LINE_KEYS[line.code];
    if (onLine !== undefined) return this.#status('yellow', 'ring', onLine);
    if (waitsForPerson) return this.#status('yellow', 'ring', 'resetNow');
    const words = [this.text(phase)];
    if (total > 0 || overallPercent > 0) words.push(`${overallPercent} %`);
    if (total > 0 && bytesPerSecond !== null) words.push(speedText(bytesPerSecond));
    return { fill: phase === 'recover' ? 'yellow' : 'blue', shape: 'dot', text: words.join(' ') };
  }

  done(key: string, facts: JobFacts): NodeStatus {
    return this.#status(DOUBTFUL.includes(key) ? 'yellow' : 'green', 'dot', key, {
      chip: facts.chip ?? 'BK72xx',
      size: sizeText(facts.bytes),
      time: durationText(facts.durationMs),
    });
  }

  inspecting(): NodeStatus {
    return this.#status('blue', 'dot', 'inspect');
  }

  inspected({ kind, chip }: Inspection): NodeStatus {
    return chip === null
      ? this.#status('green', 'dot', 'inspectedKind', { kind })
      : this.#status('green', 'dot', 'inspected', { kind, chip });
  }

  /** A folder of backups: yellow where one of them cannot be relied on, or none can. */
  checked({ counts }: BackupsCheck): NodeStatus {
    const { sound } = counts;
    const damaged = counts.damaged + counts.unreadable;
    return damaged > 0 || sound === 0
      ? this.#status('yellow', 'dot', 'checkedDamaged', { sound, damaged })
      : this.#status('green', 'dot', 'checked', { sound });
  }

  failed(error: BkError): NodeStatus {
    return error.code === 'BK_CANCELLED'
      ? this.#status('grey', 'ring', error.code)
      : this.#status('red', 'ring', caseOf(error) ?? error.code);
  }

  /** So many ports are there. */
  ports(count: number): NodeStatus {
    return this.#here(count, 'portsHere', {});
  }

  /** @param name the one that is new */
  portAppeared(count: number, name: string): NodeStatus {
    return this.#here(count, 'portAppeared', { name });
  }

  /** @param name the one that has gone */
  portGone(count: number, name: string): NodeStatus {
    return this.#here(count, 'portGone', { name });
  }

  #here(count: number, key: string, values: Values): NodeStatus {
    return count === 0
      ? this.#status('grey', 'ring', key, { ...values, count })
      : this.#status('green', 'dot', key, { ...values, count });
  }

  /** A deploy has cancelled jobs. */
  deployed(): NodeStatus {
    return this.#status('grey', 'ring', 'deployed');
  }

  /**
   * The text in the server's language. Where the catalogue of the package is not registered (tests,
   * a node loaded as a loose file) Node-RED hands back the key: then it is the English text.
   */
  text(key: string, values: Values = {}): string {
    const name = `bk-device.status.${key}`;
    const translated = this.#RED._(`${NAMESPACE}:${name}`, values);
    if (typeof translated === 'string' && !translated.endsWith(name)) return translated;
    return (ENGLISH[key] ?? key).replace(/__(\w+?)__/g, (_all, value) => String(values[value]));
  }

  #status(
    fill: 'blue' | 'green' | 'grey' | 'red' | 'yellow',
    shape: 'dot' | 'ring',
    key: string,
    values?: Values,
  ): NodeStatus {
    return { fill, shape, text: this.text(key, values) };
  }
}
