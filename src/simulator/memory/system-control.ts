import type { RegisterBlock } from './registers';

/** Which clocks run, a bit each. */
const CLOCKS = 0x54010030;
const EFUSE_CLOCK = 0x80;
const OTP_CLOCK = 0x8000;
/** What is without power, a bit each, among other things. */
const POWER = 0x54010040;
const OTP_DOWN = 0x8;

/** After each start, with eFuse and OTP at rest. The other bits are made up; they must survive. */
const AT_BOOT: readonly (readonly [number, number])[] = [
  [CLOCKS, 0x91004004],
  [POWER, 0xa00000fa],
];

/** The registers that switch clocks and power of its parts. */
export class SystemControl implements RegisterBlock {
  readonly #values = new Map(AT_BOOT);

  get efuseClocked(): boolean {
    return (this.read(CLOCKS) & EFUSE_CLOCK) !== 0;
  }

  get otpAwake(): boolean {
    return (this.read(CLOCKS) & OTP_CLOCK) !== 0 && (this.read(POWER) & OTP_DOWN) === 0;
  }

  has(address: number): boolean {
    return this.#values.has(address);
  }

  read(address: number): number {
    return this.#values.get(address) ?? 0;
  }

  write(address: number, value: number): void {
    this.#values.set(address, value);
  }

  boot(): void {
    for (const [address, value] of AT_BOOT) this.#values.set(address, value);
  }
}
