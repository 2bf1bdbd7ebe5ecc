import { hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import { type ContainerCheck, ownContainer } from './check-container';
import { ENOUGH_BLANK, isFilledWith, PACKET, packetRuns } from './packets';
import { RBL_HEADER_ON_FLASH } from './rbl';

/** Packets that are looked at in one go: some milliseconds of work. */
const SLICE = 4096;
/** How a header begins, behind the code. */
const HEADER_START = Buffer.from('RBL\0', 'latin1');

/** What packets, and the header behind them, say about a stretch of code. */
export interface CodeCheck {
  /** What is right and what is wrong, a sentence each. */
  checks: Note[];
  damaged: Note[];
  /** What is odd but may have a harmless reason, a sentence each. */
  doubts: Note[];
  /** Where code and blank flash behind it end at the latest, bytes. */
  end: number;
  /** Where the code itself ends at the latest: behind it there may be what is left of an older one. */
  codeEnd: number;
}

/**
 * Checks the code of a file that begins at `start`: its packets, and where it has a header, what that
 * says. In slices of some milliseconds.
 */
export function* checkCode(
  bytes: Uint8Array,
  start: number,
  limit: number,
): Generator<void, CodeCheck> {
  const found = yield* ownContainer(bytes, start, limit);
  const codeEnd = endByHeader(found?.check);
  const { broken, first, end } = yield* codePackets(
    bytes,
    start,
    codeEnd ?? found?.own.offset ?? limit,
    // In front of a header there is nothing but code and blank flash; else other data may follow.
    { stopAtBlank: found === null },
  );
  const check = begun(found?.own.offset ?? end, codeEnd);
  if (broken > 0) check.damaged.push(brokenPackets(broken, first));
  if (found === null) {
    const rest = bytes.length - end;
    if (rest > 0 && rest < PACKET && !isFilledWith(bytes, 0xff, end))
      check.damaged.push(say('image.cutInPacket'));
    else if (limit >= bytes.length && endsInHeader(bytes, start))
      check.damaged.push(say('image.cutInHeader'));
    return check;
  }
  const { faults, doubts, update, whole } = found.check;
  check.damaged.push(...faults);
  check.doubts.push(...doubts);
  if (whole) check.checks.push(fits(found.own.header.partition, update));
  return check;
}

/**
 * Checks code where it lies on flash, which may hold other things behind it: data, or what an earlier,
 * longer firmware had there, with that one's header.
 */
export function* checkFlashCode(
  bytes: Uint8Array,
  start: number,
  limit: number,
): Generator<void, CodeCheck> {
  const found = yield* ownContainer(bytes, start, limit);
  const codeEnd = endByHeader(found?.check);
  const { broken, first, end } = yield* codePackets(bytes, start, codeEnd ?? limit, {
    stopAtBlank: codeEnd === null,
  });
  const check = begun(end, codeEnd);
  if (broken > 0) check.damaged.push(brokenPackets(broken, first));
  if (found === null) return check;
  const { faults, doubts, update, whole } = found.check;
  if (whole) {
    check.checks.push(fits(found.own.header.partition, update));
    check.doubts.push(...doubts);
  } else if (broken > 0) check.damaged.push(...faults);
  else if (faults.length > 0) check.doubts.push(say('image.changedOrOldHeader', { faults }));
  else check.doubts.push(...doubts);
  return check;
}

/**
 * Where code ends by its header: where that proves the code, or is an update's of a key that is not known, which tells
 * the length of the code all the same.
 */
function endByHeader(check: ContainerCheck | undefined): number | null {
  if (check === undefined) return null;
  return check.whole || (check.update && check.faults.length === 0) ? check.codeEnd : null;
}

function begun(end: number, codeEnd: number | null): CodeCheck {
  return { checks: [], damaged: [], doubts: [], end, codeEnd: codeEnd ?? end };
}

function fits(partition: string, update: boolean): Note {
  return say(update ? 'image.fitsHeaderOfUpdate' : 'image.fitsHeader', { partition });
}

function brokenPackets(broken: number, first: number): Note {
  return say('image.brokenPackets', { broken, first: hex(first) });
}

function* codePackets(
  bytes: Uint8Array,
  start: number,
  limit: number,
  { stopAtBlank }: { stopAtBlank: boolean },
): Generator<void, { broken: number; first: number; end: number }> {
  const found = { broken: 0, first: 0, end: start };
  const last = Math.min(limit, bytes.length);
  let blank = 0;
  for (let at = start; at + PACKET <= last; ) {
    for (const { state, packets } of packetRuns(bytes, at, Math.min(last, at + SLICE * PACKET))) {
      blank = state === 'blank' ? blank + packets : 0;
      if (stopAtBlank && blank >= ENOUGH_BLANK) return found;
      if (state === 'invalid') {
        if (found.broken === 0) found.first = at;
        found.broken += packets;
      }
      at += packets * PACKET;
      if (state !== 'blank') found.end = at;
    }
    yield;
  }
  return found;
}

/** What is left of a header whose end is missing, at the end of the bytes. */
function endsInHeader(bytes: Uint8Array, start: number): boolean {
  const whole = Math.floor((bytes.length - start) / PACKET) * PACKET;
  for (let at = start + whole; at > bytes.length - RBL_HEADER_ON_FLASH; at -= PACKET) {
    if (at <= start) return false;
    const there = bytes.subarray(at, at + HEADER_START.length);
    const same = there.length > 0 && there.every((byte, index) => byte === HEADER_START[index]);
    if (same && isFilledWith(bytes, 0xff, at - PACKET, at)) return true;
  }
  return false;
}
