import { element } from '../base/elements';
import { QueueStore } from './queue-store';
import { QueueView } from './queue-view';

/** The queues of the flow, each a section of its own; nothing where there is none. */
export class QueuePanel {
  readonly root = element('div', { class: 'bk-queues', hidden: true });
  readonly #store = new QueueStore(
    () => this.show(),
    () => this.root.offsetParent !== null,
  );
  readonly #views = new Map<string, QueueView>();

  start(): void {
    this.#store.start();
  }

  show(): void {
    const { queues } = this.#store;
    const isOther = queues.map(({ id }) => id).join() !== [...this.#views.keys()].join();
    if (isOther) {
      const views = queues.map(({ id }) => [id, this.#views.get(id) ?? new QueueView(id)] as const);
      this.#views.clear();
      for (const [id, view] of views) this.#views.set(id, view);
      this.root.replaceChildren(...views.map(([, view]) => view.root));
    }
    for (const queue of queues) this.#views.get(queue.id)?.update(queue);
    this.root.hidden = queues.length === 0;
  }
}
