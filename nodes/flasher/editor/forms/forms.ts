import { offerPortsAndRates } from './port-list';
import { showSizes } from './size-hint';
import { TryPanel } from './try-panel';

/** Where the form of a device wants Identify and Test wiring to be. */
const PANEL = 'bk-device-try';
const PREFIX = 'node-config-input-';

let panel: TryPanel | null = null;

/** What the forms of the nodes ask of this script. They work without it: then its lists, hints and panels are missing. */
export const forms = {
  /**
   * Lists of ports and rates, Identify, Test wiring.
   * @param settings names of the settings of the form
   * @param id of the device, whose environment their variables are of
   */
  openDevice(settings: readonly string[], id: string): void {
    forms.closeDevice();
    const place = document.getElementById(PANEL);
    if (place === null) return;
    offerPortsAndRates();
    panel = new TryPanel(() => ({ ...settingsOf(settings), id }));
    place.replaceChildren(panel.root);
  },

  /** The form has gone, and with it what was begun in it. */
  closeDevice(): void {
    panel?.close();
    panel = null;
  },

  showSizes,
};

/** What stands in the fields, deployed or not. */
function settingsOf(names: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const field = document.getElementById(`${PREFIX}${name}`);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
      values[name] = field.value;
    }
  }
  return values;
}
