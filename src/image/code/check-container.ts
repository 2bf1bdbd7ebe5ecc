import { crc32 } from 'node:zlib';
import { BOOTLOADER_END } from '../../chip/geometry';
import { type CodeKey, type CodePlace, markerKey } from '../../chip/marker';
import { type Note, say } from '../../texts/note';
import { applyKey, TUYA_KEY } from './encryption';
import { forProcessor, onFlash, PACKET, PACKET_DATA, stripPackets } from './packets';
import { findContainers, fnv1a, type RblContainer, type RblHeader } from './rbl';

/** Packets that are summed up at one go: some milliseconds of work. */
const SLICE = 4096;
/** Old headers behind code that is shorter than what was there before: no more are looked at. */
const MOST_CHECKED = 4;
const MOST_PADDING = 0xff;

/** How the header behind code fits it. */
export interface ContainerCheck {
  /** What is wrong, a sentence each. */
  faults: Note[];
  /** What is odd but may have a harmless reason, a sentence each. */
  doubts: Note[];
  /** The code is right by its hash or its CRC, every byte of it: whatever lies behind it does not count. */
  whole: boolean;
  /** It describes the package of an update that the code was unpacked from. */
  update: boolean;
  /** Where the code ends by the header, bytes; the code's beginning where the header's sizes cannot be. */
  codeEnd: number;
}

/**
 * The header that belongs to the code which begins at `start`: the first one that fits it, as one of an older firmware
 * may lie in between, else the first one. In slices of some milliseconds.
 * @returns null where there is none
 */
export function* ownContainer(
  bytes: Uint8Array,
  start = 0,
  limit = bytes.length,
): Generator<void, { own: RblContainer; check: ContainerCheck } | null> {
  const found = findContainers(bytes, start, limit).slice(0, MOST_CHECKED);
  let first = null as { own: RblContainer; check: ContainerCheck } | null;
  for (const own of found) {
    const check = yield* checkContainer(bytes, start, own);
    if (check.whole) return { own, check };
    first ??= { own, check };
  }
  return first;
}

/**
 * Compares code with the header behind it. Packagers differ in what they sum up, and after an update over the air the
 * header is that of its package: code that is right by either its hash or its CRC is whole. In slices of some
 * milliseconds. Source: verified on real dumps.
 * @param start where the code's packets begin, bytes
 */
export function* checkContainer(
  bytes: Uint8Array,
  start: number,
  { offset, header }: RblContainer,
): Generator<void, ContainerCheck> {
  const { rawSize, packageSize, partition } = header;
  const update = header.compression !== 'none' || header.encryption !== 'none';
  const check: ContainerCheck = { faults: [], doubts: [], whole: false, update, codeEnd: start };
  if (rawSize === 0 || rawSize > forProcessor(offset - start)) {
    check.faults.push(say('image.impossibleSizes', { partition }));
    return check;
  }
  const place: CodePlace = partition === 'bootloader' ? 'bootloader' : 'app';
  const key = markerKey(bytes, start, place);
  const address = place === 'bootloader' ? 0 : forProcessor(BOOTLOADER_END);
  check.codeEnd = start + onFlash(Math.ceil(rawSize / PACKET_DATA) * PACKET_DATA);

  let sums = yield* sumUp(bytes, start, header, null);
  // Of what came as an update the sums are those of code in clear.
  if (!sums.hash && !sums.crc && key === 'tuya')
    sums = yield* sumUp(bytes, start, header, { key, address });
  check.whole = sums.hash || sums.crc;
  const crc = say('image.crcDoesNotFit', { partition });
  const hash = say('image.hashDoesNotFit', { partition });
  if (check.whole) {
    if (!sums.hash) check.doubts.push(hash);
    if (!sums.crc && !update) check.doubts.push(crc);
  } else if (update) {
    if (key === null) check.doubts.push(say('image.updateNotCompared', { partition }));
    else check.faults.push(hash);
  } else if (packageSize < rawSize || packageSize - rawSize > MOST_PADDING)
    check.faults.push(say('image.impossibleSizes', { partition }));
  else check.faults.push(crc, hash);
  return check;
}

/** Whether hash and CRC of the code are those of the header. @param clear decrypts it first; null leaves it as it is stored */
function* sumUp(
  bytes: Uint8Array,
  start: number,
  { rawSize, packageSize, hash: wantedHash, bodyCrc }: RblHeader,
  clear: { key: CodeKey; address: number } | null,
): Generator<void, { hash: boolean; crc: boolean }> {
  const padding = packageSize - rawSize;
  const isPadded = padding >= 0 && padding <= MOST_PADDING;
  const packets = Math.ceil((rawSize + (isPadded ? padding : 0)) / PACKET_DATA);
  let crc = 0;
  let hash = fnv1a(Buffer.alloc(0));
  let behind = Buffer.alloc(0);
  for (let first = 0; first < packets; first += SLICE) {
    const data = stripPackets(bytes, start + first * PACKET, Math.min(SLICE, packets - first));
    if (clear !== null) applyKey(data, clear.address + first * PACKET_DATA, TUYA_KEY);
    const left = Math.max(0, rawSize - first * PACKET_DATA);
    const code = data.subarray(0, left);
    crc = crc32(code, crc);
    hash = fnv1a(code, hash);
    behind = Buffer.concat([behind, data.subarray(left)]);
    yield;
  }
  // The padding counts as bytes that tell its length, as FF, or as what lies there.
  const paddings = isPadded
    ? [Buffer.alloc(padding, padding), Buffer.alloc(padding, 0xff), behind.subarray(0, padding)]
    : [];
  return {
    hash: hash === wantedHash,
    crc: paddings.some((filling) => crc32(filling, crc) === bodyCrc),
  };
}
