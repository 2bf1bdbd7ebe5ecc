import type { Node, NodeAPI } from 'node-red';
import { render } from '../src';
import { hubOf } from './flasher/hub';
import { queueHost } from './flasher/queues/queue-host';
import { openServer, type QueueDef, type QueueNode } from './queue/queue-node';
import type { QueueServer } from './queue/server/queue-server';
import { closeWithin } from './shared/closing';
import { serverLanguage } from './shared/server-language';
import { isBlank } from './shared/settings';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkQueueNode(this: QueueNode, def: QueueDef): void {
    RED.nodes.createNode(this, def);
    const { password } = (this as { credentials?: { password?: unknown } }).credentials ?? {};
    let server: QueueServer | null = null;

    this.server = () => {
      if (server !== null) return server;
      server = openServer(RED, def, password);
      let told = '';
      server.onStanding(({ trouble }) => {
        const text = trouble === null ? '' : render(trouble, language);
        if (text !== '' && text !== told) this.warn(text);
        told = text;
      });
      return server;
    };

    const name = this.name || (isBlank(def.queueName) ? 'bk72xx' : String(def.queueName));
    const forget = hubOf(RED)?.announceQueue(
      this.id,
      queueHost(name, () => this.server()),
    );

    this.on('close', (_removed: boolean, done: () => void) => {
      forget?.();
      closeWithin(server?.close() ?? Promise.resolve(), done);
    });
  }

  RED.nodes.registerType('bk-queue', BkQueueNode as (this: Node, def: QueueDef) => void, {
    credentials: { password: { type: 'password' } },
  });
};
