import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './atomic';
import { readIfPlain } from './plain-file';
import { type ChipTraits, type DescribedBackup, recordIn } from './record';

/** What is known of the backups in a folder, beside them. It can go at any time: it is made anew. */
export const INDEX = '.bk72xx-index';
/** Before what follows: the checksum of all of it. Another version's index is not read. */
const HEADER = /^bk72xx-index 1 ([0-9a-f]{64})\n/;
/** As many as 30,000 backups; a folder with more is looked through each time. Bytes. */
const LARGEST_INDEX = 16 * 1024 * 1024;
/** Several times what a line can have. */
const LONGEST_LINE = 8 * 1024;
/**
 * Two changes of a file within this time may have the same times, by the clock of its disk: FAT counts in steps of two
 * seconds. What changed so shortly before the index was written is looked at again.
 */
const SETTLED_MS = 3000;

/** What tells one state of a file from another. */
export type Signature = readonly [size: number, mtimeMs: number, ctimeMs: number, inode: number];

/** What the index has of one backup. */
export interface IndexLine extends DescribedBackup {
  /** Of the sidecar that all of this was read from. */
  sidecar: Signature;
  /** Of the bytes when they were hashed and found to be what the sidecar says; null where they were not yet. */
  sound: Signature | null;
  /** Whether the sidecar lists the checksums of the sectors, which are not in here. */
  hasSectors: boolean;
}

/** By the name of the bytes' file. */
export type Index = Map<string, IndexLine>;

export function signatureOf({ size, mtimeMs, ctimeMs, ino }: Stats): Signature {
  return [size, mtimeMs, ctimeMs, ino];
}

export function isSame(one: Signature, other: Signature | null): boolean {
  return other !== null && one.every((value, index) => value === other[index]);
}

/**
 * The index of a folder; empty where there is none, or where it is not what was written. What it says of files that
 * may have changed since without a trace is left out.
 */
export async function readIndex(folder: string): Promise<Index> {
  const path = join(folder, INDEX);
  const index: Index = new Map();
  // Asked before it is read: of one that is replaced meanwhile it is the older time, which is the careful one.
  const stats = await lstat(path).catch(() => null);
  const bytes = stats && (await readIfPlain(path, { most: LARGEST_INDEX, links: 'refuse' }));
  if (!bytes) return index;
  const text = bytes.toString('utf8');
  const [header = '', checksum] = HEADER.exec(text) ?? [];
  const body = text.slice(header.length);
  if (checksum !== checksumOf(body)) return index;
  const isSettled = ([, mtimeMs, ctimeMs]: Signature) =>
    Math.max(mtimeMs, ctimeMs) < stats.mtimeMs - SETTLED_MS;
  for (const line of body.split('\n')) {
    const read = line.length <= LONGEST_LINE ? parseLine(line) : null;
    if (read === null || !isSettled(read.line.sidecar)) continue;
    const { sound } = read.line;
    const isSound = sound !== null && isSettled(sound);
    index.set(read.name, { ...read.line, sound: isSound ? sound : null });
  }
  return index;
}

/** Writes the index of a folder, where it may be written: without one, all is as right, and slower. */
export async function writeIndex(folder: string, index: Index): Promise<void> {
  const lines = [...index].map(([name, { record, traits, sidecar, sound, hasSectors }]) => {
    const { sectors: _, ...rest } = record;
    return JSON.stringify([name, sidecar, sound, hasSectors, traits, rest]);
  });
  const body = lines.join('\n');
  const text = Buffer.from(`bk72xx-index 1 ${checksumOf(body)}\n${body}`);
  if (text.length > LARGEST_INDEX) return;
  await replaceFile(join(folder, INDEX), text, 'owner').catch(() => {});
}

function checksumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

function parseLine(text: string): { name: string; line: IndexLine } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const [name, sidecar, sound, hasSectors, traits, rest] = value as unknown[];
  const record = recordIn(rest);
  const isWhole =
    typeof name === 'string' &&
    isSignature(sidecar) &&
    (sound === null || isSignature(sound)) &&
    typeof hasSectors === 'boolean' &&
    isTraits(traits);
  return isWhole && record !== null
    ? { name, line: { record, traits, sidecar, sound, hasSectors } }
    : null;
}

function isSignature(value: unknown): value is Signature {
  return Array.isArray(value) && value.length === 4 && value.every(Number.isFinite);
}

function isTraits(value: unknown): value is ChipTraits {
  if (typeof value !== 'object' || value === null) return false;
  const { flashId, encryptionKey, firmware } = value as Record<string, unknown>;
  const isTextOrNull = (one: unknown) => one === null || typeof one === 'string';
  return [flashId, encryptionKey, firmware].every(isTextOrNull);
}
