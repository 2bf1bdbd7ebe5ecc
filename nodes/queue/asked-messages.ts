import type { Node, NodeAPI, NodeMessage, NodeStatus } from 'node-red';
import { BkError, type Catalogue, factsIn, type Note, type Progress, render } from '../../src';
import { asBkError, logInternal } from '../shared/errors';
import { forNodeRed } from '../shared/failure-card';
import type { Done, JobMessage, Send } from '../shared/job-runner';
import type { StatusTexts } from '../shared/status';
import type { EnqueuerListener } from './enqueuer';
import { serverBadge } from './queue-badges';
import type { ServerStanding } from './server/queue-server';
import type { OpenOrder } from './store/ledger';
import { errorOf, type Outcome } from './store/outcome';

/** A message whose job is open, in this life of Node-RED. */
interface Asked {
  msg: JobMessage;
  send: Send;
  done: Done;
}

/**
 * What the flow of a bk-enqueue gets of its jobs: as from the other nodes, by the message that asked for the job; after a
 * restart by what was kept of it.
 */
export class AskedMessages implements EnqueuerListener {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #language: Catalogue | undefined;
  readonly #texts: StatusTexts;
  readonly #asked = new Map<string, Asked>();
  #badge = '';

  constructor(RED: NodeAPI, node: Node, language: Catalogue | undefined, texts: StatusTexts) {
    this.#RED = RED;
    this.#node = node;
    this.#language = language;
    this.#texts = texts;
  }

  asks(job: string, msg: JobMessage, send: Send, done: Done): void {
    this.#asked.set(job, { msg, send, done });
  }

  /** A message ends with this, and its job, if it has one, is not waited for. */
  fail(job: string, thrown: unknown, done: Done): void {
    this.#asked.delete(job);
    const error = asBkError(thrown).in(this.#language);
    logInternal(this.#RED, this.#node, error);
    this.#show(this.#texts.failed(error));
    done(forNodeRed(error, this.#language));
  }

  onStanding(standing: ServerStanding): void {
    this.#show(serverBadge(this.#texts, standing) ?? {});
  }

  onOpen(count: number, trouble: Note | null): void {
    if (count === 0) return;
    const key =
      trouble === null ? 'jobsOpen' : trouble.code === 'queue.noBench' ? 'noBench' : 'nobodyFits';
    const text = this.#texts.text(key, { count });
    this.#show({ fill: trouble === null ? 'blue' : 'yellow', shape: 'ring', text });
  }

  onProgress(job: string, told: object): void {
    const { msg, send } = this.#asked.get(job) ?? this.#withoutMessage({ _msgid: job });
    const progress = told as Progress;
    const payload = { ...progress, message: render(progress, this.#language), job };
    send([null, { _msgid: msg._msgid, topic: 'progress', payload } as NodeMessage]);
    if (this.#asked.size === 1) this.#show(this.#texts.progress(progress));
  }

  onOutcome(
    order: OpenOrder,
    end: Outcome | BkError,
    bytes: Buffer | null,
    isAgain: boolean,
  ): void {
    const { job, message } = order;
    const { msg, send, done } = this.#asked.get(job) ?? this.#withoutMessage(message);
    if (end instanceof BkError || !end.ok) {
      this.fail(job, end instanceof BkError ? end : errorOf(end.cause), done);
      return;
    }
    this.#asked.delete(job);
    const { bench, computer, tries, kept, facts } = end;
    const queue = { job, bench, computer, tries, kept, ...(isAgain ? { again: true } : {}) };
    const bk = { ...factsIn(this.#language, facts), queue };
    send([{ ...msg, payload: bytes ?? end.payload, bk } as NodeMessage, null]);
    this.#show({ fill: 'green', shape: 'dot', text: this.#texts.text('jobDone', { bench }) });
    done();
  }

  /** Node-RED has been started anew meanwhile: only the flow itself can be told. */
  #withoutMessage(message: object): Asked {
    return {
      msg: message as JobMessage,
      send: (messages) => this.#node.send(messages as NodeMessage[]),
      done: (error) => {
        if (error) this.#node.error(error, message as NodeMessage);
      },
    };
  }

  #show(status: NodeStatus): void {
    const badge = JSON.stringify(status);
    if (badge === this.#badge) return;
    this.#badge = badge;
    this.#node.status(status);
  }
}
