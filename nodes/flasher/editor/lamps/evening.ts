import type { DeviceState, EndedJob, JobRequest, ShownError } from '../../messages';
import { api } from '../base/api';
import { button, element, setText } from '../base/elements';
import { store } from '../base/store';
import { text } from '../base/texts';
import { Now } from '../panel/now';
import { errorCard } from '../show/error-card';
import { type ChosenImage, ImagePicker, imageCard } from '../show/image-picker';
import { planCard } from '../show/plan';
import { newestOwn } from '../tasks/change-task';
import { showStep } from '../tasks/task';
import { WriteSettings } from '../tasks/write-settings';
import type { Lamp } from './lamp';
import { LampTable } from './lamp-table';
import { Round, type RoundFace } from './round';

/** An evening of lamps: what is written is chosen once, then lamp after lamp is plugged in. */
export class Evening implements RoundFace {
  readonly root: HTMLElement;
  readonly #head = element('p', { class: 'bk-muted' });
  readonly #call = element('p', { class: 'bk-next', role: 'status' });
  readonly #step = element('div', { class: 'bk-step' });
  readonly #now = new Now();
  readonly #table = new LampTable();
  readonly #stop: HTMLButtonElement;
  #device: string;
  #round: Round | null = null;

  constructor(device: string) {
    this.#device = device;
    this.#stop = button(text('evening.stop'), 'stop', () => this.#end());
    this.root = element(
      'section',
      { class: 'bk-evening', 'aria-label': text('mode.evening') },
      this.#now.call,
      element('h3', {}, text('mode.evening')),
      element('p', {}, text('evening.what')),
      this.#head,
      this.#call,
      this.#now.root,
      this.#step,
      this.#stop,
      this.#table.root,
    );
    this.#ask();
  }

  get isRunning(): boolean {
    return this.#round !== null;
  }

  /** Another device is looked at: a round that is under way stays with its own. */
  use(device: string): void {
    if (this.#round !== null) return;
    this.#device = device;
    this.#showDevice();
  }

  update(state: DeviceState): void {
    if (state.id === this.#device && this.isRunning) this.#now.update(state);
  }

  next(isSame: boolean): void {
    const key = isSame ? 'evening.nextLamp' : 'evening.plugIn';
    setText(this.#call, text(key));
    this.#step.replaceChildren();
  }

  confirm(plan: EndedJob, backup: string): Promise<boolean> {
    return newestOwn(this.#device).then((newest) => {
      const card = planCard(plan, store.map(this.#device), { operation: 'write', backup, newest });
      return this.#answer(card, 'evening.confirm', 'action.back');
    });
  }

  isNew(): Promise<boolean> {
    return this.#answer(element('h4', {}, text('evening.noMac')), 'evening.isNew', 'evening.isOld');
  }

  lamp(lamp: Lamp): void {
    this.#table.add(lamp);
  }

  async failed(error: ShownError): Promise<void> {
    await this.#answer(errorCard(error), 'evening.goOn', 'evening.stop').then((goesOn) => {
      if (!goesOn) this.#end();
    });
  }

  #ask(): void {
    this.#round = null;
    this.#stop.hidden = true;
    this.#now.root.hidden = true;
    this.#now.call.hidden = true;
    setText(this.#call, '');
    this.#showDevice();
    const chosen = element('div');
    const picker = new ImagePicker((image) => this.#offer(chosen, image));
    this.#step.replaceChildren(picker.root, chosen);
  }

  #offer(holder: HTMLElement, image: ChosenImage): void {
    const settings = new WriteSettings(image);
    const wrong = element('p', { class: 'bk-wrong', role: 'alert' });
    const begin = button(text('evening.begin'), 'play', () => {
      const why = settings.wrong();
      setText(wrong, why ?? '');
      if (why !== null) return;
      this.#begin(settings.change());
    });
    begin.classList.add('bk-main');
    showStep(holder, imageCard(image), settings.root, wrong, begin);
  }

  #begin(write: JobRequest): void {
    this.#stop.hidden = false;
    this.#now.root.hidden = false;
    const round = new Round(this.#device, write, this);
    this.#round = round;
    void round.run().then(() => {
      if (this.#round === round) this.#ask();
    });
  }

  /** Whatever the chip is at is cancelled at its next safe point. */
  #end(): void {
    this.#round?.stop();
    const job = store.device(this.#device)?.job;
    if (job?.by === 'sidebar') api.cancel(this.#device, job.id).catch(() => {});
    this.#ask();
  }

  #answer(card: HTMLElement, yes: string, no: string): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (key: string, icon: string, isYes: boolean) =>
        button(text(key), icon, () => {
          this.#step.replaceChildren();
          resolve(isYes);
        });
      const accept = answer(yes, 'check', true);
      accept.classList.add('bk-main');
      // What is asked here is what a person has to do now.
      setText(this.#call, '');
      const row = element('div', { class: 'bk-row' }, accept, answer(no, 'times', false));
      showStep(this.#step, card, row);
    });
  }

  #showDevice(): void {
    const name = store.device(this.#device)?.name ?? this.#device;
    setText(this.#head, text('evening.device', { name }));
  }
}
