import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import { hex } from '../../errors';
import { ownContainer } from '../../image/code/check-container';
import { ENOUGH_BLANK, PACKET, packetRuns } from '../../image/code/packets';
import { RBL_HEADER_ON_FLASH, type RblContainer } from '../../image/code/rbl';
import { findOpenBekenConfig } from '../../image/openbeken/find-config';
import { say } from '../../texts/note';
import { span, wholeSectors } from '../base/pieces';
import { firstKept, slotInTable, slotOf } from '../base/place-target';
import type { Piece, PlaceJob, PlaceTarget } from '../base/place-types';
import { wrongImage } from '../base/refusals';

/** Whole sectors that the usual container of an application takes, its header in the last of them. */
const USUAL_CONTAINER = 0x119000;

/**
 * An application begins behind the bootloader; what reaches beyond its slot and is no code stays out, and so
 * does blank padding behind the usual container, which would erase what lies there.
 * @throws BkError BK_WRONG_IMAGE for more code than any firmware of this chip has room for
 */
export function appPiece(job: PlaceJob, bytes: Uint8Array): Piece {
  const { target, warnings } = job;
  const room = roomForApp(target);
  const { length: code, exact } = codeLength(bytes);
  mustHaveRoom(job, code);
  if (code > room) {
    warnings.push(
      say('placement.behindSlot', {
        end: hex(BOOTLOADER_END + code),
        slot: span({ offset: BOOTLOADER_END, length: room }),
      }),
    );
    return wholeSectors(BOOTLOADER_END, bytes.subarray(0, code));
  }
  const end = exact ? Math.min(room, Math.ceil(code / SECTOR) * SECTOR) : room;
  if (lastUsed(bytes) > end) {
    warnings.push(
      say(exact ? 'placement.leftOutBehindApp' : 'placement.leftOutBehindSlot', {
        offset: hex(BOOTLOADER_END + end),
      }),
    );
    if (findOpenBekenConfig(bytes.subarray(end), job.image.chip).config !== null)
      warnings.push(say('placement.configStaysOut'));
  }
  // Blank packets inside of the container count: no header of an older application may stay there.
  const used = Math.max(lastUsed(bytes, end), Math.min(bytes.length, end, USUAL_CONTAINER));
  return wholeSectors(BOOTLOADER_END, bytes.subarray(0, used));
}

/**
 * Bytes from the bootloader's end to that of the application slot. What a table leaves free in front of the download
 * slot counts, too.
 */
function roomForApp(target: PlaceTarget): number {
  const kept = firstKept(target) - BOOTLOADER_END;
  const slot = slotOf(target, 'app')?.length ?? kept;
  const before = slotInTable(target, 'download')?.offset ?? BOOTLOADER_END;
  return Math.min(Math.max(slot, before - BOOTLOADER_END), kept);
}

/** @throws BkError BK_WRONG_IMAGE where so much code has no room on the chip */
export function mustHaveRoom({ image, target }: PlaceJob, code: number): void {
  const largest = modelOrUntold(target.chip).largestAppEnd - BOOTLOADER_END;
  const room = Math.max(roomForApp(target), Math.min(firstKept(target) - BOOTLOADER_END, largest));
  if (code <= room) return;
  throw wrongImage(
    image,
    say('placement.tooMuchCode', { length: hex(code), room: hex(room) }),
    say('placement.useFitting'),
  );
}

/** Bytes up to the end of the code, its header included; `exact` where that header tells it. */
export function codeLength(bytes: Uint8Array): { length: number; exact: boolean } {
  const found = headerOf(bytes);
  if (found !== null) return { length: found.own.offset + RBL_HEADER_ON_FLASH, exact: true };
  let at = 0;
  let end = 0;
  for (const { state, packets } of packetRuns(bytes)) {
    if (state === 'blank' && packets >= ENOUGH_BLANK) break;
    at += packets * PACKET;
    if (state !== 'blank') end = at;
  }
  return { length: end, exact: false };
}

/** The header that belongs to the code. */
function headerOf(bytes: Uint8Array): { own: RblContainer } | null {
  const steps = ownContainer(bytes);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** How many of the bytes there are up to the last one that is not blank. */
function lastUsed(bytes: Uint8Array, limit = bytes.length): number {
  let length = Math.min(limit, bytes.length);
  while (bytes[length - 1] === 0xff) length--;
  return length;
}
