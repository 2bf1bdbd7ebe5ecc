/** What a pending timer is called; opaque to its users. */
export type Timer = unknown;

export interface TimerOptions {
  /**
   * The timer only keeps house (keep-alive, idle) or bounds work that goes on without it: it keeps no
   * process alive.
   */
  background?: boolean;
}

/**
 * The only source of time in the engine and in the simulated chip, so that every wait can be
 * tested without waiting.
 */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back; may have a fraction. */
  now(): number;
  /** The calendar time, for file names and records. */
  date(): Date;
  setTimeout(callback: () => void, ms: number, options?: TimerOptions): Timer;
  clearTimeout(timer: Timer): void;
}

/** The computer's own clock. Tests may stub its methods: nothing keeps a copy of them. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  setTimeout: (callback, ms, options) => {
    const timer = setTimeout(callback, ms);
    if (options?.background) timer.unref();
    return timer;
  },
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** Numbers in [0, 1), as from Math.random; injected so that a run can be repeated. */
export type Random = () => number;
