import { button, element } from '../base/elements';
import { run } from '../base/run';
import { text } from '../base/texts';
import { errorCard } from '../show/error-card';
import { resultCard } from '../show/result';
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
    showStep(this.#holder, wiringList());
    const ran = await run(this.#device, { operation: 'listen' });
    const again = button(text('action.again'), 'refresh', () => void this.#begin());
    if (ran.isDone) showStep(this.#holder, resultCard(ran.ended), again);
    else showStep(this.#holder, errorCard(ran.error), wiringList(), again);
  }
}

/** What has to be joined with what. */
function wiringList(): HTMLElement {
  const lines = ['ground', 'power', 'tx', 'rx', 'reset'].map((line) =>
    element('li', {}, text(`wiring.${line}`)),
  );
  return element('ul', { class: 'bk-wiring' }, ...lines);
}
