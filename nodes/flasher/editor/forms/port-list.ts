import { api, type ListedPort } from '../base/api';
import { element } from '../base/elements';
import { text } from '../base/form-texts';
import { onChange } from './size-hint';

/** One entry of a list below a field: what it puts there, and what is said of it. */
interface Offer {
  value: string;
  title: string;
  notes: readonly string[];
}

const RATES = ['115200', '230400', '460800', '921600', '1500000', '2000000', '3000000'];

/** Lists below the fields for port and rate, which stay free text: no list knows all. */
export function offerPortsAndRates(): void {
  const ports = new OfferList('port', 'bk-device-list-ports', loadPorts, true);
  const rates = new OfferList('baud', 'bk-device-list-bauds', async () => rateOffers(), false);
  ports.closeWith(rates);
}

async function loadPorts(): Promise<Offer[]> {
  const ports = await api.ports();
  return ports.flatMap((port) => [portOffer(port), ...lastingOffer(port)]);
}

/** What a person tells adapters apart by stands first: the short name, the maker, the serial number. */
function portOffer({ path, label, manufacturer, serialNumber }: ListedPort): Offer {
  const serial = serialNumber === undefined ? [] : [text('ports.serial', { number: serialNumber })];
  const title = /\(([^()]+)\)$/.exec(label)?.[1] ?? label;
  const maker = manufacturer === undefined ? [] : [manufacturer];
  return { value: path, title, notes: [[...maker, ...serial].join(' · '), path] };
}

/** What stays when the adapter is plugged in elsewhere; of several alike, what tells them apart. */
function lastingOffer({ path, usb, location }: ListedPort): Offer[] {
  const value = usb ?? location;
  if (value === undefined || value === path) return [];
  const note = text(usb === undefined ? 'ports.bySocket' : 'ports.byIdentity');
  return [{ value, title: value, notes: [note] }];
}

function simulatedOffers(): Offer[] {
  const offer = (value: string, note: string) => ({ value, title: value, notes: [note] });
  return [
    offer('sim://bk7231n', text('simulated')),
    offer('sim://bk7231t', text('simulated')),
    offer('sim://bk7231n?contents=tuya', text('simulatedLamp')),
    offer('sim://bk7231n?speed=fast', text('simulatedFast')),
    offer('sim://bk7231n?contents=tuya&speed=fast', text('simulatedLampFast')),
  ];
}

function rateOffers(): Offer[] {
  const auto = { value: 'auto', title: 'auto', notes: [text('option.baudAuto')] };
  return [auto, ...RATES.map((value) => ({ value, title: value, notes: [] }))];
}

class OfferList {
  readonly #field: HTMLInputElement | null;
  readonly #button: HTMLElement | null;
  readonly #list: HTMLElement;
  readonly #load: () => Promise<Offer[]>;
  readonly #isOfPorts: boolean;
  #other: OfferList | null = null;

  constructor(setting: string, button: string, load: () => Promise<Offer[]>, isOfPorts: boolean) {
    const field = document.getElementById(`node-config-input-${setting}`);
    this.#field = field instanceof HTMLInputElement ? field : null;
    this.#button = document.getElementById(button);
    this.#load = load;
    this.#isOfPorts = isOfPorts;
    this.#list = element('div', {
      class: 'bk-offers',
      role: 'group',
      'aria-label': this.#button?.title ?? '',
      hidden: true,
    });
    this.#field?.closest('.form-row')?.append(this.#list);
    this.#list.addEventListener('keydown', (event) => this.#move(event));
    this.#button?.setAttribute('aria-expanded', 'false');
    this.#button?.addEventListener('click', () => this.#toggle());
    if (this.#field !== null) onChange(this.#field, () => this.close());
  }

  /** Only one of two lists is open at a time. */
  closeWith(other: OfferList): void {
    this.#other = other;
    other.#other = this;
  }

  close(): void {
    this.#list.hidden = true;
    this.#button?.setAttribute('aria-expanded', 'false');
  }

  #toggle(): void {
    if (!this.#list.hidden) {
      this.close();
      return;
    }
    this.#other?.close();
    this.#list.hidden = false;
    this.#button?.setAttribute('aria-expanded', 'true');
    void this.#fill();
  }

  async #fill(): Promise<void> {
    const wait = element('p', { class: 'bk-offers-note', role: 'status' }, text('ports.looking'));
    if (this.#isOfPorts) this.#list.replaceChildren(wait);
    let offers: Offer[] = [];
    let note = '';
    try {
      offers = await this.#load();
      if (offers.length === 0) note = text('ports.none');
    } catch {
      note = text('ports.failed');
    }
    const entries = [...offers, ...(this.#isOfPorts ? simulatedOffers() : [])];
    this.#list.replaceChildren(
      ...(this.#isOfPorts ? [this.#refresh()] : []),
      ...(note === '' ? [] : [element('p', { class: 'bk-offers-note', role: 'status' }, note)]),
      ...entries.map((offer) => this.#entry(offer)),
    );
    this.#list.querySelector<HTMLElement>('.bk-device-offer')?.focus();
  }

  #refresh(): HTMLElement {
    const icon = element('i', { class: 'fa fa-refresh', 'aria-hidden': 'true' });
    return element(
      'button',
      {
        type: 'button',
        class: 'bk-offers-refresh',
        onclick: () => void this.#fill(),
      },
      icon,
      ' ',
      text('ports.refresh'),
    );
  }

  #entry({ value, title, notes }: Offer): HTMLElement {
    const lines = notes
      .filter((note) => note !== '' && note !== title)
      .map((note) => element('small', {}, note));
    return element(
      'button',
      { type: 'button', class: 'bk-device-offer', onclick: () => this.#choose(value) },
      element('span', {}, title),
      ...lines,
    );
  }

  #choose(value: string): void {
    if (this.#field === null) return;
    this.#field.value = value;
    // The editor validates what tells of its change.
    this.#field.dispatchEvent(new Event('change', { bubbles: true }));
    this.close();
    this.#field.focus();
  }

  #move(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      // Else the editor closes the whole dialog.
      event.stopPropagation();
      this.close();
      this.#field?.focus();
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const step = event.key === 'ArrowDown' ? 1 : -1;
    event.preventDefault();
    const entries = [...this.#list.querySelectorAll('button')];
    const now = entries.findIndex((entry) => entry.matches(':focus'));
    entries[(now + step + entries.length) % entries.length]?.focus();
  }
}
