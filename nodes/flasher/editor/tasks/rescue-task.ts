import type { BackupEntry, SaidNote, ShownError } from '../../messages';
import { timeText } from '../base/amounts';
import { api } from '../base/api';
import { button, element } from '../base/elements';
import { errorOf, run } from '../base/run';
import { store } from '../base/store';
import { text } from '../base/texts';
import { errorCard } from '../show/error-card';
import { planThenChange } from './change-task';
import { showStep, type Task, taskFrame } from './task';

/** Failures that say that there is no backup of the chip. */
const NONE = ['backup.noneOfChip', 'backup.noneThatFits'];

/** What a list shows of a backup. */
type Listed = Omit<BackupEntry, 'size'>;

/**
 * A chip in any state back to its newest own backup: who it is is asked of the chip first. Where its MAC is gone, what
 * it still holds tells; where that does not either, its person chooses. Then as with every write: the plan, a yes, the
 * work.
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
    // What the chip still holds may tell; where nothing does, the failure says so.
    this.#plan(null);
  }

  /** @param newest the one that is chosen; null where a person has to */
  #list(backups: readonly Listed[], newest: Listed | null): HTMLElement {
    const name = `bk-backup-${this.#device}`;
    let chosen = newest;
    const plan = button(text('plan.show'), 'list-alt', () => {
      if (chosen !== null) this.#plan(chosen.filename);
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

  /** @param chosen the name of a backup; null for the newest that is the chip's own */
  #plan(chosen: string | null): void {
    const chip = store.device(this.#device)?.chip ?? null;
    // One that is blank goes back anyway; one that nobody knows may be what keeps the chip from starting.
    const bootloader = chip?.family === 'full' && !chip.bootloader.known ? 'replace' : 'keep';
    const filename = chosen === null ? {} : { filename: chosen };
    const options = { source: 'backup', ...filename, backup: 'once', bootloader };
    const back = () => void this.#begin();
    const change = { operation: 'write', options } as const;
    void planThenChange(this.#device, change, this.#holder, back, (error) => this.#choice(error));
  }

  /** A list of the backups that a failure names, where more than one may be the chip's own; else a way without any. */
  #choice({ message }: ShownError): HTMLElement | null {
    const named = (message.params.candidates ?? []) as SaidNote[];
    if (named.length === 0) return NONE.includes(message.code) ? elsewhere() : null;
    const fit = named.map(({ params }) => ({
      filename: String(params.file),
      at: String(params.date),
      // A sentence where there is none.
      mac: typeof params.mac === 'string' ? params.mac : null,
      chip: null,
    }));
    return element('div', {}, element('p', {}, text('rescue.choose')), this.#list(fit, null));
  }

  #again(): HTMLButtonElement {
    return button(text('action.again'), 'refresh', () => void this.#begin());
  }
}

function elsewhere(): HTMLElement {
  return element('p', {}, text('rescue.elsewhere'));
}
