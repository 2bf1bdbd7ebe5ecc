import type { Clock, Timer } from '../clock';
import { type DescribedPort, portsHere, signOfPorts } from '../transport/schemes/described-ports';
import { AdapterChanges, type AdapterListener } from './adapter-changes';

/** How often is looked whether something has happened, where a glance at the kernel tells, ms. */
const GLANCE_MS = 1_000;
/** How often is looked where all of it has to be listed for that, ms. */
const LIST_MS = 3_000;

/** Where is looked; tests put their own in. */
export interface WatchSources {
  list(): Promise<DescribedPort[]>;
  /** Another text after each coming and going of a port, quickly had; null where there is no such thing. */
  sign(): Promise<string | null>;
}

/**
 * Who comes and goes of the USB adapters of this computer. Looks only while somebody wants to know, and once for all of them.
 * No port is opened for it, so that one in use stays as it is.
 */
export class AdapterWatch {
  readonly #clock: Clock;
  readonly #sources: WatchSources;
  readonly #watchers = new Set<AdapterChanges>();
  #timer: Timer | null = null;
  #isLooking = false;
  /** At what was seen last; undefined before the first look. */
  #sign: string | null | undefined;
  /** Somebody wants to be told what there is, even if nothing has happened. */
  #isAsked = false;

  constructor(clock: Clock, sources: WatchSources = { list: portsHere, sign: signOfPorts }) {
    this.#clock = clock;
    this.#sources = sources;
  }

  /** How many want to know. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** The adapters that are there now, whether anybody watches or not. */
  async list(): Promise<DescribedPort[]> {
    return (await this.#sources.list()).filter(isAdapter);
  }

  /**
   * Tells of all adapters that come and go from now on, and first of those that are there.
   * @param settleMs how long an adapter has to be there before it is told of: a system needs a moment until it can be opened
   * @returns what ends it; nothing is told after that
   */
  watch(listener: AdapterListener, settleMs: number): () => void {
    const changes = new AdapterChanges(listener, this.#clock, settleMs, () => this.#ask());
    this.#watchers.add(changes);
    this.#ask();
    return () => this.#leave(changes);
  }

  #leave(changes: AdapterChanges): void {
    changes.end();
    this.#watchers.delete(changes);
    if (this.#watchers.size === 0) this.#stopTimer();
  }

  #ask(): void {
    this.#isAsked = true;
    this.#look();
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** One look at a time: who asks meanwhile is told by the next one. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#stopTimer();
    // A look that fails tells nothing: nobody has gone by it. Whoever wanted to be told is told by the next one.
    this.#tell()
      .catch(() => {
        this.#sign = undefined;
      })
      .finally(() => {
        this.#isLooking = false;
        if (this.#watchers.size === 0) return;
        if (this.#isAsked) this.#look();
        else this.#wait();
      });
  }

  #wait(): void {
    const ms = this.#sign === null ? LIST_MS : GLANCE_MS;
    this.#timer = this.#clock.setTimeout(() => this.#look(), ms, { background: true });
  }

  async #tell(): Promise<void> {
    const told = [...this.#watchers];
    const isAsked = this.#isAsked;
    this.#isAsked = false;
    // Before the list, so that what happens meanwhile is seen the next time.
    const sign = await this.#sources.sign();
    if (!isAsked && sign !== null && sign === this.#sign) return;
    const now = await this.list();
    this.#sign = sign;
    for (const changes of told) {
      try {
        changes.take(now);
      } catch {
        // Who throws is not told any more.
        this.#leave(changes);
      }
    }
  }
}

/** A built-in port is none: the kernel names those that are not there, too. */
function isAdapter({ vendorId, byId }: DescribedPort): boolean {
  return vendorId !== undefined || byId !== undefined;
}
