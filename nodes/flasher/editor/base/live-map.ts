import {
  type FlashMap,
  type MapChange,
  type MapRegion,
  SECTOR,
  SECTOR_STATES,
} from '../../messages';

const UNKNOWN = SECTOR_STATES.unknown;

/** Cells that have changed: the first one, and how many. */
export type Dirty = 'all' | readonly (readonly [first: number, count: number])[];

/** What is known of one chip's flash, brought up to date change by change. */
export class LiveMap {
  size = 0;
  regions: readonly MapRegion[] = [];
  #cells: string[] = [];
  #revision = -1;

  get count(): number {
    return this.#cells.length;
  }

  /** The letter of a sector, as SECTOR_STATES has them. */
  at(sector: number): string {
    return this.#cells[sector] ?? UNKNOWN;
  }

  /** All is as the server says. */
  replace(map: FlashMap): void {
    this.size = map.size;
    this.regions = map.regions;
    this.#cells = [...map.sectors];
    this.#revision = map.revision;
  }

  /** @returns which cells are others now; null where a change was missed, and the whole map is needed */
  apply({ revision, runs, fresh }: MapChange): Dirty | null {
    if (fresh === undefined && revision !== this.#revision + 1) return null;
    if (fresh !== undefined) {
      this.size = fresh.size;
      this.regions = fresh.regions;
      this.#cells = new Array(Math.ceil(fresh.size / SECTOR)).fill(UNKNOWN);
    }
    for (const [first, count, letter] of runs) {
      this.#cells.fill(letter, first, Math.min(first + count, this.#cells.length));
    }
    this.#revision = revision;
    return fresh === undefined ? runs.map(([first, count]) => [first, count] as const) : 'all';
  }

  /** The region that a sector lies in; of several the smallest. */
  regionOf(sector: number): MapRegion | null {
    const address = sector * SECTOR;
    const around = this.regions.filter(
      ({ offset, length }) => address >= offset && address < offset + length,
    );
    return around.reduce<MapRegion | null>(
      (least, one) => (least === null || one.length < least.length ? one : least),
      null,
    );
  }

  /** How many sectors are in each state, of a stretch or of all flash. */
  counts(offset = 0, length = this.size): Map<string, number> {
    const counts = new Map<string, number>();
    const end = Math.min(Math.ceil((offset + length) / SECTOR), this.count);
    for (let sector = Math.floor(offset / SECTOR); sector < end; sector++) {
      const letter = this.at(sector);
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    return counts;
  }
}
