import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { say } from '../../src';
import { badSetting } from './settings';

/** What of the runtime is there, but not in its types; test benches for nodes leave the hooks out. */
interface Runtime {
  hooks?: { trigger(name: string, event: object, done: (error?: unknown) => void): void };
}
type Measured = { metric(event: string, msg: NodeMessage): void };

/**
 * Whether a message cancels jobs instead of starting one. Text and numbers are what dashboards and brokers make of
 * true; whatever else stands there was not meant to flash a chip.
 * @throws BkError BK_BAD_SETTING for what is neither yes nor no
 */
export function isCancel({ cancel }: { readonly cancel?: unknown }): boolean {
  if (cancel === undefined || cancel === null || cancel === false) return false;
  const word = typeof cancel === 'string' ? cancel.trim().toLowerCase() : cancel;
  if (word === true || word === 1 || word === 'true' || word === '1') return true;
  throw badSetting('cancel', cancel, say('node.wantedFlag'));
}

/**
 * Ends a message that has only cancelled. `done()` would fire Complete nodes, which stand for a job that succeeded;
 * so it is over for those who follow or count messages (hooks, metrics), and for nobody else. This is what the
 * runtime does in `Node.prototype._complete`, without its last step.
 */
export function endQuietly(RED: NodeAPI, node: Node, msg: NodeMessage): void {
  (node as unknown as Measured).metric('done', msg);
  const event = { msg, node: { id: node.id, node } };
  (RED as unknown as Runtime).hooks?.trigger('onComplete', event, (error) => {
    if (error) node.error(error);
  });
}
