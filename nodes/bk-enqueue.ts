import { randomUUID } from 'node:crypto';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { BkError, factsIn, type JobFacts, type Progress, render } from '../src';
import { Enqueuer } from './queue/enqueuer';
import { keptMessage } from './queue/kept-message';
import type { OpenOrder } from './queue/ledger';
import { type EnqueueDef, wantedJob } from './queue/make-order';
import { errorOf, type Outcome } from './queue/outcome';
import { serverBadge } from './queue/queue-badges';
import { findQueue } from './queue/queue-node';
import type { QueueServer } from './queue/queue-server';
import { endQuietly, isCancel } from './shared/cancelling';
import { closeWithin } from './shared/closing';
import { asBkError, logInternal } from './shared/errors';
import { forNodeRed } from './shared/failure-card';
import type { Done, JobMessage, Send } from './shared/job-runner';
import { serverLanguage } from './shared/server-language';
import { StatusTexts } from './shared/status';

/** A message whose job is open, in this life of Node-RED. */
interface Asked {
  msg: JobMessage;
  send: Send;
  done: Done;
}

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkEnqueueNode(this: Node, def: EnqueueDef): void {
    RED.nodes.createNode(this, def);
    const texts = new StatusTexts(RED);
    const asked = new Map<string, Asked>();
    let server: QueueServer | null = null;
    let enqueuer: Enqueuer | null = null;

    const fail = (thrown: unknown, done: Done) => {
      const error = asBkError(thrown).in(language);
      logInternal(RED, this, error);
      this.status(texts.failed(error));
      done(forNodeRed(error, language));
    };

    const showOpen = (count: number, trouble: string | null) => {
      if (server === null) return;
      const amiss = serverBadge(texts, server.standing);
      if (amiss !== null) this.status(amiss);
      else if (trouble !== null)
        this.status({ fill: 'yellow', shape: 'ring', text: texts.text(trouble, { count }) });
      else if (count > 0)
        this.status({ fill: 'blue', shape: 'ring', text: texts.text('jobsOpen', { count }) });
    };

    const onOutcome = (
      order: OpenOrder,
      outcome: Outcome | BkError,
      bytes: Buffer | null,
      isAgain: boolean,
    ) => {
      const { job, message } = order;
      // After a restart there is nobody to be told but the flow itself.
      const { msg, send, done } = asked.get(job) ?? {
        msg: message as JobMessage,
        send: (messages) => this.send(messages as NodeMessage[]),
        done: (error) => error && this.error(error, message as NodeMessage),
      };
      asked.delete(job);
      const where =
        outcome instanceof BkError
          ? {}
          : { bench: outcome.bench, computer: outcome.computer, tries: outcome.tries };
      const queue = { job, ...where, ...(isAgain ? { again: true } : {}) };
      if (outcome instanceof BkError) return fail(outcome, done);
      if (!outcome.ok) return fail(errorOf(outcome.cause, language), done);
      const { facts, kept } = outcome;
      const bk = { ...factsIn(language, facts as JobFacts), queue: { ...queue, kept } };
      send([{ ...msg, payload: bytes ?? outcome.payload, bk } as NodeMessage, null]);
      this.status({
        fill: 'green',
        shape: 'dot',
        text: texts.text('jobDone', { bench: outcome.bench }),
      });
      done();
    };

    const onProgress = (job: string, told: object) => {
      const { msg, send } = asked.get(job) ?? {
        msg: { _msgid: job },
        send: (messages: NodeMessage[]) => this.send(messages),
      };
      const progress = told as Progress;
      const payload = { ...progress, message: render(progress, language), job };
      (send as Send)([null, { _msgid: msg._msgid, topic: 'progress', payload } as NodeMessage]);
      if (asked.size === 1) this.status(texts.progress(progress));
    };

    try {
      server = findQueue(RED, def.queue).server();
      enqueuer = new Enqueuer(server, ownerOf(this), {
        onProgress,
        onOutcome,
        onOpen: (count, trouble) =>
          showOpen(
            count,
            trouble === null ? null : trouble.code === 'queue.noBench' ? 'noBench' : 'nobodyFits',
          ),
      });
      server.onStanding((standing) => {
        const amiss = serverBadge(texts, standing);
        this.status(amiss ?? {});
      });
    } catch (error) {
      const failure = asBkError(error).in(language);
      this.status(texts.failed(failure));
      this.error(forNodeRed(failure, language));
    }

    const input = async (job: string, msg: JobMessage, send: Send, done: Done): Promise<void> => {
      try {
        if (isCancel(msg)) {
          await enqueuer?.cancelAll();
          endQuietly(RED, this, msg);
          return;
        }
        const wanted = wantedJob(RED, this, def, msg);
        const open = enqueuer ?? findQueue(RED, def.queue).server();
        if (!(open instanceof Enqueuer)) return;
        asked.set(job, { msg, send, done });
        await open.add(job, wanted, keptMessage(msg));
      } catch (error) {
        asked.delete(job);
        fail(error, done);
      }
    };
    // Not async: a rejected promise of an input handler ends the whole of Node-RED.
    this.on('input', (msg, send, done) => void input(randomUUID(), msg, send, done));
    this.on('close', (_removed: boolean, done: () => void) => {
      closeWithin(enqueuer?.close() ?? Promise.resolve(), done);
    });
  }

  RED.nodes.registerType('bk-enqueue', BkEnqueueNode);
};

/** By what a node finds its jobs again after a restart. */
function ownerOf({ id }: Node): string {
  return id.replace(/[^\w.-]/g, '-').slice(0, 64);
}
