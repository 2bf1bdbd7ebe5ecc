import type {
  BaudOutcome,
  CommandKind,
  Drop,
  Evidence,
  Fault,
  Mismatch,
  StatusChange,
  Tally,
  Witness,
} from './evidence';
import { classify, nothingHeard } from './stray-bytes';

/** Two checksums of one range, of the same kind. */
export interface ChecksumPair extends Pick<Mismatch, 'address' | 'length' | 'direction' | 'baud'> {
  host: number;
  chip: number;
}

/** More drops than this tell nothing new. */
const DROPS_KEPT = 200;
/** Bytes that may belong to what comes next are held back up to so many. */
const HELD = 1024;

/**
 * Collects what is seen of a chip and its line while a session and its jobs work. Every method is cheap
 * and none of them fails: they stand on the way of every byte.
 */
export class EvidenceLog {
  readonly #evidence: Evidence = {
    linked: false,
    calls: 0,
    received: 0,
    family: null,
    heard: nothingHeard(),
    slow: nothingHeard(),
    tallies: [],
    drops: [],
    checksumsRight: 0,
    mismatches: [],
    notTaken: [],
    failedSectors: [],
    status: [],
    bauds: [],
    bootloader: null,
    flashId: null,
    chip: null,
    key: null,
    adapter: { lost: 0, back: 0, isServed: false },
  };
  readonly #witness: Witness | undefined;
  #held: Buffer = Buffer.alloc(0);
  #heldSlow: Buffer = Buffer.alloc(0);
  #unprotected = false;

  constructor(witness?: Witness) {
    this.#witness = witness;
  }

  /** All that was seen until now, as a copy. */
  get evidence(): Evidence {
    const copy = structuredClone(this.#evidence);
    classify(this.#held, copy.heard, true);
    return copy;
  }

  /** An exchange was answered as it should be. A link check that was answered means a link. */
  good(kind: CommandKind, baud: number): void {
    this.#tally(kind, baud).good++;
    this.#evidence.calls = 0;
    if (kind === 'link') this.#evidence.linked = true;
  }

  /** An exchange failed. */
  failed(kind: CommandKind, baud: number, fault: Fault): void {
    if (kind === 'link') {
      this.#evidence.calls++;
      if (!this.#evidence.linked) return;
    }
    this.#tally(kind, baud)[fault]++;
    // Calls are answered or not in heaps, and the wire tells that.
    if (kind !== 'link') this.#witness?.('failed', { kind, baud, fault });
  }

  /** An answer came after the host had given up on it, so long after the request. */
  late(kind: CommandKind, baud: number, ms: number): void {
    this.#witness?.('late', { kind, baud, ms: Math.round(ms) });
    const tally = this.#tally(kind, baud);
    tally.late++;
    tally.latestMs = Math.max(tally.latestMs, ms);
  }

  /** A step of a job failed; `found` tells what had become of the chip. */
  drop(drop: Omit<Drop, 'carriedOut'>): void {
    const { drops } = this.#evidence;
    this.#witness?.('drop', { ...drop });
    if (drop.found !== 'alive') this.#unprotected = false;
    if (drops.length < DROPS_KEPT) drops.push({ ...drop, carriedOut: false });
  }

  /** The latest failed change at this address was an answer lost, not a command: flash holds what it was told to. */
  carriedOut(address: number): void {
    const drop = this.#evidence.drops.findLast(
      (one) => one.address === address && (one.command === 'erase' || one.command === 'program'),
    );
    if (drop !== undefined) drop.carriedOut = true;
    this.#witness?.('carriedOut', { address });
  }

  /** Bytes arrived; what they are is told by the others. */
  received(bytes: number): void {
    this.#evidence.received += bytes;
  }

  /**
   * Bytes that were part of no answer.
   * @param during the command that was under way; remains of a read's answer are flash contents and look
   *   like anything
   */
  stray(bytes: Uint8Array, during: CommandKind | null = null): void {
    const { heard } = this.#evidence;
    if (during === 'read') {
      heard.bytes += bytes.length;
      heard.wreckage += bytes.length;
      return;
    }
    const all = Buffer.concat([this.#held, bytes]);
    const left = classify(all, heard, all.length > HELD);
    this.#held = all.subarray(all.length - left);
  }

  /** Bytes that arrived while nobody called and the host listened at the slow rate of second controllers. */
  slowly(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#heldSlow, bytes]);
    const left = classify(all, this.#evidence.slow, all.length > HELD);
    this.#heldSlow = all.subarray(all.length - left);
  }

  /** The chip's checksum of a range beside the one of the bytes that the host has for it. */
  checksumPair(pair: ChecksumPair): void {
    const { address, length, direction, baud, host, chip } = pair;
    const { mismatches } = this.#evidence;
    const known = mismatches.filter(
      (one) => one.address === address && one.length === length && one.direction === direction,
    );
    if (host === chip) {
      this.#evidence.checksumsRight++;
      for (const one of known) one.healed = true;
      return;
    }
    this.#witness?.('checksum', { address, length, direction, baud });
    // A block is checked at the rate at which it was read; its sectors are looked at later.
    const block = mismatches.find(
      (one) =>
        one.direction === direction &&
        one.length > length &&
        one.address <= address &&
        address + length <= one.address + one.length,
    );
    const carried = direction === 'read' ? (block?.baud ?? baud) : baud;
    // What was written again at another rate is another failure.
    const same = direction === 'read' ? known[0] : known.find((one) => one.baud === carried);
    if (same === undefined) {
      mismatches.push({ address, length, baud: carried, direction, times: 1, healed: false });
    } else {
      same.times++;
    }
    for (const one of known) one.healed = false;
  }

  /** An erase or program was answered with success, and flash holds the very bytes that it held before. */
  notTaken(address: number): void {
    const { notTaken } = this.#evidence;
    if (!notTaken.includes(address)) notTaken.push(address);
    this.#witness?.('notTaken', { address });
  }

  /** A sector was given up after all tries. */
  sectorFailed(address: number): void {
    const { failedSectors } = this.#evidence;
    if (!failedSectors.includes(address)) failedSectors.push(address);
    this.#witness?.('sectorFailed', { address });
  }

  /**
   * The status register around an unprotecting. A chip that is protected again was rebooted: the latest
   * drop was that.
   */
  statusRegisters(change: StatusChange): void {
    const { status, drops } = this.#evidence;
    status.push({ ...change });
    this.#witness?.('status', { ...change });
    if (status.length > DROPS_KEPT) status.shift();
    const wasProtected = (change.before & change.mask) !== 0;
    const last = drops.at(-1);
    if (wasProtected && this.#unprotected && last?.found === 'alive') last.found = 'rebooted';
    this.#unprotected = (change.after & change.mask) === 0;
  }

  /** The host told the chip to reboot: that its locks are back then tells nothing. */
  rebootAsked(): void {
    this.#unprotected = false;
    this.#witness?.('rebootAsked', {});
  }

  /** A rate was tried on this wiring. `refused`: by the adapter; `lost`: the chip was lost on the way. */
  baudTried(baud: number, outcome: BaudOutcome): void {
    this.#evidence.bauds.push({ baud, outcome });
    this.#witness?.('baud', { baud, outcome });
  }

  /** The checksum of the first bytes of flash, by which bootloaders are known (zlib's CRC-32). */
  bootloader(crc: number, known: boolean): void {
    this.#evidence.bootloader = { crc: crc >>> 0, known };
  }

  family(family: 'full' | 'basic'): void {
    this.#evidence.family = family;
  }

  /** JEDEC id in six hex digits; null where the chip does not tell. */
  flashId(id: string | null): void {
    this.#evidence.flashId = id;
  }

  /** What the device is set to (null: anything) and what answered (null: it does not tell). */
  chip(expected: string | null, found: string | null): void {
    this.#evidence.chip = { expected, found };
  }

  /** What the chip's code is stored with, and an image that is to be written; null where unknown. */
  key(chip: string | null, image: string | null): void {
    this.#evidence.key = { chip, image };
  }

  /** Another computer serves the port: it is that one, or the network, that goes away. */
  served(): void {
    this.#evidence.adapter.isServed = true;
  }

  /** The port went away. */
  adapterLost(): void {
    this.#evidence.adapter.lost++;
    this.#unprotected = false;
    this.#witness?.('adapterLost', {});
  }

  /** It was opened again. */
  adapterBack(): void {
    this.#evidence.adapter.back++;
    this.#witness?.('adapterBack', {});
  }

  #tally(kind: CommandKind, baud: number): Tally {
    const { tallies } = this.#evidence;
    const known = tallies.find((one) => one.kind === kind && one.baud === baud);
    if (known !== undefined) return known;
    const tally: Tally = {
      kind,
      baud,
      good: 0,
      silence: 0,
      short: 0,
      garbled: 0,
      refused: 0,
      checksum: 0,
      late: 0,
      latestMs: 0,
    };
    tallies.push(tally);
    return tally;
  }
}
