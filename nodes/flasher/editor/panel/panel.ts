import { button, element, setText } from '../base/elements';
import { editor } from '../base/node-red';
import { type StoreEvent, store } from '../base/store';
import { loadEngineTexts, text } from '../base/texts';
import { Evening } from '../lamps/evening';
import { QueuePanel } from '../queue/queue-panel';
import { DeviceList } from './device-list';
import { DeviceView } from './device-view';

/** What the sidebar's tab holds: the devices, the queues where there are any, and either one of them or an evening of lamps. */
export class Panel {
  readonly root: HTMLElement;
  readonly #list: DeviceList;
  readonly #none = element('p', { class: 'bk-muted' }, text('devices.none'));
  readonly #queues = new QueuePanel();
  readonly #holder = element('div');
  readonly #modes: readonly HTMLButtonElement[];
  #view: DeviceView | null = null;
  #evening: Evening | null = null;

  constructor() {
    this.#list = new DeviceList((id) => this.#choose(id));
    const mode = (name: string, onclick: () => void) =>
      element('button', { type: 'button', class: 'bk-mode', onclick }, text(`mode.${name}`));
    this.#modes = [
      mode('device', () => this.#setEvening(false)),
      mode('evening', () => this.#setEvening(true)),
    ];
    const modes = element(
      'div',
      { class: 'bk-modes', role: 'group', 'aria-label': text('mode.title') },
      ...this.#modes,
    );
    this.root = element(
      'div',
      { class: 'bk-flasher', role: 'region', 'aria-label': text('tab') },
      this.#list.root,
      this.#none,
      addButton(),
      this.#queues.root,
      modes,
      this.#holder,
    );
    this.#showMode();
  }

  start(): void {
    store.listen((event) => this.#hear(event));
    store.start();
    this.#queues.start();
    void loadEngineTexts().then(() => {
      this.#showDevices();
      this.#queues.show();
    });
  }

  #hear(event: StoreEvent): void {
    if (event.kind === 'devices') {
      this.#showDevices();
      return;
    }
    const state = store.device(event.device);
    if (state === null) return;
    if (event.kind === 'device') {
      this.#list.update(state);
      this.#evening?.update(state);
    }
    if (this.#view === null || this.#view.id !== event.device) return;
    if (event.kind === 'device') this.#view.update(state);
    if (event.kind === 'map') this.#view.updateMap(event.dirty);
    if (event.kind === 'log') this.#view.updateLog(state);
  }

  #showDevices(): void {
    const { devices } = store;
    const isThere = devices.some(({ id }) => id === this.#view?.id);
    const id = isThere ? (this.#view?.id ?? null) : (devices[0]?.id ?? null);
    this.#none.hidden = devices.length > 0;
    this.#list.show(devices, id);
    if (id !== null) this.#look(id);
    else this.#showNone();
  }

  #showNone(): void {
    this.#view?.close();
    this.#view = null;
    this.#holder.replaceChildren();
  }

  #choose(id: string): void {
    this.#list.show(store.devices, id);
    this.#look(id);
  }

  #look(id: string): void {
    const state = store.device(id);
    if (state === null) return;
    if (this.#view?.id !== id) {
      this.#view?.close();
      this.#view = new DeviceView(id);
      this.#evening?.use(id);
      this.#showMode();
    }
    this.#view.update(state);
    this.#view.updateLog(state);
  }

  #setEvening(isWanted: boolean): void {
    if (isWanted && this.#evening === null && this.#view !== null) {
      this.#evening = new Evening(this.#view.id);
    }
    if (!isWanted && this.#evening?.isRunning === false) this.#evening = null;
    this.#showMode(isWanted);
  }

  #showMode(isEvening = false): void {
    const [device, evening] = this.#modes;
    device?.setAttribute('aria-pressed', String(!isEvening));
    evening?.setAttribute('aria-pressed', String(isEvening));
    const shown = isEvening ? this.#evening?.root : this.#view?.root;
    this.#holder.replaceChildren(...(shown === undefined ? [] : [shown]));
    setText(this.#none, text('devices.none'));
  }
}

/** The dialog of a device, as the form of a node opens it; null for who may not change flows. */
function addButton(): HTMLElement | null {
  const { user, editor: forms } = editor();
  if (!user.hasPermission('flows.write')) return null;
  const add = button(
    text('devices.add'),
    'plus',
    () => forms.editConfig('', 'bk-device', '_ADD_'),
    {
      'data-action': 'add',
      title: text('hint.add'),
    },
  );
  return element('div', { class: 'bk-row bk-add' }, add);
}
