import { SECTOR } from '../../chip/geometry';
import { CHIPS } from '../../chip/known/chips';
import type { Region } from '../../chip/layouts';
import { BkError, hex, type Phase } from '../../errors';
import { readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import { pinFields } from '../../image/openbeken/openbeken-layout';
import type { ConnectedTarget } from '../../placement/base/place-types';
import { say } from '../../texts/note';
import type { OpenBekenClient } from './openbeken-client';
import type { WebContext } from './web-context';

/** So much is asked for at a time, bytes: what a lost connection costs. */
const PIECE = 0x8000;
/** What a device sends in a second, as a rule, bytes: for estimates only. */
export const USUAL_SPEED = 60_000;
/** How often a piece is read again until it is twice alike. */
const ROUNDS = 6;
/** How long its file system is unless somebody has set that, bytes. Source: OpenBeken's source text. */
const USUAL_FILES = 0x8000;

/** The chip as placing an image sees it. */
export function targetOf({ identity, port }: WebContext): ConnectedTarget {
  const { chip, family, readable, key, mac, partitions, calibration } = identity;
  return { chip, family, flashSize: readable, key, mac, partitions, calibration, port };
}

/**
 * Reads flash in pieces, each until it is twice alike: the firmware goes on running and may write just then, and nothing
 * in an answer tells whether it is right.
 * @throws BkError BK_CANCELLED, BK_CRC_MISMATCH, and as the client
 */
export async function readFlash(
  context: WebContext,
  range: Region,
  phase: 'read' | 'backup',
): Promise<Buffer> {
  const { progress } = context;
  const bytes = Buffer.alloc(range.length);
  const seconds = (2 * range.length) / USUAL_SPEED;
  progress.begin(phase, range.length, seconds, say('openbeken.reading', { port: context.port }));
  for (const piece of piecesOf(range)) {
    context.mayGoOn();
    (await readSure(context.client, piece, phase)).copy(bytes, piece.offset - range.offset);
    const address = piece.offset;
    progress.advance(phase, piece.length, address, say('job.reading', { address: hex(address) }));
    context.show(inward(piece), 'read');
  }
  return bytes;
}

/** A piece of flash that was twice alike. @throws BkError BK_CRC_MISMATCH */
export async function readSure(
  client: OpenBekenClient,
  piece: Region,
  phase: Phase,
): Promise<Buffer> {
  let last = await client.readFlash(piece, phase);
  for (let round = 0; round < ROUNDS; round++) {
    const again = await client.readFlash(piece, phase);
    if (again.equals(last)) return again;
    last = again;
  }
  const address = hex(piece.offset);
  throw new BkError(
    'BK_CRC_MISMATCH',
    say('openbeken.neverTwiceAlike', { port: client.port, address, rounds: ROUNDS + 1 }),
    {
      phase,
      address: piece.offset,
      attempts: ROUNDS + 1,
      advice: [say('openbeken.powerCycleAndAgain')],
    },
  );
}

/**
 * Its file system as it lies in flash, twice alike and as long as it has to be; null where it has none.
 * @throws BkError BK_CRC_MISMATCH
 */
export async function readFiles(
  context: WebContext,
  phase: 'read' | 'backup' | 'identify',
): Promise<Buffer | null> {
  const { client, port } = context;
  const length = await filesLength(context);
  let last = await client.readFiles(phase);
  for (let round = 0; round < ROUNDS; round++) {
    context.mayGoOn();
    const again = await client.readFiles(phase);
    const isAlike = again === null ? last === null : last !== null && again.equals(last);
    // An answer has no length: one that was cut off twice at the same place is told by this.
    const isWhole = again === null || again.length === length;
    if (isAlike && (isWhole || (await locateFiles(context, again)) !== null)) return again;
    last = again;
  }
  throw new BkError('BK_CRC_MISMATCH', say('openbeken.filesNeverAlike', { port }), {
    phase,
    attempts: ROUNDS + 1,
    advice: [say('openbeken.powerCycleAndAgain')],
  });
}

/** How long the file system is by the configuration. */
async function filesLength(context: WebContext): Promise<number> {
  const { chip } = context.identity;
  const config = await readSure(context.client, configRegion(context), 'identify');
  if (readOpenBekenConfig(config, chip) === null) return USUAL_FILES;
  const length = config.readUInt32LE(pinFields(chip).filesLength);
  return length === 0 ? USUAL_FILES : Math.floor(length / SECTOR) * SECTOR;
}

/** Where in flash the file system lies; null where it is at none of the places that are known. */
export async function locateFiles(
  context: WebContext,
  files: Buffer,
  client: OpenBekenClient = context.client,
): Promise<number | null> {
  const { readable, chip } = context.identity;
  const head = files.subarray(0, SECTOR);
  for (const end of CHIPS[chip].openBeken.places?.filesEnds ?? []) {
    const offset = end - files.length;
    if (offset < 0 || end > readable) continue;
    const place = { offset, length: SECTOR };
    const there = await readSure(client, place, 'identify');
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
