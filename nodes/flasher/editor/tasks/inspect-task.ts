import { element } from '../base/elements';
import { text } from '../base/texts';
import { FilePicker } from '../show/file-picker';
import { inspectionCard } from '../show/inspection';
import { showStep, type Task, taskFrame } from './task';

/** Looking at a file, without a chip. */
export class InspectTask implements Task {
  readonly root: HTMLElement;

  constructor(onClose: () => void) {
    const holder = element('div', { class: 'bk-step' });
    const picker = new FilePicker((image) => showStep(holder, inspectionCard(image)));
    this.root = taskFrame(text('task.inspect'), onClose, picker.root, holder);
  }
}
