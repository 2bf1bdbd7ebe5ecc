import { BOOTLOADER_END } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { outward, sectorsOf } from '../../chip/regions';
import { BkError, hex } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';

/**
 * Erases and programs that the line has sent elsewhere. There is no frame check: one changed byte in an
 * address, and the chip does the same at another place; all that tells is the address in its answer. Where
 * flash shows that the command was not carried out at its own place, that answer is believed.
 */
export class MisdirectedWrites {
  readonly #context: JobContext;
  readonly #hit = new Set<number>();

  constructor(context: JobContext) {
    this.#context = context;
  }

  /** The command of the last try was not carried out where it should have been. @param tries 0 before the first */
  note(tries: number): void {
    const elsewhere = this.#take();
    if (tries === 0) return;
    for (const { offset, length } of elsewhere) {
      // Addresses go round at the end of flash.
      const start = offset % this.#context.flash.size;
      for (const address of sectorsOf(outward({ offset: start, length }))) this.#hit.add(address);
    }
  }

  /** It was: then the answer was changed, and not the command. */
  forget(): void {
    this.#take();
  }

  /** Sectors that were hit, by their addresses. */
  get hit(): ReadonlySet<number> {
    return this.#hit;
  }

  /**
   * What was hit inside the job's own ranges is verified with them; what lies outside nobody has seen.
   * @throws BkError BK_CRC_MISMATCH where anything outside was hit
   */
  mustSpare(isOwn: (address: number) => boolean): void {
    const outside = [...this.#hit].filter((address) => !isOwn(address)).sort((a, b) => a - b);
    const [first] = outside;
    if (first === undefined) return;
    const full = this.#context.session.identity.family === 'full';
    const bootloader = first < BOOTLOADER_END;
    const firstOfAll = full ? say('job.replaceHitBootloader') : say('job.keepHitBootloaderPowered');
    throw new BkError(
      'BK_CRC_MISMATCH',
      say('job.misdirected', {
        port: this.#context.session.port,
        addresses: outside.map(hex).join(', '),
      }),
      {
        phase: 'verify',
        address: first,
        advice: [
          ...(bootloader ? [firstOfAll] : []),
          say('job.putSectorsBack'),
          say('job.mendLineFirst'),
        ],
      },
    );
  }

  #take(): Region[] {
    return this.#context.session.exchanger.watch.takeElsewhere();
  }
}
