import { randomBytes } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { systemClock } from '../src';
import { FlasherHub, setHub } from './flasher/hub';
import { serveEditor } from './flasher/requests/api';

/** The server's half of the sidebar: it is loaded before all nodes, whose devices announce themselves to its hub. */
export = function register(RED: NodeAPI): void {
  const hub = new FlasherHub({
    clock: systemClock,
    publish: (topic, data) => RED.comms.publish(topic, data as object, false),
    run: randomBytes(4).toString('hex'),
  });
  setHub(RED, hub);
  serveEditor(RED, hub, systemClock);
  RED.plugins.registerPlugin('bk-flasher', { type: 'bk72xx-sidebar' } as never);
};
