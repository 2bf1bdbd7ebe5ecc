import type { EndedJob, RunningJob, ShownChip, StartedJob, TryRequest } from '../../messages';
import { api } from '../base/api';
import { button, element, setText } from '../base/elements';
import { text } from '../base/form-texts';
import { errorOf } from '../base/run';
import { store } from '../base/store';
import { loadEngineTexts, say } from '../base/texts';
import { factsOf } from '../show/chip-facts';
import { errorCard } from '../show/error-card';
import { factList } from '../show/facts';
import { warningList } from '../show/warnings';
import { WiringView } from '../wiring/wiring-view';

type Operation = TryRequest['operation'];

/** What bk-connect tells of a chip, as far as it is shown here. */
type Identified = ShownChip & { linkMs?: number };

/** What came of listening, as the engine tells it. */
interface Heard {
  line: { code: string } | null;
  code: string;
  params: Readonly<Record<string, unknown>>;
}

/**
 * Identify and Test wiring in the dialog of a device, with the settings as they stand in it. While a job waits for the
 * chip, what is heard and how to wire and reset stand below. Who closes the dialog ends the job.
 */
export class TryPanel {
  readonly root: HTMLElement;
  readonly #settings: () => Record<string, string>;
  readonly #status = element('p', { class: 'bk-lead', role: 'status' });
  readonly #cancel = button(text('try.cancel'), 'stop', () => this.cancel());
  readonly #outcome = element('div');
  readonly #live = element('div', { class: 'bk-card bk-try-live', hidden: true });
  readonly #wiring = new WiringView();
  #job: StartedJob | null = null;
  /** Counts what was begun, so that the end of a former one changes nothing. */
  #turn = 0;

  /** @param settings what stands in the form now */
  constructor(settings: () => Record<string, string>) {
    this.#settings = settings;
    this.#live.append(this.#status, this.#cancel);
    this.#wiring.root.hidden = true;
    this.root = element(
      'div',
      { class: 'bk-flasher bk-in-form' },
      element(
        'div',
        { class: 'bk-row' },
        button(text('try.identify'), 'search', () => void this.#begin('connect'), {
          id: 'bk-device-identify',
        }),
        button(text('try.listen'), 'stethoscope', () => void this.#begin('listen'), {
          id: 'bk-device-listen',
        }),
        button(text('wiring.show'), 'picture-o', () => this.#toggleWiring(), {
          id: 'bk-device-wiring',
        }),
      ),
      this.#live,
      this.#outcome,
      this.#wiring.root,
    );
    store.listen(() => this.#update());
    store.start();
    void loadEngineTexts();
  }

  /** Ends the job that was begun here, at its next safe point. */
  cancel(): void {
    if (this.#job === null) return;
    const { device, job } = this.#job;
    // Who is not heard has ended already, or cannot be reached; the end of the job tells the rest.
    api.cancel(device, job).catch(() => {});
  }

  #toggleWiring(): void {
    this.#wiring.root.hidden = !this.#wiring.root.hidden;
  }

  async #begin(operation: Operation): Promise<void> {
    this.cancel();
    this.#turn += 1;
    const turn = this.#turn;
    this.#outcome.replaceChildren();
    this.#live.hidden = false;
    this.#wiring.root.hidden = false;
    this.#call(text('try.asking'), false);
    const outcome = await this.#run(operation, turn);
    if (turn !== this.#turn) return;
    this.#job = null;
    this.#live.hidden = true;
    // Once a chip has answered, nobody needs to see how it is wired.
    this.#wiring.root.hidden = outcome.isFound;
    this.#outcome.replaceChildren(...outcome.cards);
  }

  async #run(operation: Operation, turn: number): Promise<{ isFound: boolean; cards: Node[] }> {
    try {
      const started = await api.tryOut({ operation, settings: this.#settings() });
      if (turn !== this.#turn) {
        await api.cancel(started.device, started.job);
        return { isFound: false, cards: [] };
      }
      this.#job = started;
      this.#update();
      const ended = await store.ended(started);
      if (ended === null) return { isFound: false, cards: [] };
      return outcomeOf(operation, ended, store.device(started.device)?.chip ?? null);
    } catch (thrown) {
      return { isFound: false, cards: [errorCard(errorOf(thrown))] };
    }
  }

  #update(): void {
    const job = this.#job === null ? null : store.device(this.#job.device)?.job;
    if (job == null || job.id !== this.#job?.job) return;
    this.#call(wordsOf(job), job.waitsForPerson);
  }

  #call(words: string, isForPerson: boolean): void {
    setText(this.#status, words);
    this.#live.classList.toggle('bk-call', isForPerson);
  }
}

function wordsOf({ message, waitsForPerson }: RunningJob): string {
  return waitsForPerson ? `${text('try.resetNow')} ${say(message)}` : say(message);
}

function outcomeOf(
  operation: Operation,
  { error, result, warnings }: EndedJob,
  chip: ShownChip | null,
): { isFound: boolean; cards: Node[] } {
  if (error !== null) return { isFound: false, cards: [errorCard(error)] };
  const warned = warningList(warnings);
  const more = warned === null ? [] : [warned];
  if (operation === 'connect') {
    return { isFound: true, cards: [chipCard(result as Identified), ...more] };
  }
  const heard = result as Heard;
  const isFound = heard.line?.code === 'sound';
  const words = say({ code: heard.code, params: heard.params });
  const card = element(
    'div',
    {
      class: `bk-card ${isFound ? 'bk-card-good' : 'bk-card-warning'}`,
      'data-line': heard.line?.code ?? '',
    },
    element('p', { class: 'bk-lead', role: 'status' }, words),
    isFound && chip !== null ? factList(factsOf(chip)) : null,
  );
  return { isFound, cards: [card, ...more] };
}

function chipCard(chip: Identified): HTMLElement {
  return element(
    'div',
    { class: 'bk-card bk-card-good' },
    element(
      'p',
      { class: 'bk-lead', role: 'status' },
      text('try.found', { chip: chip.chip ?? text('try.someChip') }),
    ),
    factList(factsOf(chip)),
  );
}
