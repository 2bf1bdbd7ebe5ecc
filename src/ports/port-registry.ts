import type { Clock } from '../clock';
import { Replays } from '../replay/replays';
import { BaudMemories } from '../session/baud/baud-memory';
import type { PortNames } from '../transport/schemes/port-scheme';
import { clockOfPort, isWebPort, namesOfPort } from '../transport/schemes/schemes';
import { SimulatedChips } from '../transport/schemes/simulated-chips';
import type { PortWorld } from './open-session';
import { PortSlot } from './port-slot';
import type { Release } from './turn-queue';

/** A turn on a port, and what goes with it until it is released. */
export interface PortTurn {
  slot: PortSlot;
  /** To be called once, when all is done. */
  release: Release;
}

/**
 * The ports of an environment: all devices that name the same one, however they spell it, take turns in its slot.
 * A slot is there as long as somebody uses it or a link is kept in it. What is known beyond that is bounded:
 * rates that proved themselves, and the flash of simulated chips.
 */
export class PortRegistry implements PortWorld {
  readonly clock: Clock;
  readonly chips: SimulatedChips;
  readonly bauds: BaudMemories;
  readonly replays = new Replays();
  /** By all that their ports are called. */
  readonly #slots = new Map<string, PortSlot>();

  constructor(clock: Clock, chips = new SimulatedChips()) {
    this.clock = clock;
    this.chips = chips;
    this.bauds = new BaudMemories(clock);
  }

  /** How many ports are in use, or have a link that is kept. */
  get size(): number {
    return new Set(this.#slots.values()).size;
  }

  /** Whether a port is asked over HTTP; false for whatever names no port. */
  isWeb(port: unknown): boolean {
    return typeof port === 'string' && isWebPort(port);
  }

  /**
   * Waits for the turn on a port, first come, first served.
   * @throws BkError BK_BAD_SETTING for what names no port, BK_CANCELLED while waiting
   */
  async turn(port: string, signal: AbortSignal | undefined): Promise<PortTurn> {
    for (;;) {
      const names = await namesOfPort(port);
      const slot = this.#find(names) ?? this.#make(clockOfPort(port, this.clock));
      this.#call(slot, names);
      const waits = slot.isTaken;
      // Nothing may come between these: a slot that nobody uses goes.
      const release = await slot.turn(signal, port);
      if (!waits || (await this.#isStillThat(slot, port))) return { slot, release };
      release();
    }
  }

  /** While it was waited for, an adapter may have been plugged in elsewhere, where another one has the turn. */
  async #isStillThat(slot: PortSlot, port: string): Promise<boolean> {
    const names = await namesOfPort(port);
    if ((this.#find(names) ?? slot) !== slot) return false;
    this.#call(slot, names);
    return true;
  }

  /** An adapter that was plugged in anew has the turn under the name of before: it is known by itself first. */
  #find({ own, canonical }: PortNames): PortSlot | undefined {
    const name = [...own, canonical].find((one) => this.#slots.has(one));
    return name === undefined ? undefined : this.#slots.get(name);
  }

  /** What an adapter is called while it is there is remembered for when it is away. */
  #call(slot: PortSlot, { canonical, own, others }: PortNames): void {
    for (const name of [canonical, ...own, ...others]) {
      if (!this.#slots.has(name)) this.#slots.set(name, slot);
    }
  }

  /** @param clock of the port */
  #make(clock: Clock): PortSlot {
    const { chips, replays, bauds } = this;
    return new PortSlot({ clock, chips, replays, bauds }, (slot) => {
      for (const [name, named] of this.#slots) if (named === slot) this.#slots.delete(name);
    });
  }
}
