import { seeded } from '../../src/simulator/setup/prng';

/** Something that goes wrong after so many bytes of a body, so often. */
export interface After {
  bytes: number;
  times: number;
}

/** What a device does wrong, or has set. Each may be switched at any time, alone or with others. */
export interface OpenBekenFaults {
  /** Its web pages want this password, of the user admin. */
  password: string | null;
  /** After one refused upload all later ones are answered as usual, and nothing of them is stored. */
  dropsAfterRefusal: boolean;
  /** How long every answer takes, ms of the server's clock. */
  slowMs: number;
  /** The connection is reset in the middle of an answer. */
  resetsDownload: After | null;
  /** The connection is reset in the middle of an upload; the device itself gets over it. */
  resetsUpload: After | null;
  /** An answer ends in order, but too early. */
  cutsAnswer: After | null;
  /** Whether a client that goes away in the middle of an upload leaves a device that hangs until its supply is switched. */
  hangsOnBrokenUpload: boolean;
  /** How likely a bit of a sector is stored wrong. */
  bitErrors: number;
  /** How likely a bit of each KiB that is read out is wrong. */
  readErrors: number;
  /** The bootloader installs a damaged update, too. */
  takesAnyImage: boolean;
  /** A reboot after which it does not come back. */
  staysAway: boolean;
  /** A second connection is reset while there is one. */
  oneAtATime: boolean;
  /** Every request is answered like this instead. */
  answers: { status: number; body: string } | null;
}

export const NO_FAULTS: OpenBekenFaults = {
  password: null,
  dropsAfterRefusal: false,
  slowMs: 0,
  resetsDownload: null,
  resetsUpload: null,
  cutsAnswer: null,
  hangsOnBrokenUpload: true,
  bitErrors: 0,
  readErrors: 0,
  takesAnyImage: false,
  staysAway: false,
  oneAtATime: false,
  answers: null,
};

/** Flips single bits by chance, the same ones in every run. */
export class BitErrors {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed, 'faults');
  }

  flip(bytes: Buffer, chance: number): void {
    if (chance <= 0 || bytes.length === 0 || this.#random() >= chance) return;
    const at = Math.floor(this.#random() * bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(this.#random() * 8));
  }
}

/** Whether a fault that happens after so many bytes happens here; counts it. @returns at which byte */
export function happensWithin(fault: After | null, from: number, bytes: number): number | null {
  if (fault === null || fault.times <= 0 || fault.bytes >= from + bytes) return null;
  fault.times--;
  return Math.max(0, fault.bytes - from);
}
