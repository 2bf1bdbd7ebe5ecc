import type { ChipReport, SectorChange } from '../../../src';
import { type FlashMap, type MapChange, type MapRegion, SECTOR, SECTOR_STATES } from '../messages';

const UNKNOWN = SECTOR_STATES.unknown;

/** A map of one chip's flash, and what of it nobody has been told yet. */
export class SectorMap {
  #size = 0;
  #regions: MapRegion[] = [];
  #cells: string[] = [];
  #revision = 0;
  /** Sectors that are others than was told; where all is to be told anew, all is. */
  readonly #changed = new Set<number>();
  #isFresh = false;

  /** All of it; null before there is any. */
  get whole(): FlashMap | null {
    if (this.#size === 0) return null;
    const [size, regions, revision] = [this.#size, this.#regions, this.#revision];
    return { size, sectors: this.#cells.join(''), regions, revision };
  }

  /** What is known of the chip that is linked. @param isNew whether all that was known of its flash is history */
  show(report: ChipReport, isNew: boolean): boolean {
    const { size } = report.flash;
    const regions = regionsOf(report);
    const isOther = size !== this.#size;
    if (!isNew && !isOther && JSON.stringify(regions) === JSON.stringify(this.#regions))
      return false;
    this.#regions = regions;
    this.#size = size;
    if (isNew || isOther) this.#cells = new Array(Math.ceil(size / SECTOR)).fill(UNKNOWN);
    this.#isFresh = true;
    return true;
  }

  set({ offset, length, state }: SectorChange): void {
    const letter = SECTOR_STATES[state];
    const end = Math.min(this.#cells.length, Math.ceil((offset + length) / SECTOR));
    for (let sector = Math.floor(offset / SECTOR); sector < end; sector++) {
      if (this.#cells[sector] === letter) continue;
      this.#cells[sector] = letter;
      this.#changed.add(sector);
    }
  }

  /** What has changed since this was asked last; null where nothing has. */
  takeChange(): MapChange | null {
    if (!this.#isFresh && this.#changed.size === 0) return null;
    const told = this.#isFresh ? this.#cells.keys() : [...this.#changed].sort((a, b) => a - b);
    const runs: [number, number, string][] = [];
    for (const sector of told) {
      const letter = this.#cells[sector] as string;
      if (this.#isFresh && letter === UNKNOWN) continue;
      const last = runs.at(-1);
      const isNext = last !== undefined && last[0] + last[1] === sector && last[2] === letter;
      if (isNext) last[1]++;
      else runs.push([sector, 1, letter]);
    }
    const fresh = this.#isFresh ? { fresh: { size: this.#size, regions: this.#regions } } : {};
    this.#changed.clear();
    this.#isFresh = false;
    return { revision: ++this.#revision, runs, ...fresh };
  }
}

/** What lies where, as far as it is known. */
function regionsOf({ layout, flash }: ChipReport): MapRegion[] {
  const { app, download, calibration } = layout;
  const regions: MapRegion[] = [];
  if (app !== null) regions.push({ name: 'region.bootloader', offset: 0, length: app.offset });
  if (app !== null) regions.push({ name: 'region.app', ...app });
  if (download !== null) {
    const end = download.offset + download.length;
    regions.push({ name: 'region.download', ...download });
    if (end < flash.size)
      regions.push({ name: 'region.data', offset: end, length: flash.size - end });
  }
  if (calibration !== null)
    regions.push({ name: 'region.calibration', offset: calibration, length: SECTOR });
  return regions;
}
