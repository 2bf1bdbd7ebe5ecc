import type { BackupEntry } from '../../messages';
import { timeText } from '../base/amounts';
import { api } from '../base/api';
import { button, element } from '../base/elements';
import { errorOf, plain, run } from '../base/run';
import { store } from '../base/store';
import { text } from '../base/texts';
import { errorCard } from '../show/error-card';
import { planThenChange } from './change-task';
import { showStep, type Task, taskFrame } from './task';

/**
 * A chip in any state back to its newest own backup: who it is is asked of the chip first; where it does not tell,
 * its person chooses the backup. Then as with every write: the plan, a yes, the work.
 */
export class RescueTask implements Task {
  readonly root: HTMLElement;
  readonly #device: string;
  readonly #holder = element('div', { class: 'bk-step' });

  constructor(device: string, onClose: () => void) {
    this.#device = device;
    this.root = taskFrame(text('task.rescue'), onClose, this.#holder);
    void this.#begin();
  }

  async #begin(): Promise<void> {
    showStep(this.#holder, element('p', { role: 'status' }, text('rescue.asking')));
    const ran = await run(this.#device, { operation: 'connect' });
    if (!ran.isDone) {
      showStep(this.#holder, errorCard(ran.error), this.#again());
      return;
    }
    try {
      this.#offer(await api.backups(this.#device));
    } catch (thrown) {
      showStep(this.#holder, errorCard(errorOf(thrown)), this.#again());
    }
  }

  #offer(backups: readonly BackupEntry[]): void {
    const mac = store.device(this.#device)?.chip?.mac ?? null;
    const own = backups.filter((one) => mac !== null && one.mac === mac);
    const [newest] = own;
    if (newest !== undefined) {
      const found = text('rescue.found', { mac: mac ?? '', time: timeText(newest.at) });
      showStep(this.#holder, element('h4', {}, found), this.#list(own, newest));
      return;
    }
    if (mac !== null || backups.length === 0) {
      const why = mac === null ? text('rescue.none') : text('rescue.noneOfIt', { mac });
      showStep(this.#holder, errorCard(plain(why)), this.#again());
      return;
    }
    // A chip whose calibration has gone does not tell its MAC; its person may know which backup is its own.
    const why = element('h4', {}, text('rescue.noMac'));
    showStep(this.#holder, why, this.#list(backups, null));
  }

  /** @param newest the one that is chosen; null where a person has to */
  #list(backups: readonly BackupEntry[], newest: BackupEntry | null): HTMLElement {
    const name = `bk-backup-${this.#device}`;
    let chosen = newest;
    const plan = button(text('plan.show'), 'list-alt', () => {
      if (chosen !== null) this.#plan(chosen, backups);
    });
    plan.disabled = chosen === null;
    plan.classList.add('bk-main');
    const lines = backups.map((one) => {
      const radio = element('input', {
        type: 'radio',
        name,
        checked: one === newest,
        onchange: () => {
          chosen = one;
          plan.disabled = false;
        },
      });
      const facts = [timeText(one.at), one.chip, one.mac].filter(Boolean).join(' · ');
      const words = element('span', {}, facts, element('small', {}, one.filename));
      return element('label', { class: 'bk-check' }, radio, words);
    });
    const legend = element('legend', {}, text('rescue.backups'));
    return element('div', {}, element('fieldset', {}, legend, ...lines), plan);
  }

  /**
   * Without its MAC the chip cannot be told to be the backup's own: then the sector with it goes back first, as its
   * person says that it is.
   */
  #plan(backup: BackupEntry, backups: readonly BackupEntry[]): void {
    const chip = store.device(this.#device)?.chip ?? null;
    const back = () => this.#offer(backups);
    const bootloader = chip?.family === 'full' && !chip.bootloader.known ? 'replace' : 'keep';
    const whole = { filename: backup.filename, backup: 'once', bootloader };
    const write = (options: Record<string, unknown>, then?: () => void) => {
      const change = { operation: 'write', options } as const;
      void planThenChange(this.#device, change, this.#holder, back, then);
    };
    if (chip?.mac != null || backup.mac === null) write(whole);
    else write({ ...whole, bootloader: 'keep', part: 'rf' }, () => write(whole));
  }

  #again(): HTMLButtonElement {
    return button(text('action.again'), 'refresh', () => void this.#begin());
  }
}
