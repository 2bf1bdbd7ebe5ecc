import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';

/** From this many reboots on the work goes easier on the supply. */
const REBOOTS = 2;
/** Rest after each erase and program then, ms: a capacitor at the module fills in less. */
const REST_MS = 10;

/**
 * How gently flash is changed. A block erase draws its current for as long as several sector erases, and
 * a whole sector's program for as long as sixteen pages': a supply that broke down twice gets the small
 * portions, with rests between them.
 */
export class GentlePace {
  readonly #context: JobContext;
  readonly #begun: number;
  #told = false;

  constructor(context: JobContext) {
    this.#context = context;
    this.#begun = context.session.reboots;
  }

  /** Whether blocks are to be erased sector by sector. */
  get gentle(): boolean {
    const gentle = this.#context.session.reboots - this.#begun >= REBOOTS;
    if (gentle && !this.#told) {
      this.#told = true;
      this.#context.warnings.push(say('job.wentGently'));
    }
    return gentle;
  }

  async rest(): Promise<void> {
    if (this.gentle) await this.#context.session.exchanger.pause(REST_MS);
  }
}
