import { BkError, type ErrorCode, shown } from '../../errors';
import { type Note, say } from '../../texts/note';
import { isRecord, type Rule, type Rules } from './rules';

/** Whose options they are, for messages. */
export interface Whose {
  /** Completes "is no option of …": `read`. */
  job: string | Note;
  /** Of the chip that stays as it is; undefined where none is asked. */
  port?: string;
}

/**
 * A copy of what code has given as options, all of it checked. What is undefined counts as left out; null does
 * not: it is what a mistake leaves behind, and must not stand for the usual.
 * @throws BkError BK_BAD_SETTING, BK_OUT_OF_RANGE; the message names the option and what it may be
 */
export function take<Options>(given: unknown, rules: Rules, whose: Whose): Options {
  if (!isRecord(given)) {
    throw refused(
      say('option.notAnObject', {
        job: whose.job,
        names: Object.keys(rules).join(', '),
        given: shown(given),
      }),
      say('option.giveObject'),
      whose,
    );
  }
  return takeAll(given, rules, whose, '') as Options;
}

function takeAll(
  given: Record<string, unknown>,
  rules: Rules,
  whose: Whose,
  path: string,
): Record<string, unknown> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(rules, name) || given[name] === undefined) continue;
    const known = Object.keys(rules).map((rule) => path + rule);
    throw refused(
      say('option.unknown', {
        name: shown(path + name),
        job: whose.job,
        names: known.join(', '),
      }),
      say('option.correctName'),
      whose,
    );
  }
  const options: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = takeOne(given[name], rule, whose, path + name);
    if (value !== undefined) options[name] = value;
  }
  return options;
}

function takeOne(value: unknown, rule: Rule, whose: Whose, name: string): unknown {
  if (value === undefined) {
    if (!rule.required) return undefined;
    throw refused(
      say('option.missing', { name, wanted: rule.wanted }),
      say('option.give', { name }),
      whose,
    );
  }
  const code = rule.fault(value);
  if (code !== null) {
    throw refused(
      say('option.unfit', { name, given: givenAs(value, rule), wanted: rule.wanted }),
      rule.required ? say('option.correct', { name }) : say('option.correctOrLeaveOut', { name }),
      whose,
      code,
    );
  }
  if (rule.within === undefined) return value;
  const inner = value as Record<string, unknown>;
  return takeAll(inner, rule.within(inner), whose, `${name}.`);
}

function givenAs(value: unknown, rule: Rule): string | Note {
  if (rule.secret && value !== null) return say('option.ofType', { type: typeof value });
  return shown(value);
}

/** The error for options that cannot be used. It is found before the port is opened. */
export function refused(
  refusal: Note,
  advice: Note,
  { port }: Pick<Whose, 'port'>,
  code: ErrorCode = 'BK_BAD_SETTING',
): BkError {
  const text = port === undefined ? refusal : say('option.unchangedOn', { refusal, port });
  return new BkError(code, text, { phase: 'open', advice: [advice] });
}
