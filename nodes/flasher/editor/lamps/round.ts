import type { EndedJob, JobRequest, ShownError } from '../../messages';
import { run } from '../base/run';
import { store } from '../base/store';
import { say, text } from '../base/texts';
import { pinsText } from '../show/pins';
import { asPlanned } from '../tasks/change-task';
import type { Lamp } from './lamp';

/** How long a lamp that is done may stay plugged in between two looks; milliseconds. */
const PAUSE_MS = 2000;

/** What a round asks of its person and tells them; each resolves once they have answered. */
export interface RoundFace {
  /** Another lamp is wanted. @param isSame the one that was done is still there */
  next(isSame: boolean): void;
  /** May all lamps of this model be changed as planned? */
  confirm(plan: EndedJob, backup: string): Promise<boolean>;
  /** The chip does not tell its MAC: is it another lamp than the one before? */
  isNew(): Promise<boolean>;
  /** A lamp is through. */
  lamp(lamp: Lamp): void;
  /** Something failed: a person says when to go on. */
  failed(error: ShownError): Promise<void>;
}

/** Lamp after lamp on one device, until it is stopped. */
export class Round {
  readonly #device: string;
  readonly #write: JobRequest;
  readonly #face: RoundFace;
  /** MACs of the lamps that are done. */
  readonly #done = new Set<string>();
  /** What is written, by the model for which its plan was seen and confirmed. */
  readonly #confirmed = new Map<string, JobRequest>();
  #hasDone = false;
  #isStopped = false;

  constructor(device: string, write: JobRequest, face: RoundFace) {
    this.#device = device;
    this.#write = write;
    this.#face = face;
  }

  /** The job that is running is left to end, or to be cancelled. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves once it is stopped. */
  async run(): Promise<void> {
    this.#face.next(false);
    while (!this.#isStopped) await this.#one();
  }

  async #one(): Promise<void> {
    const linked = await run(this.#device, { operation: 'connect' });
    if (this.#isStopped) return;
    if (!linked.isDone) {
      // Nobody has plugged in the next lamp yet.
      if (linked.error.code === 'BK_NO_LINK') return;
      await this.#face.failed(linked.error);
      this.#face.next(false);
      return;
    }
    const chip = store.device(this.#device)?.chip;
    const mac = chip?.mac ?? null;
    if (!(await this.#isAnother(mac)) || this.#isStopped) return;
    await this.#change(mac ?? '', chip?.chip ?? '');
  }

  async #isAnother(mac: string | null): Promise<boolean> {
    if (mac === null) return !this.#hasDone || this.#face.isNew();
    if (!this.#done.has(mac)) return true;
    this.#face.next(true);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return false;
  }

  async #change(mac: string, chip: string): Promise<void> {
    let write = this.#confirmed.get(chip);
    if (write === undefined) {
      const options = { ...this.#write.options, dryRun: true };
      const planned = await run(this.#device, { ...this.#write, options });
      if (!planned.isDone) return this.#fail(mac, chip, planned.error);
      const backup = String(this.#write.options?.backup ?? 'once');
      if (!(await this.#face.confirm(planned.ended, backup))) {
        this.stop();
        return;
      }
      write = asPlanned(this.#write, planned.ended);
      this.#confirmed.set(chip, write);
    }
    const ran = await run(this.#device, write);
    if (!ran.isDone) return this.#fail(mac, chip, ran.error);
    const { result, at } = ran.ended;
    const backup = (result as { backup?: string | null } | null)?.backup ?? '';
    const pins = pinsText(result);
    this.#face.lamp({ at, mac, chip, pins, backup, isDone: true, result: text('evening.done') });
    this.#hasDone = true;
    if (mac !== '') this.#done.add(mac);
    this.#face.next(true);
  }

  async #fail(mac: string, chip: string, error: ShownError): Promise<void> {
    const at = new Date().toISOString();
    const result = `${error.code} ${say(error.message)}`.trim();
    this.#face.lamp({ at, mac, chip, pins: '', backup: '', isDone: false, result });
    await this.#face.failed(error);
    this.#face.next(false);
  }
}
