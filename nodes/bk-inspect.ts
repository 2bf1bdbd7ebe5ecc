import { isUint8Array } from 'node:util/types';
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow, NodeStatus } from 'node-red';
import {
  checkBackups,
  checkIn,
  inspect,
  inspectionIn,
  type JobControl,
  ProgressThrottle,
  progressIn,
  readImageFile,
  say,
  systemClock,
} from '../src';
import { endQuietly, isCancel } from './shared/cancelling';
import { closeWithin, warnOfCancelled } from './shared/closing';
import { asBkError, logInternal } from './shared/errors';
import { forNodeRed } from './shared/failure-card';
import { imageBytes } from './shared/image-bytes';
import { progressMessage } from './shared/job-runner';
import { folderOrFile } from './shared/paths';
import { serverLanguage } from './shared/server-language';
import { choice, type Saved, text } from './shared/settings';
import { StatusTexts } from './shared/status';

type InspectDef = Saved<'secrets' | 'folder'>;
/** What comes of a message, and how the badge tells it. */
type Outcome = { payload: object; status: NodeStatus };
type Start = (control: Required<Pick<JobControl, 'signal' | 'onProgress'>>) => Promise<Outcome>;
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
    const look: Looks = {
      image: async (bytes, secrets, signal) => {
        const inspection = await inspect(await bytes, { secrets, signal });
        return { payload: inspectionIn(language, inspection), status: texts.inspected(inspection) };
      },
      folder: async (folder, control) => {
        const check = await checkBackups(folder, control);
        return { payload: checkIn(language, check), status: texts.checked(check) };
      },
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
        start = prepare(RED, def, msg, look);
      } catch (thrown) {
        fail(thrown, done);
        return;
      }
      const abort = new AbortController();
      waiting.add(abort);
      const one = async (): Promise<void> => {
        show(texts.inspecting());
        const throttle = new ProgressThrottle(systemClock, (progress) => {
          show(texts.progress(progress));
          send([null, progressMessage(msg, progressIn(language, progress))]);
        });
        const onProgress = throttle.report.bind(throttle);
        const { payload, status } = await start({ signal: abort.signal, onProgress });
        throttle.flush();
        send([{ ...msg, payload } as NodeMessage, null]);
        show(status);
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

/** The two things that the node does. */
interface Looks {
  image(
    bytes: Buffer | Promise<Buffer>,
    secrets: 'hide' | 'show',
    signal: AbortSignal,
  ): Promise<Outcome>;
  folder(folder: string, control: Parameters<Start>[0]): Promise<Outcome>;
}

/** Reads settings and message, and takes a copy of the bytes before others can change them. */
function prepare(RED: NodeAPI, def: InspectDef, msg: InspectMessage, look: Looks): Start {
  const secrets = choice('secrets', def.secrets, ['hide', 'show'], 'hide');
  const folder = text('folder', def.folder).trim();
  // What reads files leaves their name in the message: the bytes that it read come first.
  const filename = isUint8Array(msg.payload) ? '' : text('msg.filename', msg.filename);
  if (filename !== '' || (folder !== '' && !isUint8Array(msg.payload))) {
    const { isFolder, path } = folderOrFile(RED, folder, filename);
    if (isFolder) return (control) => look.folder(path, control);
    return ({ signal }) => look.image(readImageFile(path), secrets, signal);
  }
  const bytes = imageBytes(msg, {
    bytes: say('node.readBufferOrSendName'),
    path: say('node.sendPathAsName'),
  });
  return ({ signal }) => look.image(bytes, secrets, signal);
}
