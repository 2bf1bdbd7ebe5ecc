import type { Clock } from '../clock';
import { Replays } from '../replay/replays';
import { BaudMemories } from '../session/baud/baud-memory';
import { canonicalPort, clockOfPort, isWebPort } from '../transport/schemes/schemes';
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
  readonly #slots = new Map<string, PortSlot>();

  constructor(clock: Clock, chips = new SimulatedChips()) {
    this.clock = clock;
    this.chips = chips;
    this.bauds = new BaudMemories(clock);
  }

  /** How many ports are in use, or have a link that is kept. */
  get size(): number {
    return this.#slots.size;
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
    const slot = this.#slotOf(await canonicalPort(port), clockOfPort(port, this.clock));
    // Nothing may come between these two: a slot that nobody uses goes.
    const release = await slot.turn(signal, port);
    return { slot, release };
  }

  /** @param clock of the port */
  #slotOf(name: string, clock: Clock): PortSlot {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const { chips, replays, bauds } = this;
    const made = new PortSlot({ clock, chips, replays, bauds }, (slot) => {
      // One that is gone may be asked to end what it does not keep any more.
      if (this.#slots.get(name) === slot) this.#slots.delete(name);
    });
    this.#slots.set(name, made);
    return made;
  }
}
