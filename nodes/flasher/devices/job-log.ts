import {
  type BkError,
  type ChipReport,
  cleanNote,
  type JobEvent,
  type JobFacts,
  type Operation,
  type Progress,
  say,
  sizeText,
} from '../../../src';
import type { DeviceLog } from './device-log';

const BEGINS = {
  connect: say('flasher.connectBegins'),
  read: say('flasher.readBegins'),
  write: say('flasher.writeBegins'),
  erase: say('flasher.eraseBegins'),
  examine: say('flasher.examineBegins'),
  listen: say('flasher.listenBegins'),
} as const satisfies Record<Operation, unknown>;

/**
 * Writes down what happens to jobs, a line for each thing that a person would tell another. What the engine says is
 * cleaned as in a record: paths, names and the like are `…`, so that the lines may be posted.
 */
export class JobLog {
  readonly #log: DeviceLog;
  /** What was said last, so that a phase is told once. */
  #said = '';
  #chip = '';

  constructor(log: DeviceLog) {
    this.#log = log;
  }

  hear(operation: Operation, event: JobEvent): void {
    switch (event.kind) {
      case 'started':
        this.#said = '';
        this.#chip = '';
        this.#log.add('info', BEGINS[operation]);
        return;
      case 'progress':
        this.#progress(event.progress);
        return;
      case 'chip':
        this.#found(event.report);
        return;
      case 'warning':
        this.#log.add('warning', cleanNote(event.text));
        return;
      case 'recovery': {
        const { cause, action } = event.recovery;
        const said = { cause: cleanNote(cause), action: cleanNote(action) };
        this.#log.add('warning', say('flasher.mended', said));
        return;
      }
      case 'done':
        this.#done(event.result.facts);
        return;
      case 'failed':
        this.#failed(event.error);
    }
  }

  /** A phase with bytes once, one without each time that it says something else. */
  #progress({ phase, total, code, params, waitsForPerson }: Progress): void {
    const said = total > 0 ? phase : `${phase} ${code}`;
    if (said === this.#said) return;
    this.#said = said;
    this.#log.add(waitsForPerson ? 'warning' : 'info', cleanNote({ code, params }));
  }

  #found({ chip, family, bootloader, flash, baud }: ChipReport): void {
    const kind = say(family === 'full' ? 'common.fullChip' : 'common.basicChip');
    const facts = {
      chip: chip ?? kind,
      bootloader: bootloader.name,
      size: sizeText(flash.size),
    };
    const found =
      baud === null
        ? say('flasher.foundOnNetwork', facts)
        : say('flasher.found', { ...facts, baud });
    const words = JSON.stringify(found);
    if (words === this.#chip) return;
    this.#chip = words;
    this.#log.add('good', found);
  }

  #done({ durationMs, warningCodes }: JobFacts): void {
    for (const text of warningCodes) this.#log.add('warning', cleanNote(text));
    this.#log.add('good', say('flasher.done', { seconds: Math.round(durationMs / 100) / 10 }));
  }

  #failed({ code, text }: BkError): void {
    const level = code === 'BK_CANCELLED' ? 'warning' : 'error';
    this.#log.add(level, say('flasher.failed', { code, error: cleanNote(text) }));
  }
}
