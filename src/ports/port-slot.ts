import type { Clock, Timer } from '../clock';
import { isBkError } from '../errors';
import type { SessionReport } from '../session/base/report';
import type { FilledSettings } from '../session/base/settings';
import { KEEP_ALIVE_MS, type Session } from '../session/session';
import { Recorder } from '../trace/recorder';
import { areApart, schemeOf } from '../transport/schemes/schemes';
import { openSession, type PortWorld } from './open-session';
import { type Release, TurnQueue } from './turn-queue';

/**
 * One physical port of this process: who has its turn, and the link that is kept between jobs. All
 * devices that name the port, however they spell it, share its slot.
 */
export class PortSlot {
  /** What happens on it, from the opening of the port on. */
  readonly recorder: Recorder;
  readonly #world: PortWorld;
  /** Of all that happens on the port. */
  readonly clock: Clock;
  readonly #onIdle: (slot: PortSlot) => void;
  readonly #turns = new TurnQueue();
  #session: Session | null = null;
  #keeper: Timer | null = null;
  /** A keep-alive exchange under way; whoever takes the link waits for it. */
  #calling: Promise<void> = Promise.resolve();
  /** True while somebody has the turn's link in use, so that no keep-alive may begin. */
  #taken = false;
  /** Links that are being ended. */
  #ending = 0;
  /** Whose job the kept link served last. */
  #owner: object | null = null;

  /** @param onIdle called whenever nobody has the turn or waits for it, and no link is kept any more */
  constructor(world: PortWorld, onIdle: (slot: PortSlot) => void) {
    this.#world = world;
    this.clock = world.clock;
    this.recorder = new Recorder(world.clock);
    this.#onIdle = onIdle;
  }

  /** Waits for the turn, first come, first served. @throws BkError BK_CANCELLED while waiting */
  async turn(signal: AbortSignal | undefined, port: string): Promise<Release> {
    try {
      const release = await this.#turns.take(signal, port);
      return () => {
        release();
        this.#rest();
      };
    } catch (error) {
      this.#rest();
      throw error;
    }
  }

  /** Whether somebody has the turn. */
  get isTaken(): boolean {
    return !this.#turns.isEmpty;
  }

  /** Whether a link is kept that was this owner's last. */
  keepsFor(owner: object): boolean {
    return this.#session !== null && this.#owner === owner;
  }

  /** The kept link if it serves these settings, else a new one. The caller has the turn. */
  async session(
    settings: FilledSettings,
    report: SessionReport,
    signal: AbortSignal | undefined,
  ): Promise<Session> {
    await this.#stopKeeping();
    if (schemeOf(settings.port).isServed) report.evidence.served();
    const kept = this.#session;
    if (kept !== null) {
      // An adapter that was plugged in elsewhere may have left its name to another one.
      const isOther = await areApart(kept.port, settings.port);
      if (!isOther && serves(kept, settings) && (await kept.isStillThere())) {
        kept.beginJob(report);
        return kept;
      }
      await this.#drop('leave');
    }
    this.#session = await openSession(this.#world, settings, report, signal, this.recorder);
    return this.#session;
  }

  /** Keeps the link for the settings' idle time, then ends it. The caller has the turn. */
  async keep(settings: FilledSettings, owner: object): Promise<void> {
    this.#owner = owner;
    const session = this.#session;
    if (session === null) return;
    session.endJob();
    if (settings.idle === 0 || !(await isKeepable(session))) {
      await this.#drop(settings.after);
      return;
    }
    const end = this.clock.now() + settings.idle * 1000;
    const wait = (): void => {
      const ms = Math.min(KEEP_ALIVE_MS, Math.max(0, end - this.clock.now()));
      this.#keeper = this.clock.setTimeout(() => tick(), ms, { background: true });
    };
    const tick = (): void => {
      this.#keeper = null;
      const over = this.clock.now() >= end;
      this.#calling = (async () => {
        if (over || !(await session.keepAlive())) {
          if (this.#session === session) await this.#drop(over ? settings.after : 'leave');
        } else if (this.#session === session && !this.#taken) {
          wait();
        }
      })();
    };
    this.#taken = false;
    wait();
  }

  /** Ends a link that is only kept, if it was kept for this owner. */
  async endKept(owner: object, after: 'reboot' | 'leave', port: string): Promise<void> {
    if (!this.#turns.isEmpty || this.#owner !== owner) return;
    const release = await this.turn(undefined, port);
    try {
      await this.end(after);
    } finally {
      release();
    }
  }

  /** Ends the link at once. The caller has the turn. */
  async end(after: 'reboot' | 'leave'): Promise<void> {
    await this.#stopKeeping();
    await this.#drop(after);
  }

  async #stopKeeping(): Promise<void> {
    this.#taken = true;
    if (this.#keeper !== null) this.clock.clearTimeout(this.#keeper);
    this.#keeper = null;
    await this.#calling;
  }

  async #drop(after: 'reboot' | 'leave'): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#ending++;
    try {
      await session?.close(after);
    } finally {
      this.#ending--;
      this.#rest();
    }
  }

  #rest(): void {
    if (this.#turns.isEmpty && this.#session === null && this.#ending === 0) this.#onIdle(this);
  }
}

/** A chip that a later job could not tell from the next lamp is not kept. */
async function isKeepable(session: Session): Promise<boolean> {
  try {
    await session.renewFingerprint();
  } catch (error) {
    if (!isBkError(error)) throw error;
    return false;
  }
  return session.exchanger.lost === null;
}

/** A kept link serves settings that would have led to the same link. */
function serves(session: Session, settings: FilledSettings): boolean {
  const had = session.settings;
  return (
    had.chip === settings.chip &&
    had.baud === settings.baud &&
    had.reset === settings.reset &&
    session.exchanger.lost === null
  );
}
