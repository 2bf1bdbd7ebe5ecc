import { randomUUID } from 'node:crypto';
import type { Node, NodeAPI } from 'node-red';
import { AskedMessages } from './queue/asked-messages';
import { Enqueuer } from './queue/enqueuer';
import { keptMessage } from './queue/order/kept-message';
import { type EnqueueDef, wantedJob } from './queue/order/make-order';
import { findQueue } from './queue/queue-node';
import { endQuietly, isCancel } from './shared/cancelling';
import { closeWithin } from './shared/closing';
import type { Done, JobMessage, Send } from './shared/job-runner';
import { serverLanguage } from './shared/server-language';
import { StatusTexts } from './shared/status';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkEnqueueNode(this: Node, def: EnqueueDef): void {
    RED.nodes.createNode(this, def);
    const messages = new AskedMessages(RED, this, language, new StatusTexts(RED));
    let enqueuer: Enqueuer | null = null;
    let endStanding = () => {};

    /** Jobs from before a restart are waited for at once, and not only when a message comes. */
    const open = (): Enqueuer => {
      if (enqueuer !== null) return enqueuer;
      const server = findQueue(RED, def.queue).server();
      enqueuer = new Enqueuer(server, ownerOf(RED, this), messages);
      endStanding = server.onStanding((standing) => messages.onStanding(standing));
      return enqueuer;
    };

    const input = async (msg: JobMessage, send: Send, done: Done): Promise<void> => {
      const job = randomUUID();
      try {
        if (isCancel(msg)) {
          await open().cancelAll();
          endQuietly(RED, this, msg);
          return;
        }
        const wanted = wantedJob(RED, this, def, msg);
        messages.asks(job, msg, send, done);
        await open().add(job, wanted, keptMessage(msg));
      } catch (error) {
        messages.fail(job, error, done);
      }
    };

    try {
      open();
    } catch (error) {
      messages.fail('', error, (failure) => failure && this.error(failure));
    }
    this.on('input', (msg, send, done) => void input(msg, send, done));
    this.on('close', (_removed: boolean, done: () => void) => {
      endStanding();
      closeWithin(enqueuer?.close() ?? Promise.resolve(), done);
    });
  }

  RED.nodes.registerType('bk-enqueue', BkEnqueueNode);
};

/**
 * By what a node finds its jobs again after a restart. A flow that was copied to another computer has nodes with the same
 * ids: the Node-RED is a part of it, as far as it has a name of its own.
 */
function ownerOf(RED: NodeAPI, { id }: Node): string {
  return `${instanceOf(RED)}${id}`.replace(/[^\w.-]/g, '-').slice(0, 64);
}

function instanceOf({ settings }: NodeAPI): string {
  try {
    const { get } = settings as { get?: (name: string) => unknown };
    const instance = get?.('instanceId');
    return typeof instance === 'string' && instance !== '' ? `${instance.slice(0, 24)}.` : '';
  } catch {
    // Its settings are not kept: it cannot tell who it was before either.
    return '';
  }
}
