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
export class Pace {
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
      this.#context.warnings.push(
        'The chip rebooted again and again while its flash was changed: the job went on with single sectors and rests. Give the module a stronger 3.3 V supply.',
      );
    }
    return gentle;
  }

  async rest(): Promise<void> {
    if (this.gentle) await this.#context.session.exchanger.pause(REST_MS);
  }
}
