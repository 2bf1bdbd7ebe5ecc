import { EFUSE_REGISTERS, KEY_BYTES, TELLING_KEY_BYTES, TUYA_KEY } from '../chip/efuse-registers';
import { CHIP_ID_REGISTERS } from '../chip/known/chip-queries';
import { CHIP_MODELS } from '../chip/known/chips';
import type { MadeUp } from './made-up';

/** Register answers and requests in their order, as far as eFuse is concerned. */
export interface RegisterEvent {
  /** `request`: a value was written to a register; `answer`: one was read. */
  kind: 'request' | 'answer';
  address: number;
  value: number;
}

const VALID = 0x100;
const RESULTS: readonly number[] = Object.values(EFUSE_REGISTERS).map(({ result }) => result);
const CONTROLS: readonly number[] = Object.values(EFUSE_REGISTERS).map(({ control }) => control);
/** The key's bytes as eFuse has them. */
const TUYA_BYTES = Buffer.from(TUYA_KEY, 'hex').swap32();

/** What may be told as it is: registers of the system, and mask ROM. */
const PUBLIC: readonly { address: number; bytes: number }[] = [
  ...CHIP_ID_REGISTERS.map((address) => ({ address, bytes: 4 })),
  ...CHIP_MODELS.flatMap(({ rom }) => (rom === null ? [] : [rom])),
  { address: 0x800000, bytes: 0x74 },
  { address: 0x54010000, bytes: 0x100 },
  ...CONTROLS.map((address) => ({ address, bytes: 4 })),
];

/**
 * Takes keys out of what registers say. Bytes of eFuse are made up, but for a whole key that is Tuya's or all zeros;
 * so are other memories and whatever else is not known to be public. Zeros and ones all over stay.
 */
export class RegisterCleaner {
  readonly #madeUp: MadeUp;
  #index = 0;
  /** Numbers of the answers that belong to a key that may be told. */
  readonly #told: ReadonlySet<number>;
  #answers = 0;

  /** @param events all that will be asked for, in the same order; what is not in it is taken for secret */
  constructor(madeUp: MadeUp, events: Iterable<RegisterEvent> = []) {
    this.#madeUp = madeUp;
    this.#told = publicKeyAnswers(events);
  }

  /** A value was written. */
  request(address: number, value: number): void {
    if (CONTROLS.includes(address)) this.#index = indexIn(value);
  }

  /** The value that is told in place of one that was read. */
  answer(address: number, value: number): number {
    const isEfuse = RESULTS.includes(address);
    if (isEfuse) {
      const number = this.#answers++;
      if (this.#told.has(number)) return value;
      const made = this.#madeUp.bytes(`efuse ${this.#index}`, Buffer.from([value & 0xff]));
      return ((value & ~0xff) | (made[0] as number)) >>> 0;
    }
    if (value === 0 || value === 0xffffffff || isPublic(address)) return value;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return this.#madeUp.bytes(`register ${address}`, bytes).readUInt32LE(0);
  }
}

function indexIn(value: number): number {
  return (value >>> 8) & 0x1f;
}

function isPublic(register: number): boolean {
  return PUBLIC.some(
    ({ address, bytes }) => register >= address && register + 4 <= address + bytes,
  );
}

/** Which answers are bytes of a key that was read so far that it is known, and is no secret: their numbers among those about eFuse. */
function publicKeyAnswers(events: Iterable<RegisterEvent>): ReadonlySet<number> {
  const told = new Set<number>();
  /** Answers that are the byte of Tuya's key at their place: told where the key proves to be Tuya's, in tries that broke off, too. */
  const fitting: number[] = [];
  let isTuya = false;
  let index = 0;
  let number = 0;
  /** The key under way: its bytes so far, each with the numbers of its answers. */
  let bytes: { value: number; numbers: number[] }[] = [];
  for (const { kind, address, value } of events) {
    if (kind === 'request') {
      if (CONTROLS.includes(address)) index = indexIn(value);
      continue;
    }
    if (!RESULTS.includes(address)) continue;
    const own = number++;
    const isValid = (value & VALID) !== 0;
    if (isValid && (value & 0xff) === TUYA_BYTES[index]) fitting.push(own);
    const last = bytes.at(-1);
    // An answer that came twice, or was asked for twice.
    if (isValid && index === bytes.length - 1 && last?.value === (value & 0xff)) {
      last.numbers.push(own);
      if (isPublicKey(bytes)) told.add(own);
      continue;
    }
    if (!isValid || index !== bytes.length) bytes = [];
    if (!isValid || index !== bytes.length) continue;
    bytes.push({ value: value & 0xff, numbers: [own] });
    isTuya ||= isTuyaKey(bytes);
    if (isPublicKey(bytes))
      for (const { numbers } of bytes) for (const one of numbers) told.add(one);
  }
  if (isTuya) for (const one of fitting) told.add(one);
  return told;
}

function isTuyaKey(bytes: readonly { value: number }[]): boolean {
  const fits = bytes.every(({ value }, at) => value === TUYA_BYTES[at]);
  return fits && bytes.length >= TELLING_KEY_BYTES;
}

function isPublicKey(bytes: readonly { value: number }[]): boolean {
  if (isTuyaKey(bytes)) return true;
  return bytes.length === KEY_BYTES && bytes.every(({ value }) => value === 0);
}
