import { CHIPS } from '../chip/families';
import { SECTOR } from '../chip/geometry';
import { LAYOUTS, type Layout } from '../chip/layouts';
import { BkError } from '../errors';
import { readCalibration } from '../image/calibration';
import type { JobContext } from './context';

/** The calibration sector of the connected chip. */
export interface ChipCalibration {
  /** Flash address of the sector; null where no valid one was found. */
  offset: number | null;
  mac: string | null;
}

/** Found once for a link; a job that changes such a sector forgets it. */
const found = new WeakMap<object, ChipCalibration>();

/** Looks for the calibration sector where this chip can have it. */
export async function chipCalibration(context: JobContext): Promise<ChipCalibration> {
  const key = context.session.identity;
  const known = found.get(key);
  if (known !== undefined) return known;
  let best: ChipCalibration = { offset: null, mac: null };
  for (const address of calibrationAddresses(context)) {
    const sector = await context.step({ phase: 'identify', address }, async () =>
      Buffer.from(await context.flash.readSector(address)),
    );
    const calibration = readCalibration(sector);
    if (calibration === null) continue;
    best = { offset: address, mac: calibration.mac };
    if (calibration.mac !== null) break;
  }
  found.set(key, best);
  return best;
}

export function forgetCalibration(context: JobContext): void {
  found.delete(context.session.identity);
}

/** Where the calibration sector of this chip can lie, inside its flash. */
export function calibrationAddresses(context: JobContext): number[] {
  const { chip } = context.session.identity;
  const layouts = chip === null ? basicLayouts() : [LAYOUTS[chip]];
  const addresses = new Set(layouts.flatMap((layout) => layout.calibration));
  return [...addresses].filter((address) => address + SECTOR <= context.flash.size);
}

/** @throws BkError BK_UNKNOWN_CHIP where the model is not known */
export function layoutOf(context: JobContext): Layout {
  const { chip } = context.session.identity;
  if (chip !== null) return LAYOUTS[chip];
  throw new BkError(
    'BK_UNKNOWN_CHIP',
    `The chip on ${context.session.port} does not tell its model, so that where its application lies is not known; nothing was changed`,
    { advice: ['Set the chip in the device, or give an offset and a length.'] },
  );
}

function basicLayouts(): Layout[] {
  return Object.values(CHIPS)
    .filter((chip) => chip.family === 'basic')
    .map((chip) => LAYOUTS[chip.name]);
}
