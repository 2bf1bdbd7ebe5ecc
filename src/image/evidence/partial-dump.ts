import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { CALIBRATIONS, calibrationOrder } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';
import { type FoundCalibration, findCalibration } from '../calibration';
import { marked, readKeySector } from '../tuya/tuya-sectors';
import { USUAL_STORAGES } from '../tuya/tuya-storage';
import { USER_FILES, userFileIndexes } from '../tuya/tuya-user-files';

/** A part of a flash that holds data of its device, with or without code in front of it. */
export interface PartialDump {
  /** Flash addresses of its first byte, and behind its last one. */
  start: number;
  end: number;
  /** The flash from address 0 on in whole sectors, FF where nothing is known of it. */
  flash: Buffer;
  /** At its flash address. */
  calibration: FoundCalibration | null;
}

/** Where an image can begin, by the code that it begins with. Others may begin anywhere. */
const CODE_STARTS: Readonly<Record<string, readonly number[]>> = {
  bootloader: [0],
  qio: [0],
  app: [BOOTLOADER_END],
  packets: [0, BOOTLOADER_END],
};
/** Kinds of data that can lie at the beginning of such a part, and bytes that nothing is known of. */
const WITHOUT_CODE: readonly string[] = [
  'calibration',
  'tuya-storage',
  'openbeken-config',
  'unknown',
];
/** By one landmark alone bytes could begin in many places. */
const ENOUGH_LANDMARKS = 2;

/**
 * Whether an image that is no dump of a whole flash is a part of one, and which.
 * @param kind of the image that the bytes are
 * @returns null where it holds no data of a device, or where that lay in flash cannot be told
 */
export function findPartialDump(
  bytes: Uint8Array,
  { kind, chip }: { kind: string; chip: ChipName | null },
): PartialDump | null {
  const byCode = CODE_STARTS[kind];
  if (byCode === undefined && !WITHOUT_CODE.includes(kind)) return null;
  const start = byCode === undefined ? startByLandmarks(bytes) : startByCode(bytes, byCode);
  if (start === null) return null;
  const end = start + bytes.length;
  const flash = Buffer.alloc(Math.ceil(end / SECTOR) * SECTOR, 0xff);
  flash.set(bytes, start);
  return { start, end, flash, calibration: findCalibration(flash, calibrationOrder(chip)) };
}

/**
 * The flash address at which bytes begin, by where data of a device always lies: at least two of its kinds have to
 * agree. Null where they do not tell.
 */
export function startByLandmarks(bytes: Uint8Array): number | null {
  const votes = new Map<number, number>();
  for (const starts of landmarks(bytes))
    for (const start of starts) votes.set(start, (votes.get(start) ?? 0) + 1);
  const most = Math.max(0, ...votes.values());
  const [start = null, ...others] = [...votes].filter(([, count]) => count === most);
  return most >= ENOUGH_LANDMARKS && others.length === 0 ? (start?.[0] ?? null) : null;
}

/** Code without data behind it is no part of a dump, but an image like any other. */
function startByCode(bytes: Uint8Array, starts: readonly number[]): number | null {
  const found = landmarks(bytes);
  if (found.length === 0) return null;
  const [only] = starts;
  if (starts.length === 1) return only ?? null;
  return starts.find((start) => found.some((agreeing) => agreeing.has(start))) ?? null;
}

/** For each kind of data in the bytes the flash addresses at which these may begin. */
function landmarks(bytes: Uint8Array): ReadonlySet<number>[] {
  const calibration = findCalibration(bytes, []);
  const storages = marked(bytes).filter((at) => readKeySector(bytes, at) !== null);
  return [
    startsFor(calibration === null ? [] : [calibration.offset], CALIBRATIONS),
    startsFor(storages, USUAL_STORAGES),
    startsFor(userFileIndexes(bytes), USER_FILES),
  ].filter(({ size }) => size > 0);
}

function startsFor(offsets: readonly number[], addresses: readonly number[]): ReadonlySet<number> {
  const starts = offsets.flatMap((offset) => addresses.map((address) => address - offset));
  return new Set(starts.filter((start) => start >= 0));
}
