import type { Clock, Timer } from '../clock';
import type { DescribedPort } from '../transport/schemes/described-ports';

/** Who wants to know which adapters come and go. */
export interface AdapterListener {
  /** @param wasThere whether it was there when the watching began */
  onAppeared(adapter: DescribedPort, wasThere: boolean): void;
  /** Only of one that was told of before. @param adapter as it was */
  onGone(adapter: DescribedPort): void;
}

interface Seen {
  adapter: DescribedPort;
  /** Runs until it was there for long enough; null where it was told of. */
  settling: Timer | null;
  /** It was there for long enough, and is told of after one more look. */
  isDue: boolean;
}

/** What of one look after the other is news to one who watches. */
export class AdapterChanges {
  readonly #listener: AdapterListener;
  readonly #clock: Clock;
  readonly #settleMs: number;
  readonly #look: () => void;
  readonly #seen = new Map<string, Seen>();
  #isFirst = true;
  #isOver = false;

  /** @param look asks for another look */
  constructor(listener: AdapterListener, clock: Clock, settleMs: number, look: () => void) {
    this.#listener = listener;
    this.#clock = clock;
    this.#settleMs = settleMs;
    this.#look = look;
  }

  /** @param now all adapters that are there */
  take(now: readonly DescribedPort[]): void {
    if (this.#isOver) return;
    const wasThere = this.#isFirst;
    this.#isFirst = false;
    const here = new Map(now.map((adapter) => [keyOf(adapter), adapter]));
    for (const [key, seen] of this.#seen) if (!here.has(key)) this.#gone(key, seen);
    for (const [key, adapter] of here) {
      // Who is told may end it.
      if (this.#isOver) return;
      const seen = this.#seen.get(key);
      if (seen !== undefined) this.#stays(seen, adapter);
      else if (wasThere) {
        this.#seen.set(key, { adapter, settling: null, isDue: false });
        this.#listener.onAppeared(adapter, true);
      } else this.#settle(key, adapter);
    }
  }

  end(): void {
    this.#isOver = true;
    for (const { settling } of this.#seen.values())
      if (settling !== null) this.#clock.clearTimeout(settling);
    this.#seen.clear();
  }

  /** Its names come a moment after it: what is told is what is known of it then. */
  #stays(seen: Seen, adapter: DescribedPort): void {
    seen.adapter = adapter;
    if (!seen.isDue) return;
    seen.isDue = false;
    seen.settling = null;
    this.#listener.onAppeared(adapter, false);
  }

  #settle(key: string, adapter: DescribedPort): void {
    const seen: Seen = { adapter, settling: null, isDue: false };
    seen.settling = this.#clock.setTimeout(
      () => {
        seen.isDue = true;
        this.#look();
      },
      this.#settleMs,
      { background: true },
    );
    this.#seen.set(key, seen);
  }

  #gone(key: string, { adapter, settling }: Seen): void {
    this.#seen.delete(key);
    if (settling === null) this.#listener.onGone(adapter);
    else this.#clock.clearTimeout(settling);
  }
}

/** Another one after each plugging in, so that nobody misses one that was quick. */
function keyOf({
  device,
  plugged,
  vendorId,
  productId,
  serialNumber,
  unit,
}: DescribedPort): string {
  return JSON.stringify([device, plugged, vendorId, productId, serialNumber, unit]);
}
