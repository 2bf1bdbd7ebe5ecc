import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../clock';

/** How often it is looked whether what was written arrives, while nothing comes back, ms. */
const LOOK_MS = 3_000;
/** A server from which nothing has come for so long though it is written to, ms, and which gets nothing: it is gone. */
export const VANISHED_MS = 10_000;

/** The connections of this computer, as Linux tells of them. Source: proc(5), Documentation/networking/proc_net_tcp. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;
/** Number, local and remote address with port, state (01: established), bytes to be sent; all in hex. */
const ROW = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) 01 ([0-9A-F]{8}):/;

/**
 * How many bytes of a connection the other computer has not said to have got. A computer that was switched off says
 * nothing at all, and Linux goes on sending to it for a quarter of an hour without a word to the program.
 * @returns null where the system does not tell
 */
export async function unacknowledged({
  localPort,
  remotePort,
}: Pick<Socket, 'localPort' | 'remotePort'>): Promise<number | null> {
  for (const table of TABLES) {
    const text = await readFile(table, 'latin1').catch(() => '');
    for (const line of text.split('\n')) {
      const [, local = '', remote = '', bytes = ''] = ROW.exec(line) ?? [];
      if (Number.parseInt(local, 16) !== localPort) continue;
      if (Number.parseInt(remote, 16) === remotePort) return Number.parseInt(bytes, 16);
    }
  }
  return null;
}

/** Notices that the other end of a connection is not there any more, though nobody has closed it. */
export class ArrivalWatch {
  readonly #clock: Clock;
  readonly #pending: () => Promise<number | null>;
  readonly #onVanished: () => void;
  #look: Timer | null = null;
  #heardAt = Number.NEGATIVE_INFINITY;
  #isOver = false;

  /** @param pending how many bytes have not arrived; null where nobody knows */
  constructor(clock: Clock, pending: () => Promise<number | null>, onVanished: () => void) {
    this.#clock = clock;
    this.#pending = pending;
    this.#onVanished = onVanished;
  }

  /** To be called with each write. */
  written(): void {
    if (this.#look === null && !this.#isOver) this.#lookLater(this.#clock.now());
  }

  /** To be called with all that comes. */
  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  end(): void {
    this.#isOver = true;
    if (this.#look !== null) this.#clock.clearTimeout(this.#look);
    this.#look = null;
  }

  /** @param since when what may not have arrived was written */
  #lookLater(since: number): void {
    const left = since + VANISHED_MS - this.#clock.now();
    const ms = Math.min(LOOK_MS, Math.max(1, left));
    this.#look = this.#clock.setTimeout(() => void this.#lookNow(since), ms, { background: true });
  }

  async #lookNow(since: number): Promise<void> {
    const isStuck = this.#heardAt < since && ((await this.#pending()) ?? 0) > 0;
    this.#look = null;
    if (this.#isOver || !isStuck || this.#heardAt >= since) return;
    if (this.#clock.now() - since >= VANISHED_MS) this.#onVanished();
    else this.#lookLater(since);
  }
}
