import type { DeviceState, EndedJob } from '../../messages';
import { element } from '../base/elements';
import { run } from '../base/run';
import { store } from '../base/store';
import { text } from '../base/texts';
import { FlashMapView } from '../map/flash-map';
import { MapSummary } from '../map/summary';
import { errorCard } from '../show/error-card';
import { resultCard } from '../show/result';
import { EraseTask } from '../tasks/erase-task';
import { InspectTask } from '../tasks/inspect-task';
import { ListenTask } from '../tasks/listen-task';
import { RescueTask } from '../tasks/rescue-task';
import type { Task } from '../tasks/task';
import { WriteTask } from '../tasks/write-task';
import { type Action, Actions } from './actions';
import { ChipFacts } from './chip';
import { Log } from './log';
import { Now } from './now';

/** All of one device. */
export class DeviceView {
  readonly root: HTMLElement;
  readonly id: string;
  readonly #now = new Now();
  readonly #chip = new ChipFacts();
  readonly #actions: Actions;
  readonly #task = element('div');
  readonly #last = element('div', { class: 'bk-last' });
  readonly #map = new FlashMapView();
  readonly #summary = new MapSummary();
  readonly #mapPart: HTMLElement;
  readonly #log = new Log();
  #shownEnd: string | null = null;

  constructor(id: string) {
    this.id = id;
    this.#actions = new Actions((action) => this.#act(action));
    this.#mapPart = element(
      'section',
      { class: 'bk-map-part', 'aria-label': text('map.title') },
      element('h3', {}, text('map.title')),
      this.#map.root,
      this.#summary.root,
    );
    this.root = element(
      'div',
      { class: 'bk-view' },
      this.#now.call,
      element(
        'div',
        { class: 'bk-view-main' },
        this.#chip.root,
        this.#now.root,
        this.#actions.root,
        this.#task,
        this.#last,
      ),
      this.#mapPart,
      this.#log.root,
    );
    this.showMap();
  }

  /** Another device is looked at. */
  close(): void {
    this.#map.close();
    this.#summary.close();
  }

  /** The map is another one. */
  showMap(): void {
    const map = store.map(this.id);
    this.#map.show(map);
    this.#summary.show(map);
    this.#mapPart.hidden = map.count === 0;
  }

  /** Cells of the map have changed. */
  updateMap(...[dirty]: Parameters<FlashMapView['update']>): void {
    if (dirty === 'all') {
      this.showMap();
      return;
    }
    this.#map.update(dirty);
    this.#summary.update();
  }

  update(state: DeviceState): void {
    this.#now.update(state);
    this.#chip.update(state);
    this.#actions.update(state);
    if (state.job === null && this.#task.childElementCount === 0) this.#showEnd(state.last);
    else this.#hideEnd();
  }

  updateLog(state: DeviceState): void {
    this.#log.show(state, store.log(this.id));
  }

  /** A task shows the end of its jobs itself. */
  #showEnd(last: EndedJob | null): void {
    if (this.#shownEnd === (last?.id ?? null)) return;
    this.#shownEnd = last?.id ?? null;
    if (last === null) this.#last.replaceChildren();
    else this.#last.replaceChildren(last.error === null ? resultCard(last) : errorCard(last.error));
  }

  #hideEnd(): void {
    this.#shownEnd = null;
    this.#last.replaceChildren();
  }

  #act(action: Action): void {
    this.#close();
    const close = () => {
      this.#close();
      this.#actions.focus(action);
    };
    switch (action) {
      case 'identify':
        void this.#run({ operation: 'connect' });
        return;
      case 'backup':
        void this.#run({ operation: 'read', options: { output: 'file' } });
        return;
      case 'write':
        this.#open(new WriteTask(this.id, close));
        return;
      case 'erase':
        this.#open(new EraseTask(this.id, close));
        return;
      case 'inspect':
        this.#open(new InspectTask(close));
        return;
      case 'rescue':
        this.#open(new RescueTask(this.id, close));
        return;
      case 'listen':
        this.#open(new ListenTask(this.id, close));
    }
  }

  /** A job without questions; what became of it is shown as of any other job. */
  async #run(request: Parameters<typeof run>[1]): Promise<void> {
    const ran = await run(this.id, request);
    // What the server has not taken has no end that the device could tell.
    if (!ran.isDone && ran.ended === null) this.#last.replaceChildren(errorCard(ran.error));
  }

  #open(task: Task): void {
    this.#hideEnd();
    this.#task.replaceChildren(task.root);
    task.root.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true });
  }

  #close(): void {
    this.#task.replaceChildren();
  }
}
