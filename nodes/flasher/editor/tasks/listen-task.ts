import { button, element } from '../base/elements';
import { run } from '../base/run';
import { text } from '../base/texts';
import { errorCard } from '../show/error-card';
import { resultCard } from '../show/result';
import { WiringView } from '../wiring/wiring-view';
import { showStep, type Task, taskFrame } from './task';

/** Test wiring: what the line carries, in words, until a chip is found. */
export class ListenTask implements Task {
  readonly root: HTMLElement;
  readonly #device: string;
  readonly #holder = element('div', { class: 'bk-step' });

  constructor(device: string, onClose: () => void) {
    this.#device = device;
    this.root = taskFrame(text('task.listen'), onClose, this.#holder);
    void this.#begin();
  }

  async #begin(): Promise<void> {
    // What is heard stands above, with the progress of the job.
    showStep(this.#holder, new WiringView().root);
    const ran = await run(this.#device, { operation: 'listen' });
    const again = button(text('action.again'), 'refresh', () => void this.#begin());
    if (ran.isDone) showStep(this.#holder, resultCard(ran.ended), again);
    else showStep(this.#holder, errorCard(ran.error), new WiringView().root, again);
  }
}
