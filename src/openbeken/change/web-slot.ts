import { SECTOR } from '../../chip/geometry';
import { BkError, hex, isBkError } from '../../errors';
import type { Piece } from '../../placement/base/place-types';
import { throwIfAborted } from '../../session/base/abort';
import { say } from '../../texts/note';
import type { OpenBekenClient } from '../base/openbeken-client';
import type { WebContext } from '../base/web-context';
import { readSure } from '../base/web-flash';
import { restart } from '../base/web-restart';
import { clearUploads, showUploaded, uploadChecked } from '../base/web-upload';

/** How often an update is sent before it is given up. */
const TRIES = 5;

/**
 * Brings an update into the slot from which the bootloader takes it, and proves that it is there to the last byte. The
 * slot's first sector is made such that no bootloader takes anything from it before the update is sent, so that a device
 * that is switched off in the midst of it starts as it did.
 * @param client one whose questions nobody cancels
 * @throws BkError BK_CRC_MISMATCH where the slot does not take it, BK_CANCELLED between two requests; the slot holds
 *   nothing then that a bootloader would install, as far as the device still takes anything
 */
export async function fillSlot(
  context: WebContext,
  client: OpenBekenClient,
  update: Piece,
): Promise<void> {
  try {
    let before = await makeReady(context, client, update.offset);
    for (let tries = 1; tries <= TRIES; tries++) {
      throwIfAborted(context.signal, context.port);
      await clearUploads(client, 'write');
      context.progress.say('write', say('openbeken.sendingUpdate', { port: context.port }));
      const came = await uploadChecked(context, client, update, before, '/api/ota');
      showUploaded(context, update, came);
      if (came === 'whole') return;
      before = await makeReady(context, client, update.offset);
    }
  } catch (error) {
    if (!isBkError(error)) throw error;
    throw await emptied(context, client, update, error);
  }
  throw await emptied(context, client, update, notTaken(context, update.offset));
}

/**
 * Puts something into the slot’s first sector that is no update, and looks whether it is there: so the device takes
 * uploads, and starts nothing from the slot. A device that drops what it is sent is restarted, but never with something
 * in the slot that begins like an update.
 * @returns what is there now
 */
async function makeReady(
  context: WebContext,
  client: OpenBekenClient,
  offset: number,
): Promise<Buffer> {
  for (const mayRestart of [true, false]) {
    throwIfAborted(context.signal, context.port);
    const before = await readSure(client, { offset, length: SECTOR }, 'verify');
    const state = await sendFiller(context, client, offset, before);
    if (state === 'ready') return readSure(client, { offset, length: SECTOR }, 'verify');
    // With an update in it that nobody has looked at the device is not restarted.
    if (state === 'unsafe' || isUpdate(before)) throw notEmptied(context, offset);
    if (!mayRestart) break;
    await restart(context, client, 'dropped');
    context.warnings.push(say('openbeken.restartedToClear'));
  }
  throw new BkError('BK_FLASH_PROTECTED', say('openbeken.takesNothing', { port: context.port }), {
    phase: 'write',
    address: offset,
    advice: [say('openbeken.powerCycleAndAgain'), say('openbeken.updateByCableOnce')],
  });
}

/**
 * @param before what lies there
 * @returns `ready`: the device takes uploads, and starts nothing from the slot; `dropped`: the slot is as it was; `unsafe`:
 *   it begins like an update
 */
async function sendFiller(
  context: WebContext,
  client: OpenBekenClient,
  offset: number,
  before: Buffer,
): Promise<'ready' | 'dropped' | 'unsafe'> {
  await clearUploads(client, 'write');
  // What is there already would not prove that anything is taken.
  const isBlank = before.every((byte) => byte === 0xff);
  const filler = Buffer.alloc(SECTOR, isBlank ? 0x00 : 0xff);
  const came = await uploadChecked(context, client, { offset, bytes: filler }, before);
  if (came !== 'broken') return came === 'whole' ? 'ready' : 'dropped';
  // Not byte for byte, but no update: that is all that it is for.
  const there = await readSure(client, { offset, length: SECTOR }, 'verify');
  return isUpdate(there) ? 'unsafe' : 'ready';
}

/**
 * Makes sure that no bootloader takes anything from the slot when the device is restarted: files that go back into it may
 * lie in the midst of the update.
 * @throws BkError BK_CRC_MISMATCH where the device does not let that be done
 */
export async function disarmSlot(
  context: WebContext,
  client: OpenBekenClient,
  offset: number,
): Promise<void> {
  const before = await readSure(client, { offset, length: SECTOR }, 'verify');
  if (!isUpdate(before)) return;
  const state = await sendFiller(context, client, offset, before);
  if (state !== 'ready') throw notEmptied(context, offset);
}

/** The same error, with what lies in the slot now: nothing that would be installed, where the device lets that be done. */
async function emptied(
  context: WebContext,
  client: OpenBekenClient,
  { offset, bytes }: Piece,
  error: BkError,
): Promise<BkError> {
  const rest = { offset: offset + SECTOR, length: bytes.length - SECTOR };
  const first = { offset, length: SECTOR };
  const none = { fresh: [], written: [], blank: [], old: [] };
  try {
    await client.info();
    const before = await readSure(client, first, 'verify');
    const state = isUpdate(before) ? await sendFiller(context, client, offset, before) : 'ready';
    await clearUploads(client, 'write');
    if (state !== 'ready') throw notEmptied(context, offset);
    const text = say('openbeken.stoppedSafely', { what: error.text, port: context.port });
    return error.with({ text, state: { ...none, uncertain: [rest] } });
  } catch (reason) {
    if (!isBkError(reason)) throw reason;
    const place = { what: error.text, port: context.port, slot: hex(offset) };
    return error
      .with({
        text: say('openbeken.stoppedUnsure', place),
        state: { ...none, uncertain: [{ offset, length: bytes.length }] },
      })
      .advised(say('openbeken.powerCycleAndAgain'));
  }
}

/** It begins with the header that bootloaders look for. */
function isUpdate(sector: Buffer): boolean {
  return sector.toString('latin1', 0, 4) === 'RBL\0';
}

function notEmptied({ port }: WebContext, offset: number): BkError {
  return new BkError('BK_CRC_MISMATCH', say('openbeken.notEmptied', { port, slot: hex(offset) }), {
    phase: 'verify',
    address: offset,
    advice: [say('openbeken.closerToRouter'), say('openbeken.updateByCableOnce')],
  });
}

function notTaken({ port }: WebContext, offset: number): BkError {
  return new BkError('BK_CRC_MISMATCH', say('openbeken.neverWhole', { port, tries: TRIES }), {
    phase: 'verify',
    address: offset,
    attempts: TRIES,
    advice: [say('openbeken.closerToRouter'), say('openbeken.powerCycleAndAgain')],
  });
}
