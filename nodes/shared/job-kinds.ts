import {
  type ChipReport,
  type EraseOptions,
  type EraseSummary,
  type ReadOptions,
  summaryIn,
  type WriteOptions,
  type WriteSummary,
} from '../../src';
import type { JobKind, JobMessage } from './job-runner';

/** What a message asks for, by it and the settings. @throws BkError for what cannot be used */
type OptionsOf<Options> = (msg: JobMessage) => Options;

export function connectKind(): JobKind<ChipReport> {
  return {
    operation: 'connect',
    prepare: () => (device, control) => device.connect(control),
    doneText: () => 'connected',
  };
}

export function readKind(optionsOf: OptionsOf<ReadOptions>): JobKind<Buffer | string> {
  return {
    operation: 'read',
    prepare: (msg) => {
      const options = optionsOf(msg);
      return (device, control) => device.read(options, control);
    },
    doneText: () => 'readDone',
  };
}

export function writeKind(optionsOf: OptionsOf<WriteOptions>): JobKind<WriteSummary> {
  return {
    operation: 'write',
    prepare: (msg) => {
      const options = optionsOf(msg);
      return (device, control) => device.write(options, control);
    },
    doneText: writtenText,
    inLanguage: summaryIn,
  };
}

export function eraseKind(optionsOf: OptionsOf<EraseOptions>): JobKind<EraseSummary> {
  return {
    operation: 'erase',
    prepare: (msg) => {
      const options = optionsOf(msg);
      return (device, control) => device.erase(options, control);
    },
    doneText: (summary) => (summary.verified ? 'eraseDone' : 'planned'),
  };
}

/** What the badge says; that nothing was heard is no news. */
function writtenText({ verified, startCheck }: WriteSummary): string {
  if (!verified) return 'planned';
  if (startCheck?.result === 'restarts') return 'writeRestarts';
  return startCheck?.result === 'started' ? 'writeStarted' : 'writeDone';
}
