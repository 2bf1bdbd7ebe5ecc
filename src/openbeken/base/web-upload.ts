import { SECTOR } from '../../chip/geometry';
import { runsOf, sectorsOf } from '../../chip/regions';
import { type BkError, hex, isBkError, type Phase } from '../../errors';
import type { Piece } from '../../placement/base/place-types';
import { say } from '../../texts/note';
import type { OpenBekenClient } from './openbeken-client';
import type { WebContext } from './web-context';
import { readSure, USUAL_SPEED } from './web-flash';

/** So much is read back at a time, bytes. */
const PIECE = 0x8000;
/** A device whose upload broke off may have to be restarted by its watchdog: how long it is waited for, ms. */
const PATIENCE_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** How often a piece is sent again of which nothing arrived as the connection broke, and how long is waited before, ms. */
const RESENDS = 4;
const RESEND_MS = 2_000;
const NOTHING = Buffer.alloc(0);

/**
 * An upload without any bytes: where an earlier one was refused, the device would put the next one in the wrong place or
 * drop it; with this one it forgets that. It also ends the state in which it neither saves its configuration nor talks
 * to its broker. Source: OpenBeken's source text.
 */
export async function clearUploads(client: OpenBekenClient, phase: Phase): Promise<void> {
  for (const ms of [...PATIENCE_MS, null]) {
    try {
      await client.upload('/api/ota', NOTHING, phase);
      return;
    } catch (error) {
      // Nothing is sent with it that could arrive twice.
      if (ms === null || !isBkError(error, 'BK_NO_RESPONSE')) throw error;
      await client.pause(ms);
    }
  }
}

/** What became of an upload. */
export type Uploaded =
  /** It is in flash, byte for byte. */
  | 'whole'
  /** Flash is as it was before. */
  | 'dropped'
  /** Neither. */
  | 'broken';

/**
 * Sends bytes to flash and reads back what came of it: the device’s own answer says nothing of that.
 * @param before what lay there, or in its first sectors, which are written first
 * @param path where to; a place in flash unless it says otherwise
 * @param more how often it may be sent again
 */
export async function uploadChecked(
  context: WebContext,
  client: OpenBekenClient,
  { offset, bytes }: Piece,
  before: Buffer,
  path = `/api/flash/${offset.toString(16)}`,
  more = RESENDS,
): Promise<Uploaded> {
  let broke: BkError | null = null;
  try {
    await client.upload(path, bytes, 'write');
  } catch (error) {
    if (!isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE', 'BK_PORT_NOT_FOUND')) throw error;
    broke = error;
    await untilItAnswers(client);
  }
  const there = await readBack(context, client, { offset, bytes });
  if (there.equals(bytes)) {
    if (broke !== null) told(context, broke, 'openbeken.wroteAllTheSame', offset);
    return 'whole';
  }
  const isAsBefore = there.subarray(0, before.length).equals(before);
  if (broke === null) return isAsBefore ? 'dropped' : 'broken';
  told(context, broke, 'openbeken.sendingAgain', offset);
  // That nothing arrived over a connection that broke says nothing of the device.
  if (!isAsBefore || more === 0) return 'broken';
  await client.pause(RESEND_MS);
  return uploadChecked(context, client, { offset, bytes }, before, path, more - 1);
}

/** What lies in flash now where these bytes should. */
export async function readBack(
  context: WebContext,
  client: OpenBekenClient,
  { offset, bytes }: Piece,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    const wanted = bytes.subarray(at, at + PIECE);
    const piece = { offset: offset + at, length: wanted.length };
    const there = await client.readFlash(piece, 'verify');
    // What is otherwise may have been read wrong.
    pieces.push(there.equals(wanted) ? there : await readSure(client, piece, 'verify'));
    const message = say('openbeken.readingBack', { address: hex(piece.offset) });
    context.progress.advance('verify', piece.length, piece.offset, message);
  }
  return Buffer.concat(pieces);
}

/** Tells who looks on, sector by sector, what of a piece is in flash. */
export function showUploaded(context: WebContext, piece: Piece, state: Uploaded): void {
  const region = { offset: piece.offset, length: piece.bytes.length };
  const shown = state === 'whole' ? 'verified' : 'failed';
  for (const run of runsOf(sectorsOf(region))) context.show(run, shown);
}

/** How long sending and reading back so many bytes takes, as a rule, seconds. */
export function uploadSeconds(bytes: number): { write: number; verify: number } {
  return { write: bytes / (USUAL_SPEED / 4) + bytes / SECTOR / 20, verify: bytes / USUAL_SPEED };
}

/** @throws BkError that of the last try */
async function untilItAnswers(client: OpenBekenClient): Promise<void> {
  for (const ms of PATIENCE_MS) {
    await client.pause(ms);
    try {
      await client.infoNow(5_000);
      return;
    } catch (error) {
      if (!isBkError(error) || error.code === 'BK_PORT_DENIED') throw error;
    }
  }
  await client.info();
}

function told(
  { notes, progress }: WebContext,
  error: BkError,
  action: 'openbeken.wroteAllTheSame' | 'openbeken.sendingAgain',
  address: number,
): void {
  const { onRecovery } = notes.report(progress);
  onRecovery({ address, phase: 'write', cause: error.text, action: say(action), ms: 0 });
}
