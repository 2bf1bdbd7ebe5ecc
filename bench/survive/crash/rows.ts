import type { ChipName } from '../../../src';
import { inEngine } from './engine-process';
import { type CrashJob, OFFSET } from './job';
import type { Host } from './life';
import { inNodeRed } from './node-red-process';

/** What is killed, and in the midst of what. */
export interface Row {
  /** Of what kind the processes are that are killed. */
  killed: string;
  host: Host;
  chip: ChipName;
  name: string;
  job(folder: string, image: string): CrashJob;
  /** Erases of blank sectors that each process may need: see the basic chips' lock. */
  spare: number;
}

const backup: Row['job'] = (folder) => ({ kind: 'read', folder });
const write =
  (mode: 'never' | 'once'): Row['job'] =>
  (folder, image) => ({ kind: 'write', folder, image, offset: OFFSET, backup: mode });

const engine = { killed: 'engine', host: inEngine, chip: 'BK7231N', spare: 0 } as const;
const nodeRed = { killed: 'Node-RED', host: inNodeRed, chip: 'BK7231N', spare: 0 } as const;

export const ROWS: readonly Row[] = [
  { ...nodeRed, name: 'backup', job: backup },
  { ...nodeRed, name: 'write', job: write('never') },
  { ...engine, name: 'backup', job: backup },
  { ...engine, name: 'write', job: write('never') },
  { ...engine, name: 'write, basic chip', job: write('never'), chip: 'BK7231T', spare: 2 },
  { ...engine, name: 'write after a backup', job: write('once') },
];
