import { SECTOR } from '../chip/geometry';
import { CHIPS } from '../chip/known/chips';
import type { Region } from '../chip/layouts';
import { outward, runsOf, sectorsOf } from '../chip/regions';
import { BkError, hex } from '../errors';
import { layoutOf } from '../placement/base/place-target';
import type { ConnectedTarget } from '../placement/base/place-types';
import { say } from '../texts/note';
import type { WebContext } from './web-context';

/** So much is asked for at a time, bytes: what a lost connection costs. */
const PIECE = 0x8000;
/** What a device sends in a second, as a rule, bytes: for estimates only. */
export const USUAL_SPEED = 60_000;
/** How often sectors that the firmware changes just then are read until they are twice alike. */
const ROUNDS = 5;

/** The chip as placing an image sees it. */
export function targetOf({ identity, port }: WebContext): ConnectedTarget {
  const { chip, family, readable, key, mac, partitions, calibration } = identity;
  return { chip, family, flashSize: readable, key, mac, partitions, calibration, port };
}

/**
 * Reads flash in pieces. Its firmware goes on running: what lies behind its code is read until it is twice alike.
 * @throws BkError BK_CANCELLED, and as the client
 */
export async function readFlash(
  context: WebContext,
  range: Region,
  phase: 'read' | 'backup',
): Promise<Buffer> {
  const { client, progress } = context;
  const bytes = Buffer.alloc(range.length);
  const seconds = range.length / USUAL_SPEED;
  progress.begin(phase, range.length, seconds, say('openbeken.reading', { port: context.port }));
  for (const piece of piecesOf(range)) {
    context.mayGoOn();
    (await client.readFlash(piece, phase)).copy(bytes, piece.offset - range.offset);
    const address = piece.offset;
    progress.advance(phase, piece.length, address, say('job.reading', { address: hex(address) }));
    for (const run of runsOf(sectorsOf(inward(piece)))) context.show(run, 'read');
  }
  await settle(context, range, bytes, phase);
  return bytes;
}

/** Its file system as it lies in flash, twice alike; null where it has none. */
export async function readFiles(
  context: WebContext,
  phase: 'read' | 'backup' | 'verify',
): Promise<Buffer | null> {
  let last = await context.client.readFiles(phase);
  for (let round = 0; last !== null && round < ROUNDS; round++) {
    const again = await context.client.readFiles(phase);
    if (again?.equals(last)) return last;
    last = again;
  }
  if (last !== null) context.warnings.push(say('openbeken.filesKeepChanging'));
  return last;
}

/** Where in flash the file system lies; null where it is at none of the places that are known. */
export async function locateFiles(context: WebContext, files: Buffer): Promise<number | null> {
  const { readable, chip } = context.identity;
  const head = files.subarray(0, SECTOR);
  for (const end of CHIPS[chip].openBeken.places?.filesEnds ?? []) {
    const offset = end - files.length;
    if (offset < 0 || end > readable) continue;
    const there = await context.client.readFlash({ offset, length: SECTOR }, 'identify');
    if (there.equals(head)) return offset;
  }
  return null;
}

/** Where the firmware has its configuration. @throws BkError BK_BAD_SETTING where that is not known */
export function configRegion({ identity, port }: WebContext): Region {
  const { chip } = identity;
  const offset = CHIPS[chip].openBeken.places?.config ?? null;
  if (offset !== null) return { offset, length: SECTOR };
  throw new BkError('BK_BAD_SETTING', say('placement.configPlaceUnknown', { chip, port }), {
    advice: [say('openbeken.readFlashInstead')],
  });
}

/** @throws BkError BK_OUT_OF_RANGE */
export function mustBeReadable(context: WebContext, { offset, length }: Region): void {
  const { readable } = context.identity;
  if (length > 0 && offset + length <= readable) return;
  const place = { offset: hex(offset), port: context.port, size: hex(readable) };
  throw new BkError('BK_OUT_OF_RANGE', say('openbeken.notReadable', { ...place, length }), {
    address: offset,
    advice: [say('job.useRange', { from: hex(0), to: hex(readable) })],
  });
}

async function settle(
  context: WebContext,
  range: Region,
  bytes: Buffer,
  phase: 'read' | 'backup',
): Promise<void> {
  const { download } = layoutOf(targetOf(context));
  const start = Math.max(range.offset, download.offset + download.length);
  const length = range.offset + range.length - start;
  if (length <= 0) return;
  let unsure: Region[] = [{ offset: start, length }];
  for (let round = 0; round < ROUNDS; round++) {
    const changed: number[] = [];
    for (const piece of unsure.flatMap((region) => [...piecesOf(region)])) {
      context.mayGoOn();
      const again = await context.client.readFlash(piece, phase);
      changed.push(...differing(bytes, range.offset, piece, again));
      again.copy(bytes, piece.offset - range.offset);
    }
    if (changed.length === 0) return;
    unsure = runsOf(changed).map((run) => within(run, range));
  }
  const addresses = unsure.map(({ offset }) => hex(offset)).join(', ');
  context.warnings.push(say('openbeken.keepsChanging', { addresses }));
}

/** The sectors in which two readings differ. */
function differing(bytes: Buffer, base: number, piece: Region, again: Buffer): number[] {
  return sectorsOf(outward(piece)).filter((sector) => {
    const { offset, length } = within({ offset: sector, length: SECTOR }, piece);
    const at = offset - base;
    return !bytes
      .subarray(at, at + length)
      .equals(again.subarray(offset - piece.offset, offset - piece.offset + length));
  });
}

function within(region: Region, range: Region): Region {
  const offset = Math.max(region.offset, range.offset);
  const end = Math.min(region.offset + region.length, range.offset + range.length);
  return { offset, length: end - offset };
}

/** The whole sectors in a range. */
function inward({ offset, length }: Region): Region {
  const start = Math.ceil(offset / SECTOR) * SECTOR;
  const end = Math.floor((offset + length) / SECTOR) * SECTOR;
  return { offset: start, length: Math.max(0, end - start) };
}

function* piecesOf({ offset, length }: Region): Generator<Region> {
  const end = offset + length;
  for (let at = offset; at < end; ) {
    const next = Math.min(end, (Math.floor(at / PIECE) + 1) * PIECE);
    yield { offset: at, length: next - at };
    at = next;
  }
}
