import { hostname } from 'node:os';
import type { Node, NodeAPI, NodeMessage, NodeStatus } from 'node-red';
import { factsIn, type JobFacts, type Progress, parseSize, progressIn } from '../src';
import { Bench } from './queue/bench/bench';
import { performer } from './queue/bench/perform';
import type { WorkerLimits } from './queue/bench/worker-limits';
import { serverBadge, withServer } from './queue/queue-badges';
import { findQueue } from './queue/queue-node';
import type { QueueServer } from './queue/server/queue-server';
import { closeWithin } from './shared/closing';
import { findDevice } from './shared/device-node';
import { asBkError } from './shared/errors';
import { forNodeRed } from './shared/failure-card';
import { backupFolder } from './shared/paths';
import { serverLanguage } from './shared/server-language';
import { flag, isBlank, type Saved, size, text } from './shared/settings';
import { StatusTexts } from './shared/status';

type WorkerDef = Saved<
  | 'queue'
  | 'device'
  | 'allowRead'
  | 'allowWrite'
  | 'allowErase'
  | 'largestImage'
  | 'folder'
  | 'allowBootloader'
  | 'allowCalibration'
  | 'allowAnyImage'
  | 'allowNoBackup'
>;

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkWorkerNode(this: Node, def: WorkerDef): void {
    RED.nodes.createNode(this, def);
    const texts = new StatusTexts(RED);
    let server: QueueServer | null = null;
    let bench: Bench | null = null;
    let resting: NodeStatus | null = null;
    let isBusy = false;
    let endStanding = () => {};
    const badge = (status: NodeStatus) => withServer(texts, server, status);
    const showStanding = () => {
      if (server === null || isBusy) return;
      const idle: NodeStatus = { fill: 'green', shape: 'ring', text: texts.text('benchIdle') };
      this.status(serverBadge(texts, server.standing) ?? resting ?? idle);
    };

    try {
      const limits = limitsOf(RED, def);
      const device = findDevice(RED, def.device);
      server = findQueue(RED, def.queue).server();
      const name = this.name || device.name || this.id;
      const perform = performer(RED, this, def.device, limits, badge);
      bench = new Bench(
        server,
        { id: `${this.id}@${hostname()}`, name, computer: hostname() },
        limits,
        perform,
        {
          onStanding: (standing) => {
            isBusy = standing.kind === 'busy';
            resting =
              standing.kind === 'resting'
                ? {
                    fill: 'yellow',
                    shape: 'ring',
                    text: texts.text('benchResting', { seconds: standing.seconds }),
                  }
                : null;
            showStanding();
          },
          onProgress: (progress) =>
            this.send([
              null,
              {
                topic: 'progress',
                payload: progressIn(language, progress as Progress),
              } as NodeMessage,
            ]),
          onDone: (payload, facts) =>
            this.send([{ payload, bk: factsIn(language, facts as JobFacts) } as NodeMessage, null]),
          onFailed: (error) =>
            this.error(forNodeRed(error.in(language), language), {} as NodeMessage),
        },
      );
      endStanding = server.onStanding(showStanding);
    } catch (error) {
      const failure = asBkError(error).in(language);
      this.status(texts.failed(failure));
      this.error(forNodeRed(failure, language));
    }

    this.on('close', (_removed: boolean, done: () => void) => {
      endStanding();
      closeWithin(bench?.close() ?? Promise.resolve(), done);
    });
  }

  RED.nodes.registerType('bk-worker', BkWorkerNode);
};

/** @throws BkError BK_BAD_SETTING */
function limitsOf(RED: NodeAPI, def: WorkerDef): WorkerLimits {
  return {
    allowRead: flag('allowRead', def.allowRead, true),
    allowWrite: flag('allowWrite', def.allowWrite, true),
    allowErase: flag('allowErase', def.allowErase, false),
    largestImage:
      (isBlank(def.largestImage) ? parseSize('4M') : size('largestImage', def.largestImage)) ?? 0,
    folder: backupFolder(RED, text('folder', def.folder)),
    allowBootloader: flag('allowBootloader', def.allowBootloader, false),
    allowCalibration: flag('allowCalibration', def.allowCalibration, false),
    allowAnyImage: flag('allowAnyImage', def.allowAnyImage, false),
    allowNoBackup: flag('allowNoBackup', def.allowNoBackup, false),
  };
}
