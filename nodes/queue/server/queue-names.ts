import { CHIP_NAMES, type ChipName, ownName } from '../../../src';

/** What a job may be done to: any chip, those of a model, or the one with this MAC (`aa:bb:cc:dd:ee:ff`). */
export type Target =
  | { kind: 'any' }
  | { kind: 'model'; chip: ChipName }
  | { kind: 'mac'; mac: string };

const MAC = /^[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){5}$/i;

/**
 * What a person has written for it: nothing or `any`, a model as people call it, or a MAC in any of its usual ways.
 * @returns null for anything else
 */
export function targetOf(given: string): Target | null {
  const word = given.trim();
  if (word === '' || word.toLowerCase() === 'any') return { kind: 'any' };
  if (MAC.test(word)) {
    const pairs = word.toLowerCase().replace(/[:-]/g, '').match(/../g) ?? [];
    return { kind: 'mac', mac: pairs.join(':') };
  }
  const name = ownName(word).toUpperCase();
  const chip = CHIP_NAMES.find((known) => known.toUpperCase() === name);
  return chip === undefined ? null : { kind: 'model', chip };
}

/** The same as one word, as a job carries it. */
export function targetText(target: Target): string {
  if (target.kind === 'any') return 'any';
  return target.kind === 'model' ? target.chip : target.mac;
}

/**
 * The queue of BullMQ in which jobs for it wait: one for each model, so that a bench with another chip need not take
 * them and lay them back, and one for those that name a MAC.
 */
export function queueFor(name: string, target: Target): string {
  if (target.kind === 'any') return name;
  return `${name}-${target.kind === 'model' ? target.chip : 'mac'}`;
}

/** All of them, as dashboards want to be told them. */
export function allQueues(name: string): string[] {
  return [
    name,
    ...CHIP_NAMES.map((chip) => queueFor(name, { kind: 'model', chip })),
    queueFor(name, { kind: 'mac', mac: '' }),
  ];
}

/** The chip at a bench, as far as it has told. */
export interface KnownChip {
  chip: ChipName | null;
  mac: string | null;
}

/** Whether a chip is one that a job is for. */
export function fits(aim: Target, { chip, mac }: KnownChip): boolean {
  if (aim.kind === 'any') return true;
  return aim.kind === 'model' ? chip === aim.chip : mac === aim.mac;
}
