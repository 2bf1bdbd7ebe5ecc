import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
import { type BkError, type FlashState, hex } from '../../errors';
import { type Note, say, type TextCode } from '../../texts/note';
import type { BlockPlan } from './change-plan';

type SectorHolds = keyof FlashState;

/** What each sector of a job holds, so that a job that ends early can say what it leaves behind. */
export class FlashLedger {
  readonly #sectors = new Map<number, SectorHolds>();
  readonly #told: (range: Region, holds: SectorHolds) => void;

  /** @param told is told of each change while the job goes on */
  constructor(told: (range: Region, holds: SectorHolds) => void = () => {}) {
    this.#told = told;
  }

  /** Before anything is done: sectors that the plan leaves alone hold the image already. */
  expect({ range, erase, program }: BlockPlan): void {
    const touched = new Set([...erase.addresses, ...program.map(({ address }) => address)]);
    const all = erase.by === 'block' && erase.addresses.length > 0;
    for (const address of sectorsOf(range)) {
      this.#sectors.set(address, all || touched.has(address) ? 'old' : 'fresh');
    }
  }

  /** The same for a range that is to be erased. */
  expectErase(range: Region): void {
    for (const address of sectorsOf(range)) this.#sectors.set(address, 'old');
  }

  /** Whether the sector is one of the job's. */
  has(address: number): boolean {
    return this.#sectors.has(address);
  }

  set(range: Region, holds: SectorHolds): void {
    for (const address of sectorsOf(range)) this.#sectors.set(address, holds);
    this.#told(range, holds);
  }

  /** Sectors beside the job's own that nobody can tell what they hold; its own ones are known already. */
  addUncertain(addresses: Iterable<number>): void {
    for (const address of addresses) {
      if (!this.has(address)) this.#sectors.set(address, 'uncertain');
    }
  }

  /** The chip's word for erases and programs is worth nothing. */
  doubt(): void {
    for (const [address, holds] of this.#sectors) {
      if (holds === 'blank' || holds === 'written') this.#sectors.set(address, 'uncertain');
    }
  }

  state(): FlashState {
    const state: FlashState = { fresh: [], written: [], blank: [], old: [], uncertain: [] };
    for (const address of [...this.#sectors.keys()].sort((a, b) => a - b)) {
      const regions = state[this.#sectors.get(address) as SectorHolds];
      const last = regions.at(-1);
      if (last !== undefined && last.offset + last.length === address) last.length += SECTOR;
      else regions.push({ offset: address, length: SECTOR });
    }
    return state;
  }
}

/** In the order in which they are told. */
const TEXTS = {
  fresh: 'job.holdsFresh',
  written: 'job.holdsWritten',
  blank: 'job.holdsBlank',
  uncertain: 'job.holdsUncertain',
  old: 'job.holdsOld',
} as const satisfies Record<SectorHolds, TextCode>;

/** The same error with the exact state of flash in its message and its cause. */
export function withFlashState(error: BkError, state: FlashState): BkError {
  const told = inWords(state);
  if (told === null) return error;
  return error.with({ text: say('job.withFlashState', { error: error.text, state: told }), state });
}

/** Null where no sector is known of. */
function inWords(state: FlashState): Note | null {
  const held = (Object.keys(TEXTS) as SectorHolds[]).filter((holds) => state[holds].length > 0);
  const [first, ...others] = held.map((holds) =>
    say(TEXTS[holds], { ranges: state[holds].map(span).join(', ') }),
  );
  if (first === undefined) return null;
  return others.reduce((all, next) => say('job.statesJoined', { first: all, next }), first);
}

function span({ offset, length }: Region): string {
  return `${hex(offset)}–${hex(offset + length - 1)}`;
}
