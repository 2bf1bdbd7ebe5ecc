import { resolve } from 'node:path';
import type { Clock } from '../clock';
import { BkError } from '../errors';
import { say } from '../texts/note';
import type { Transport } from '../transport/transport';
import { VirtualClock } from '../virtual-clock';
import { Playback } from './playback';
import { ReplayLine } from './replay-line';
import { readScript } from './script';

const ADDRESS = /^replay:\/\/(.+)$/is;

/** The file of `replay://<file>`; a relative one lies below the current folder. @throws BkError BK_BAD_SETTING */
export function fileOfReplay(address: string): string {
  const [, file] = ADDRESS.exec(address) ?? [];
  if (file !== undefined) return resolve(file);
  throw new BkError('BK_BAD_SETTING', say('replay.noFile'), {
    phase: 'open',
    advice: [say('replay.nameFile')],
  });
}

/** A clock that waits for nothing: the given one, if it is such a clock. */
export function replayClock(clock: Clock): VirtualClock {
  return clock instanceof VirtualClock ? clock : new VirtualClock(clock.date());
}

/** The records that are being played in an environment. */
export class Replays {
  /** By the clock that they are played on: one whose port is away goes on when it is opened again. */
  readonly #latest = new WeakMap<VirtualClock, Playback>();

  /** What was known of rates before the link in a record that is open; null for any other port. */
  ratesOf(address: string, clock: Clock): Playback['rates'] | null {
    if (!ADDRESS.test(address) || !(clock instanceof VirtualClock)) return null;
    return this.#latest.get(clock)?.rates ?? null;
  }

  /**
   * Opens a record from its beginning; one whose port went away in it, where it came back.
   * @param address `replay://<file>`
   * @throws BkError BK_BAD_SETTING, BK_STORAGE (its file), BK_REPLAY (no whole record), and as it was opened then
   */
  open(address: string, clock: Clock): Transport {
    const file = fileOfReplay(address);
    const own = replayClock(clock);
    const latest = this.#latest.get(own);
    const goesOn = latest?.file === file && latest.isAway;
    const playback = goesOn ? latest : new Playback(readScript(file), own);
    this.#latest.set(own, playback);
    return new ReplayLine(address, playback);
  }
}
