import { isUint8Array } from 'node:util/types';
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow, NodeStatus } from 'node-red';
import { type Inspection, inspect, inspectionIn, readImageFile, say } from '../src';
import { endQuietly, isCancel } from './shared/cancelling';
import { closeWithin, warnOfCancelled } from './shared/closing';
import { asBkError, logInternal } from './shared/errors';
import { forNodeRed } from './shared/failure-card';
import { imageBytes } from './shared/image-bytes';
import { sourceFile } from './shared/paths';
import { serverLanguage } from './shared/server-language';
import { choice, type Saved, text } from './shared/settings';
import { StatusTexts } from './shared/status';

type InspectDef = Saved<'secrets'>;
type Start = (signal: AbortSignal) => Promise<Inspection>;
type InspectMessage = NodeMessageInFlow & {
  readonly [name in 'cancel' | 'filename' | 'parts']?: unknown;
};

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkInspectNode(this: Node, def: InspectDef): void {
    RED.nodes.createNode(this, def);
    const texts = new StatusTexts(RED);
    const waiting = new Set<AbortController>();
    let last: Promise<void> = Promise.resolve();
    let isClosing = false;
    const cancel = () => {
      for (const abort of waiting) abort.abort();
    };

    const show = (status: NodeStatus) => {
      if (!isClosing) this.status(status);
    };
    const fail = (thrown: unknown, done: (error?: Error) => void) => {
      const error = asBkError(thrown).in(language);
      logInternal(RED, this, error);
      show(texts.failed(error));
      done(forNodeRed(error, language));
    };

    // Not async: a rejected promise of an input handler ends the whole of Node-RED.
    this.on('input', (msg: InspectMessage, send, done) => {
      let start: Start;
      try {
        if (isCancel(msg)) {
          cancel();
          endQuietly(RED, this, msg);
          return;
        }
        start = prepare(RED, def, msg);
      } catch (thrown) {
        fail(thrown, done);
        return;
      }
      const abort = new AbortController();
      waiting.add(abort);
      const one = async (): Promise<void> => {
        show(texts.inspecting());
        const payload = inspectionIn(language, await start(abort.signal));
        send({ ...msg, payload } as NodeMessage);
        show(texts.inspected(payload));
        done();
      };
      // One after the other: the results come in the order of the messages.
      last = last
        .then(one)
        .catch((thrown) => fail(thrown, done))
        .finally(() => waiting.delete(abort));
    });

    this.on('close', (removed: boolean, done: () => void) => {
      warnOfCancelled(this, language, waiting.size, removed);
      this.status(waiting.size > 0 && !removed ? texts.deployed() : {});
      isClosing = true;
      cancel();
      closeWithin(last, done);
    });
  }

  RED.nodes.registerType('bk-inspect', BkInspectNode);
};

/** Reads settings and message, and takes a copy of the bytes before others can change them. */
function prepare(RED: NodeAPI, def: InspectDef, msg: InspectMessage): Start {
  const secrets = choice('secrets', def.secrets, ['hide', 'show'], 'hide');
  // What reads files leaves their name in the message: the bytes that it read come first.
  const filename = isUint8Array(msg.payload) ? '' : text('msg.filename', msg.filename);
  if (filename !== '') {
    const file = sourceFile(RED, null, filename);
    return async (signal) => inspect(await readImageFile(file), { secrets, signal });
  }
  const bytes = imageBytes(msg, {
    bytes: say('node.readBufferOrSendName'),
    path: say('node.sendPathAsName'),
  });
  return (signal) => inspect(bytes, { secrets, signal });
}
