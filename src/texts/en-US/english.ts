import { BACKUP, RELEASE } from './backup-texts';
import { CLI } from './cli-texts';
import { CHIP, COMMON } from './common-texts';
import { DIAGNOSIS } from './diagnosis-texts';
import { EXAMINE } from './examine-texts';
import { IMAGE } from './image-texts';
import { INSPECT } from './inspect-texts';
import { DEVICE, JOB } from './job-texts';
import { FLASHER, NODE, QUEUE } from './node-texts';
import { OPENBEKEN } from './openbeken-texts';
import { OPTION } from './option-texts';
import { PLACEMENT } from './placement-texts';
import { SESSION } from './session-texts';
import { SIMULATOR } from './simulator-texts';
import { HTTP, REPLAY, TRANSPORT } from './transport-texts';

/**
 * All that the engine and its faces say, in English, by room and key. `__name__` is filled in; of two keys that
 * end in `_one` and `_other` the number `count` chooses.
 */
export const ENGLISH = {
  common: COMMON,
  chip: CHIP,
  device: DEVICE,
  session: SESSION,
  diagnosis: DIAGNOSIS,
  job: JOB,
  examine: EXAMINE,
  option: OPTION,
  openbeken: OPENBEKEN,
  placement: PLACEMENT,
  image: IMAGE,
  inspect: INSPECT,
  transport: TRANSPORT,
  http: HTTP,
  backup: BACKUP,
  release: RELEASE,
  simulator: SIMULATOR,
  replay: REPLAY,
  node: NODE,
  flasher: FLASHER,
  queue: QUEUE,
  cli: CLI,
} as const;
