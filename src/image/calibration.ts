import { SECTOR } from '../chip/geometry';

/** What a calibration sector says. It begins with "TLV", holds the radio's tables and the MAC. */
export interface Calibration {
  /** `aa:bb:cc:dd:ee:ff`; null where it is missing or was never set. */
  mac: string | null;
  /** Bytes in use from the start of the sector. */
  length: number;
}

/** A calibration sector inside a dump. */
export interface FoundCalibration {
  /** Offset of the sector in the dump, bytes. */
  offset: number;
  mac: string | null;
}

const HEADER = 8;
const MAC_TAG = 0x11111102;
const MAC_BYTES = 6;
const FIRST_GROUP = 0x11111100;
/** All tags begin with it. Source: real dumps. */
const TAGS = 0x111111;
/** Where the MAC's entry always was on real devices. */
const USUAL_MAC_ENTRY = 0x1c;
const FIRST_LETTER = 0x54;
/** More sectors than this that begin like one are not looked into. */
const MOST_CANDIDATES = 256;
/** More than this is no length of a sector's contents. */
const LONGEST = SECTOR - HEADER;

/** Reads a calibration sector; null when the bytes are none. Never throws. */
export function readCalibration(sector: Uint8Array): Calibration | null {
  const bytes = Buffer.from(sector.buffer, sector.byteOffset, Math.min(sector.length, SECTOR));
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 4) !== 'TLV\0') return null;
  const content = bytes.readUInt32LE(4);
  if (content === 0 || content > LONGEST || HEADER + content > bytes.length) return null;
  const end = HEADER + content;
  const usual = USUAL_MAC_ENTRY + HEADER;
  const atUsualPlace =
    usual + MAC_BYTES <= end &&
    bytes.readUInt32LE(USUAL_MAC_ENTRY) === MAC_TAG &&
    bytes.readUInt32LE(USUAL_MAC_ENTRY + 4) === MAC_BYTES;
  if (atUsualPlace) return { mac: macAt(bytes, usual), length: end };
  const walk = walkEntries(bytes, HEADER, end);
  if (walk === null) return null;
  return { mac: walk.mac === null ? null : macAt(bytes, walk.mac), length: end };
}

/** A stretch of a calibration sector that is no value of the radio's. */
export interface CalibrationField {
  /** In the sector, bytes. */
  offset: number;
  length: number;
  /** The six bytes of the MAC; else magic, tags and lengths. */
  isMac: boolean;
}

/** Magic, tags and lengths of a calibration sector, and its MAC, in their order; none when the bytes are none. */
export function calibrationFields(sector: Uint8Array): CalibrationField[] {
  const calibration = readCalibration(sector);
  if (calibration === null) return [];
  const bytes = Buffer.from(sector.buffer, sector.byteOffset, sector.length);
  const fields: CalibrationField[] = [{ offset: 0, length: HEADER, isMac: false }];
  const walk = (start: number, end: number): void => {
    let at = start;
    while (at + HEADER <= end) {
      const tag = bytes.readUInt32LE(at);
      const length = bytes.readUInt32LE(at + 4);
      // What follows something else than an entry could be a value that looks like one.
      if (tag >>> 8 !== TAGS) return;
      fields.push({ offset: at, length: HEADER, isMac: false });
      at += HEADER;
      if (at + length > end) return;
      if (tag === FIRST_GROUP) walk(at, at + length);
      if (tag === MAC_TAG && length === MAC_BYTES) {
        fields.push({ offset: at, length: MAC_BYTES, isMac: true });
      }
      at += length;
    }
  };
  walk(HEADER, calibration.length);
  const usual = USUAL_MAC_ENTRY + HEADER;
  // Where the entries before it do not lead to the MAC's.
  if (calibration.mac !== null && !fields.some(({ isMac }) => isMac)) {
    const before = fields.filter(({ offset, length }) => offset + length <= USUAL_MAC_ENTRY);
    return [
      ...before,
      { offset: USUAL_MAC_ENTRY, length: HEADER, isMac: false },
      { offset: usual, length: MAC_BYTES, isMac: true },
    ];
  }
  return fields;
}

/**
 * Looks for the calibration sector of a dump: first at the addresses where its chip has it, then from
 * the end backwards. A sector with a MAC outranks one without.
 * @param preferred offsets in the dump, likeliest first
 */
export function findCalibration(
  dump: Uint8Array,
  preferred: readonly number[],
): FoundCalibration | null {
  let withoutMac: FoundCalibration | null = null;
  let looked = 0;
  for (const offset of candidates(dump, preferred)) {
    // Nearly all sectors are told by their first letter.
    if (dump[offset] !== FIRST_LETTER || looked === MOST_CANDIDATES) continue;
    looked++;
    const calibration = readCalibration(dump.subarray(offset, offset + SECTOR));
    if (calibration === null) continue;
    if (calibration.mac !== null) return { offset, mac: calibration.mac };
    withoutMac ??= { offset, mac: null };
  }
  return withoutMac;
}

function* candidates(dump: Uint8Array, preferred: readonly number[]): Generator<number> {
  for (const offset of preferred) {
    if (Number.isInteger(offset) && offset >= 0 && offset < dump.length) yield offset;
  }
  for (let sector = Math.ceil(dump.length / SECTOR) - 1; sector >= 0; sector--) {
    yield sector * SECTOR;
  }
}

/**
 * Walks a list of entries (tag, length, contents) that must fill `[start, end)` exactly.
 * @returns where the MAC's six bytes begin, if they do; null when this is no such list
 */
function walkEntries(bytes: Buffer, start: number, end: number): { mac: number | null } | null {
  let mac: number | null = null;
  let at = start;
  while (at < end) {
    if (at + HEADER > end) return null;
    const tag = bytes.readUInt32LE(at);
    const length = bytes.readUInt32LE(at + 4);
    const content = at + HEADER;
    if (content + length > end) return null;
    if (tag === MAC_TAG && length === MAC_BYTES) mac ??= content;
    if (tag === FIRST_GROUP) mac ??= walkEntries(bytes, content, content + length)?.mac ?? null;
    at = content + length;
  }
  return { mac };
}

function macAt(bytes: Buffer, offset: number): string | null {
  const mac = bytes.subarray(offset, offset + MAC_BYTES);
  if (mac.every((byte) => byte === 0xff) || mac.every((byte) => byte === 0)) return null;
  return [...mac].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
