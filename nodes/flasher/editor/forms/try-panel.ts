import type { EndedJob, ShownChip, StartedJob, TryRequest } from '../../messages';
import { api } from '../base/api';
import { button, element, setText } from '../base/elements';
import { text } from '../base/form-texts';
import { errorOf } from '../base/run';
import { store } from '../base/store';
import { loadEngineTexts, say } from '../base/texts';
import { factsOf } from '../show/chip-facts';
import { errorCard } from '../show/error-card';
import { factList } from '../show/facts';
import { resultCard } from '../show/result';
import { WiringView } from '../wiring/wiring-view';

type Operation = TryRequest['operation'];

/** What is read here of what a test of the wiring says. */
interface Heard {
  line: { code: string } | null;
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
  /** Jobs that have ended, by their ids: one can be over, and its device gone, before the answer tells its id. */
  readonly #ended = new Map<string, EndedJob>();
  /** Counts what was begun, so that the end of a former one changes nothing. */
  #turn = 0;
  readonly #stopListening: () => void;

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
    this.#stopListening = store.listen(() => this.#hear());
    store.start();
    void loadEngineTexts();
  }

  /** The dialog has gone: a job that is only being asked for ends as soon as its answer tells which it is. */
  close(): void {
    this.#turn += 1;
    this.cancel();
    this.#stopListening();
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
    this.#ended.clear();
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
      const ended = this.#ended.get(started.job) ?? (await store.ended(started));
      if (ended === null) return { isFound: false, cards: [] };
      return outcomeOf(ended, store.device(started.device)?.chip ?? null);
    } catch (thrown) {
      return { isFound: false, cards: [errorCard(errorOf(thrown))] };
    }
  }

  #hear(): void {
    for (const { last } of store.devices) if (last !== null) this.#ended.set(last.id, last);
    this.#update();
  }

  #update(): void {
    const job = this.#job === null ? null : store.device(this.#job.device)?.job;
    if (job == null || job.id !== this.#job?.job) return;
    this.#call(say(job.message), job.waitsForPerson);
  }

  #call(words: string, isForPerson: boolean): void {
    setText(this.#status, words);
    this.#live.classList.toggle('bk-call', isForPerson);
  }
}

function outcomeOf(ended: EndedJob, chip: ShownChip | null): { isFound: boolean; cards: Node[] } {
  if (ended.error !== null) return { isFound: false, cards: [errorCard(ended.error)] };
  const isListening = ended.operation === 'listen';
  const isFound = !isListening || (ended.result as Heard).line?.code === 'sound';
  // What is heard says the model only.
  const more = isListening && isFound && chip !== null ? [factList(factsOf(chip))] : [];
  const card = resultCard(ended);
  card.setAttribute('role', 'status');
  card.append(...more);
  return { isFound, cards: [card] };
}
