import { readFile, stat } from 'node:fs/promises';
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow, NodeStatus } from 'node-red';
import { BkError, type Inspection, inspect, LONGEST_IMAGE, textOf } from '../src/index';
import { closeWithin } from './shared/closing';
import { asBkError } from './shared/errors';
import { imageBytes } from './shared/image-bytes';
import { sourceFile } from './shared/paths';
import { choice, type Saved, text } from './shared/settings';
import { StatusTexts } from './shared/status';

type InspectDef = Saved<'secrets'>;
type Start = (signal: AbortSignal) => Promise<Inspection>;
type InspectMessage = NodeMessageInFlow & { readonly [name in 'cancel' | 'filename']?: unknown };

export = function register(RED: NodeAPI): void {
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
      const error = asBkError(thrown);
      show(texts.failed(error));
      done(error);
    };

    // Not async: a rejected promise of an input handler ends the whole of Node-RED.
    this.on('input', (msg: InspectMessage, send, done) => {
      if (msg.cancel === true) {
        cancel();
        done();
        return;
      }
      let start: Start;
      try {
        start = prepare(RED, def, msg);
      } catch (thrown) {
        fail(thrown, done);
        return;
      }
      const abort = new AbortController();
      waiting.add(abort);
      const one = async (): Promise<void> => {
        show(texts.inspecting());
        const payload = await start(abort.signal);
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

    this.on('close', (_removed: boolean, done: () => void) => {
      cancel();
      this.status({});
      isClosing = true;
      closeWithin(last, done);
    });
  }

  RED.nodes.registerType('bk-inspect', BkInspectNode);
};

/** Reads settings and message, and takes a copy of the bytes before others can change them. */
function prepare(RED: NodeAPI, def: InspectDef, msg: InspectMessage): Start {
  const secrets = choice('secrets', def.secrets, ['hide', 'show'], 'hide');
  const filename = text('filename', msg.filename);
  // What reads files leaves their name in the message: the bytes that it read come first.
  if (filename !== '' && !(msg.payload instanceof Uint8Array)) {
    const file = ownFile(RED, filename);
    return async (signal) => inspect(await fileBytes(file), { secrets, signal });
  }
  const bytes = imageBytes(msg.payload, 'send the name of the file in msg.filename');
  return (signal) => inspect(bytes, { secrets, signal });
}

/** A message may name files in the user folder, and no others. */
function ownFile(RED: NodeAPI, filename: string): string {
  try {
    return sourceFile(RED, '', filename);
  } catch (thrown) {
    throw new BkError('BK_BAD_SETTING', textOf(thrown), {
      advice: ['Move the file into the user folder, or read it with a "read file" node.'],
    });
  }
}

async function fileBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    // Before it is read: a wrong name may be that of a whole disk.
    if (size <= LONGEST_IMAGE) return await readFile(file);
  } catch (reason) {
    throw new BkError('BK_STORAGE', `${file} cannot be read: ${textOf(reason)}`, {
      reason,
      advice: ['Check the name, and that Node-RED may read the file.'],
    });
  }
  throw new BkError('BK_BAD_IMAGE', `${file} is larger than any image.`);
}
