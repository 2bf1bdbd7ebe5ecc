import type { Node, NodeAPI, NodeMessage, NodeStatus } from 'node-red';
import { BkError, type ChipReport, type ErrorCause, type JobFacts, say } from '../../../src';
import { connectKind, eraseKind, readKind, writeKind } from '../../shared/job-kinds';
import { type JobKind, type JobMessage, JobRunner } from '../../shared/job-runner';
import { eraseOptions } from '../../shared/options/erase-options';
import { readOptions } from '../../shared/options/read-options';
import { writeOptions } from '../../shared/options/write-options';
import type { CheckedOrder } from '../order/order';
import { fits, type KnownChip } from '../server/queue-names';
import { isAtAddress, mustSpareCalibration, type WorkerLimits } from './worker-limits';

/** What an order needs besides itself. */
export interface Material {
  image: Buffer | null;
  openbeken: object | null;
}

export type PerformedJob =
  | { kind: 'done'; payload: unknown; facts: JobFacts }
  | { kind: 'failed'; cause: ErrorCause }
  /** The chip is another one than the job is for: nothing was done to it. */
  | { kind: 'misfit' };

/** A job under way at this bench. */
export interface UnderWay {
  /** Never rejects. */
  ended: Promise<PerformedJob>;
  cancel(): void;
}

export interface PerformWatch {
  onProgress(progress: object): void;
  onChip(chip: KnownChip): void;
}

export type Perform = (order: CheckedOrder, material: Material, watch: PerformWatch) => UnderWay;

/**
 * How a worker does what an order asks for: as the node of that operation does, with the same readers of settings, on
 * its own device and in its own folder.
 * @param limits of the worker; what of them can be told without a chip was checked
 * @param badge what the node's badge becomes
 */
export function performer(
  RED: NodeAPI,
  node: Node,
  device: unknown,
  limits: WorkerLimits,
  badge: (status: NodeStatus) => NodeStatus,
): Perform {
  return (order, material, watch) => {
    let isMisfit = false;
    const kind = kindOf(RED, node, order, limits.folder) as JobKind<unknown>;
    const careful: JobKind<unknown> = {
      ...kind,
      badge,
      prepare: (msg) => {
        const start = kind.prepare(msg);
        return async (chip, control) => {
          const onChip = (report: ChipReport) => watch.onChip(report);
          const told = { ...control, onChip };
          const spares = !limits.allowCalibration && isAtAddress(order);
          if (order.aim.kind !== 'any' || spares) {
            const { payload } = await chip.connect(told);
            isMisfit = !fits(order.aim, payload);
            if (isMisfit) throw new BkError('BK_WRONG_CHIP', say('queue.otherChip'));
            if (spares) mustSpareCalibration(order, material.image?.length ?? 0, payload);
          }
          return start(chip, told);
        };
      },
    };
    // In English, as it goes to computers that may speak another language: each says it in its own.
    const runner = new JobRunner(RED, undefined, node, device, careful);
    const ended = new Promise<PerformedJob>((resolve) => {
      const send = ([result, progress]: Array<NodeMessage | null>) => {
        if (progress) watch.onProgress((progress as { payload: object }).payload);
        if (!result) return;
        const { payload, bk } = result as { payload?: unknown; bk?: unknown };
        resolve({ kind: 'done', payload, facts: bk as JobFacts });
      };
      runner.input(messageOf(material), send, (error) => {
        if (error === undefined) return;
        const { cause } = error as { cause?: unknown };
        resolve(isMisfit ? { kind: 'misfit' } : { kind: 'failed', cause: cause as ErrorCause });
      });
    });
    return { ended, cancel: () => runner.cancel() };
  };
}

function messageOf({ image, openbeken }: Material): JobMessage {
  return {
    _msgid: '',
    ...(image === null ? {} : { payload: image }),
    ...(openbeken === null ? {} : { openbeken }),
  } as JobMessage;
}

/** The settings of an order are those of a node, and nothing else of a node comes from it. */
function kindOf(RED: NodeAPI, node: Node, order: CheckedOrder, folder: string) {
  const def = {
    ...order.settings,
    folder,
    openbeken: order.openbeken !== undefined,
    id: '',
    type: '',
    name: '',
    z: '',
  };
  switch (order.operation) {
    case 'connect':
      return connectKind();
    case 'read':
      return readKind((msg) => readOptions(RED, node, def, msg));
    case 'erase':
      return eraseKind((msg) => inFolder(eraseOptions(RED, node, def, msg), folder));
    case 'write':
      return writeKind((msg) => inFolder(writeOptions(RED, node, def, msg), folder));
  }
}

function inFolder<T extends { backup?: { mode: 'once' | 'always' | 'never'; folder: string } }>(
  options: T,
  folder: string,
): T {
  const { backup } = options;
  return backup === undefined ? options : { ...options, backup: { ...backup, folder } };
}
