import { BkError, type ErrorCode, shown } from '../../errors';
import { isRecord, type Rule, type Rules } from './rules';

/** Whose options they are, for messages. */
export interface Whose {
  /** Completes "is no option of …": `read`. */
  job: string;
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
      `The options of ${whose.job} have to be an object with any of ${Object.keys(rules).join(', ')}, but are ${shown(given)}`,
      'Give an object.',
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
      `${shown(path + name)} is no option of ${whose.job}; there are ${known.join(', ')}`,
      'Correct its name, or leave it out.',
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
    throw refused(`${name} is missing; it has to be ${rule.wanted}`, `Give ${name}.`, whose);
  }
  const code = rule.fault(value);
  if (code !== null) {
    const is = rule.secret && value !== null ? `of type ${typeof value}` : shown(value);
    const advice = `Correct ${name}${rule.required ? '' : ', or leave it out'}.`;
    throw refused(`${name} is ${is}, but has to be ${rule.wanted}`, advice, whose, code);
  }
  if (rule.within === undefined) return value;
  const inner = value as Record<string, unknown>;
  return takeAll(inner, rule.within(inner), whose, `${name}.`);
}

/** The error for options that cannot be used. It is found before the port is opened. */
export function refused(
  what: string,
  advice: string,
  { port }: Pick<Whose, 'port'>,
  code: ErrorCode = 'BK_BAD_SETTING',
): BkError {
  const rest = port === undefined ? '' : `; nothing was changed on ${port}`;
  return new BkError(code, what + rest, {
    phase: 'open',
    advice: [advice],
  });
}
