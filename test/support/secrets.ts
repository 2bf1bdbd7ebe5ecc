import type { Random } from '../../src/clock';
import { between } from './random';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Something that nobody may find in what is posted. */
export interface Secret {
  what: string;
  bytes: Buffer;
}

/** A text like a password: long enough that none comes about by chance. */
export function secretText(random: Random): string {
  const length = between(random, 12, 20);
  return Array.from({ length }, () => LETTERS[between(random, 0, LETTERS.length - 1)]).join('');
}

export function secretBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => between(random, 0, 255)));
}

/** Which secrets a text holds, in what form: as they are, in hex or base64, each also backwards; nothing where none. */
export function leaksIn(text: string, secrets: readonly Secret[]): string[] {
  const lower = text.toLowerCase();
  return secrets.flatMap(({ what, bytes }) =>
    formsOf(bytes)
      .filter(([, form, exact]) => (exact ? text : lower).includes(form))
      .map(([name]) => `${what} as ${name}`),
  );
}

function formsOf(bytes: Buffer): [name: string, form: string, exact: boolean][] {
  return (
    [
      ['', bytes],
      [' backwards', Buffer.from(bytes).reverse()],
    ] as const
  ).flatMap(([way, one]): [string, string, boolean][] => [
    [`hex${way}`, one.toString('hex'), false],
    [
      `separate bytes${way}`,
      [...one].map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
      false,
    ],
    [`a list${way}`, [...one].join(','), false],
    ...(isText(one)
      ? [[`text${way}`, one.toString('latin1').toLowerCase(), false] as [string, string, boolean]]
      : []),
    ...[0, 1, 2].map((before): [string, string, boolean] => [
      `base64${way}`,
      base64Behind(before, one),
      true,
    ]),
  ]);
}

/** The characters that bytes have in base64 behind so many others, without those that others share. */
function base64Behind(before: number, bytes: Buffer): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return all.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}
