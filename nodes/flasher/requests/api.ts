import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { NodeAPI } from 'node-red';
import { type Clock, say } from '../../../src';
import { asBkError } from '../../shared/errors';
import { recordOf, withRecord } from '../../shared/recording';
import { catalogueOf, serverLanguage } from '../../shared/server-language';
import type { DeviceEntry } from '../devices/device-entry';
import type { FlasherHub } from '../hub';
import type { QueueState, StartedJob } from '../messages';
import type { QueueHost } from '../queues/queue-entry';
import { backupsFor } from './backups';
import { HeldImages } from './held-images';
import { namesServer, objectIn, workOf } from './job-request';
import { Refusal } from './refusal';
import { Routes } from './routes';
import { namesVariable, TryOuts } from './try-out';
import { Uploads } from './upload';

/** Answers the sidebar and the forms: the table in messages.ts. */
export function serveEditor(RED: NodeAPI, hub: FlasherHub, clock: Clock): void {
  const routes = new Routes(RED);
  const images = new HeldImages(clock, randomUUID);
  const uploads = new Uploads(images);
  const tries = new TryOuts(RED, hub);
  const language = serverLanguage(RED);

  const entryOf = ({ params }: Request): DeviceEntry => {
    const entry = hub.entry(String(params.device));
    if (entry !== undefined) return entry;
    throw new Refusal(404, say('flasher.deviceGone'), say('flasher.deployAndChoose'));
  };

  const queueOf = ({ params }: Request): QueueHost => {
    const entry = hub.queue(String(params.queue));
    if (entry !== undefined) return entry.host;
    throw new Refusal(404, say('flasher.queueGone'), say('flasher.deployAndChoose'));
  };

  const queues = (): QueueState[] =>
    hub.queues.map((entry) => {
      entry.watched();
      return entry.state;
    });

  const start = async (request: Request): Promise<StartedJob> => {
    const entry = entryOf(request);
    const { host } = entry;
    if (host === null)
      throw new Refusal(404, say('flasher.deviceGone'), say('flasher.deployAndChoose'));
    const { operation, work } = await workOf(RED, host.node, images, objectIn(request.body));
    const device = host.use();
    const keeps = { ...host.node.records(), node: host.node, language };
    return entry.start(async () => {
      const job = work(device, {});
      job.then(
        (result) => recordOf(keeps, operation, result),
        (error) => withRecord(keeps, operation, asBkError(error)),
      );
      return job;
    });
  };

  routes.get(
    'texts/:language',
    ({ params }) => catalogueOf(RED, String(params.language))?.texts ?? {},
  );
  routes.get('devices', () => hub.states);
  routes.get('devices/:device/map', (request) => entryOf(request).map);
  routes.get('devices/:device/log', (request) => entryOf(request).log);
  routes.get('devices/:device/backups', (request) => backupsFor(RED, entryOf(request).chip));
  routes.post('devices/:device/jobs', 'application/json', start, {
    permission: 'flows.write',
    when: namesServer,
  });
  routes.delete('devices/:device/jobs/:job', (request) => {
    entryOf(request).cancel(String(request.params.job));
  });
  routes.get('queues', queues);
  routes.post('queues/:queue/jobs/:job/retry', 'application/json', (request) =>
    queueOf(request).retry(String(request.params.job)),
  );
  routes.delete('queues/:queue/jobs/:job', (request) =>
    queueOf(request).cancel(String(request.params.job)),
  );
  routes.post('images', 'application/octet-stream', (request) => uploads.take(request));
  routes.post('try', 'application/json', ({ body }) => tries.start(objectIn(body)), {
    // The value of an environment variable is shown to all who look on, and may be a password: who edits flows sees it anyhow.
    permission: 'flows.write',
    when: ({ body }) => namesVariable(body),
  });
}
