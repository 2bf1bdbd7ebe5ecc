import type { NodeAPI, NodeDef } from 'node-red';
import {
  BkError,
  type Device,
  type JobControl,
  type JobResult,
  say,
  type WriteOptions,
} from '../../../src';
import type { DeviceNode } from '../../shared/device-node';
import type { JobMessage } from '../../shared/job-runner';
import { eraseOptions } from '../../shared/options/erase-options';
import { readOptions } from '../../shared/options/read-options';
import { writeOptions } from '../../shared/options/write-options';
import { choice, isBlank, seconds, text } from '../../shared/settings';
import { SIDEBAR_OPERATIONS, type SidebarOperation } from '../messages';
import { backupNamed } from './backups';
import type { HeldImages } from './held-images';

/** Asks a device for a job. */
export type Work = (device: Device, control: JobControl) => Promise<JobResult<unknown>>;

/** What the sidebar may set of each job. Nothing of it is a path on the server, and where files go is settled. */
const OFFERED: Readonly<Record<SidebarOperation, readonly string[]>> = {
  connect: [],
  listen: ['linkTimeout'],
  read: ['output', 'offset', 'length', 'incremental'],
  write: [
    ...['part', 'offset', 'skip', 'length', 'backup', 'unchanged', 'bootloader'],
    ...['openbeken', 'anyImage', 'dryRun', 'startCheck'],
    // A backup of the list; a release.
    ...['filename', 'source', 'release', 'releaseVersion', 'releaseServer'],
  ],
  erase: ['region', 'offset', 'length', 'calibration', 'backup', 'bootloader', 'dryRun'],
};

type Given = Readonly<Record<string, unknown>>;

/**
 * The job that the sidebar asks for, its settings read as those of the nodes.
 * @param node of the device
 * @throws BkError BK_BAD_SETTING, BK_BAD_IMAGE
 */
export async function workOf(
  RED: NodeAPI,
  node: DeviceNode,
  images: HeldImages,
  request: Given,
): Promise<{ operation: SidebarOperation; work: Work }> {
  if (isBlank(request.operation))
    throw refused(say('flasher.noOperation'), say('flasher.useEditor'));
  const operation = choice('operation', request.operation, SIDEBAR_OPERATIONS, 'connect');
  const options = objectIn(request.options);
  mustBeOffered(operation, options);
  return { operation, work: await readers[operation](RED, node, options, images, request.image) };
}

type Reader = (
  RED: NodeAPI,
  node: DeviceNode,
  options: Given,
  images: HeldImages,
  image: unknown,
) => Work | Promise<Work>;

/** There is no message with a job of the sidebar. */
const NO_MESSAGE = {} as JobMessage;

const readers: Readonly<Record<SidebarOperation, Reader>> = {
  connect: () => (device, control) => device.connect(control),
  listen: (_RED, _node, { linkTimeout }) => {
    const listening = isBlank(linkTimeout)
      ? {}
      : { linkTimeout: seconds('linkTimeout', linkTimeout, 60, 1) };
    return (device, control) => device.listen(listening, control);
  },
  read: (RED, node, options) => {
    choice('output', options.output, ['file'], 'file');
    const reading = readOptions(RED, node, saved({ ...options, output: 'file' }), NO_MESSAGE);
    return (device, control) => device.read(reading, control);
  },
  erase: (RED, node, options) => {
    const erasing = eraseOptions(RED, node, saved(options), NO_MESSAGE);
    return (device, control) => device.erase(erasing, control);
  },
  write: async (RED, node, options, images, image) => {
    const writing = await writeWork(RED, node, options, images, image);
    return (device, control) => device.write(writing, control);
  },
};

/** Where an image may come from besides the browser. A name of a backup is only compared with those that lie there. */
const SOURCES = ['payload', 'release', 'backup'] as const;

async function writeWork(
  RED: NodeAPI,
  node: DeviceNode,
  { filename, openbeken, ...rest }: Given,
  images: HeldImages,
  image: unknown,
): Promise<WriteOptions> {
  const source = choice('source', rest.source, SOURCES, 'payload');
  // OpenBeken's settings stand where the node has its switch for those of a message.
  const isSet = typeof openbeken === 'object' && openbeken !== null;
  const named = source === 'backup' ? { filename } : {};
  const def = saved({ ...rest, ...named, source, openbeken: isSet ? true : openbeken });
  const settings = isSet ? { openbeken } : {};
  const read = (payload: Buffer) =>
    writeOptions(RED, node, def, { payload, ...settings } as JobMessage);
  if (source !== 'payload') return read(Buffer.alloc(0));
  if (!isBlank(image) || isBlank(filename)) return read(imageOf(images, image));
  const path = await backupNamed(RED, text('filename', filename));
  return { ...read(Buffer.alloc(0)), image: { path } };
}

/** Settings as a flow file has them: what stands in them is still to be checked. */
function saved(options: Given): NodeDef {
  return options as unknown as NodeDef;
}

function imageOf(images: HeldImages, id: unknown): Buffer {
  if (isBlank(id)) throw refused(say('flasher.noImage'), say('flasher.chooseImage'));
  const bytes = images.bytes(String(id));
  if (bytes !== undefined) return bytes;
  throw refused(say('flasher.imageGone'), say('flasher.chooseImage'));
}

function mustBeOffered(operation: SidebarOperation, options: Given): void {
  for (const name of Object.keys(options)) {
    if (OFFERED[operation].includes(name) || isBlank(options[name])) continue;
    const shown = /^\w{1,40}$/.test(name) ? name : '…';
    throw refused(say('flasher.notOffered', { name: shown, operation }), say('flasher.useNode'));
  }
}

/** Whether a request names the server that releases come from: that is up to who edits flows. */
export function namesServer({ body }: { body?: unknown }): boolean {
  return !isBlank((body as { options?: Given } | null)?.options?.releaseServer);
}

export function objectIn(value: unknown): Given {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Given;
  throw refused(say('flasher.noObject'), say('flasher.useEditor'));
}

function refused(text: ReturnType<typeof say>, advice: ReturnType<typeof say>): BkError {
  return new BkError('BK_BAD_SETTING', text, { phase: 'open', advice: [advice] });
}
