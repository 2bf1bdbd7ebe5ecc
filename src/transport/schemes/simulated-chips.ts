import { type Clock, systemClock } from '../../clock';
import { BkError } from '../../errors';
import {
  createSimulatedChip,
  PreciseClock,
  parseSimulatorUrl,
  type SimulatedChip,
  simulatorKey,
} from '../../simulator/simulator';
import { say } from '../../texts/note';
import type { Transport } from '../transport';
import { SimulatedTransport } from './simulated-line';

/** So much flash may lie in chips that nobody has open, bytes: 32 chips of the usual 2 MiB. */
const MOST_IDLE_BYTES = 64 * 1024 * 1024;

interface Kept {
  readonly key: string;
  readonly chip: SimulatedChip;
  clock: Clock;
  line: SimulatedTransport | null;
}

/**
 * The simulated chips of an environment, by their addresses. A chip keeps its flash from one opening to the
 * next. Where those that nobody has open become too many, some go: first those whose flash was never changed,
 * since the address makes the same again; then those that were not used for longest. The one that was used
 * last always stays.
 */
export class SimulatedChips {
  readonly #preciseClock = new PreciseClock(systemClock);
  /** The one that was used last comes last. */
  readonly #kept = new Map<string, Kept>();

  /** How many there are. */
  get size(): number {
    return this.#kept.size;
  }

  /**
   * Opens a chip's line, making the chip at its first opening.
   * @param url `sim://<chip>?option=value&…`
   * @throws BkError BK_BAD_SETTING, BK_STORAGE (its flash file), BK_PORT_BUSY
   */
  open(url: string, clock: Clock): Transport {
    const kept = this.#take(url, clock);
    if (kept.line !== null) {
      throw new BkError('BK_PORT_BUSY', say('simulator.inUse', { port: url }), {
        phase: 'open',
        advice: [say('simulator.waitOrOtherSeed')],
      });
    }
    const own = this.#clockFor(clock);
    if (kept.clock !== own) {
      kept.chip.useClock(own);
      kept.clock = own;
    }
    const line = new SimulatedTransport(url, kept.chip, own, () => {
      kept.line = null;
      // Unless all were thrown away meanwhile.
      if (this.#kept.get(kept.key) === kept) this.#use(kept);
    });
    kept.line = line;
    return line;
  }

  /** The chip behind an address; undefined where there is none (any more). @throws BkError BK_BAD_SETTING */
  find(url: string): SimulatedChip | undefined {
    return this.#kept.get(simulatorKey(url))?.chip;
  }

  /** The same, made where there was none: its flash can be arranged before anybody opens it. */
  prepare(url: string, clock: Clock): SimulatedChip {
    return this.#take(url, clock).chip;
  }

  /** Pulls the plug of an open line, as when an adapter is taken out. Returns false where none is open. */
  unplug(url: string, reason: string): boolean {
    const line = this.#kept.get(simulatorKey(url))?.line ?? null;
    line?.lose(new Error(reason));
    return line !== null;
  }

  /** Throws all chips away; lines that are open are closed. */
  clear(): void {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    for (const { line } of all) line?.end();
  }

  #take(url: string, clock: Clock): Kept {
    const key = simulatorKey(url);
    const kept = this.#kept.get(key) ?? this.#make(key, url, this.#clockFor(clock));
    this.#use(kept);
    return kept;
  }

  #make(key: string, url: string, clock: Clock): Kept {
    const chip = createSimulatedChip(parseSimulatorUrl(url), clock);
    return { key, chip, clock, line: null };
  }

  #use(kept: Kept): void {
    this.#kept.delete(kept.key);
    this.#kept.set(kept.key, kept);
    this.#makeRoom(kept);
  }

  #makeRoom(last: Kept): void {
    const idle = [...this.#kept.values()].filter(({ line }) => line === null);
    const unchanged = idle.filter(({ chip }) => !chip.changed);
    const changed = idle.filter(({ chip }) => chip.changed);
    let bytes = idle.reduce((sum, { chip }) => sum + chip.flash.length, 0);
    for (const kept of [...unchanged, ...changed]) {
      if (bytes <= MOST_IDLE_BYTES) return;
      if (kept === last) continue;
      this.#kept.delete(kept.key);
      bytes -= kept.chip.flash.length;
    }
  }

  /** The system's timers are too late for a line at full speed. */
  #clockFor(clock: Clock): Clock {
    return clock === systemClock ? this.#preciseClock : clock;
  }
}
