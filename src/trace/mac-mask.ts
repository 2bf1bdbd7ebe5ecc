import { crc32 } from 'node:zlib';
import { SECTOR } from '../chip/geometry';
import { CHIP_MODELS } from '../chip/known/chips';
import { calibrationFields } from '../image/calibration';
import { invertCrc } from '../protocol/checksum';
import type { MadeUp } from './made-up';
import type { Replaced } from './record-lines';
import { isOfBlank } from './wire-entries';

/** Bytes of a MAC that tell its maker. */
const MAKER = 3;
const HALF = 3;

/** Of the word with which calibration begins. */
const FIRST_LETTER = 0x54;

/** Where calibration lies by the layouts that are known. */
const PLACES: ReadonlySet<number> = new Set(
  CHIP_MODELS.flatMap(({ layout }) => layout.calibration),
);

/** What lies at an address of flash where a MAC's last half was seen, from a time on. */
interface Fact {
  t: number;
  /** The true three bytes XOR the made-up ones; null where it is no MAC's half any more. */
  change: Buffer | null;
}

/**
 * Puts a made-up half in place of a MAC's last one, and makes checksums come out as if flash had held that. All else of
 * a calibration sector can be the same on many devices: its checksum would tell which of 16 million halves it was.
 */
export class MacMask {
  readonly #madeUp: MadeUp;
  /** By address of the half; the earliest first. */
  readonly #facts = new Map<number, Fact[]>();
  /** Checksums that the record tells of what was written, with place and length. */
  readonly #written = new Set<string>();

  constructor(madeUp: MadeUp) {
    this.#madeUp = madeUp;
  }

  /**
   * A calibration sector that lies at this address, or is to, with a made-up half of its MAC in it; null where bytes
   * are no such sector, or have no MAC.
   */
  mask(address: number, sector: Buffer, t: number): Buffer | null {
    const masked = this.#masked(address, sector, t);
    if (masked === null) this.changed(address, sector.length, t);
    return masked;
  }

  #masked(address: number, sector: Buffer, t: number): Buffer | null {
    if (sector[0] !== FIRST_LETTER) return null;
    // Weak supplies get it page by page.
    const rest = Buffer.alloc(Math.max(0, SECTOR - sector.length), 0xff);
    const field = calibrationFields(Buffer.concat([sector, rest])).find(({ isMac }) => isMac);
    if (field === undefined || field.offset + field.length > sector.length) return null;
    const { offset } = field;
    const mac = sector.subarray(offset, offset + field.length);
    if (mac.every((byte) => byte === 0xff) || mac.every((byte) => byte === 0)) return null;
    const half = mac.subarray(MAKER);
    const made = this.#madeUp.bytes('mac', half);
    const masked = Buffer.from(sector);
    masked.set(made, offset + MAKER);
    this.#note(address + offset + MAKER, {
      t,
      change: Buffer.from(made.map((byte, index) => byte ^ (half[index] as number))),
    });
    return masked;
  }

  /** Bytes without a MAC were sent to be put there: the record tells their checksum. */
  wrote(address: number, { n, crc }: Replaced): void {
    if (PLACES.has(address) && crc !== undefined) this.#written.add(`${address} ${n} ${crc}`);
  }

  /** Flash was told to change there. */
  changed(address: number, length: number, t: number): void {
    for (const at of this.#facts.keys()) {
      if (at >= address && at < address + length) this.#note(at, { t, change: null });
    }
  }

  /** What is told in place of the chip's checksum of `[start, end)`, made at the time `t`. */
  checksum(start: number, end: number, value: number, t: number): number {
    const inRange = [...this.#facts].filter(([at]) => at >= start && at + HALF <= end);
    const isUnknown = PLACES.has(start) && end - start <= SECTOR && !this.#facts.has(start + USUAL);
    if (inRange.length === 0 && !isUnknown) return value;
    const crc = invertCrc(value);
    const asWritten = `${start} ${end - start} ${crc.toString(16).padStart(8, '0')}`;
    // Whatever was to lie there: it is blank, or without a MAC.
    if (isOfBlank(end - start, crc) || this.#written.has(asWritten)) return value;
    let told = value;
    for (const [at, facts] of inRange) {
      // What was seen there first lay there before.
      const fact = facts.findLast((one) => one.t <= t) ?? facts[0];
      if (fact?.change) told ^= effectOf(fact.change, end - at - HALF);
    }
    told >>>= 0;
    if (!isUnknown) return told;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(told);
    return this.#madeUp.bytes('checksum', bytes).readUInt32LE(0);
  }

  #note(at: number, fact: Fact): void {
    const facts = this.#facts.get(at) ?? [];
    const last = facts.at(-1);
    if (last !== undefined && isSame(last.change, fact.change)) return;
    facts.push(fact);
    this.#facts.set(at, facts);
  }
}

/** Where the half lies in the sectors of all devices that were seen. */
const USUAL = 0x24 + MAKER;

function isSame(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

/** What a checksum changes by when these bytes do, so many bytes before the end. It is linear: nothing else counts. */
function effectOf(change: Buffer, behind: number): number {
  const zeros = Buffer.alloc(behind);
  return (crc32(zeros, crc32(change)) ^ crc32(zeros, crc32(Buffer.alloc(change.length)))) >>> 0;
}
