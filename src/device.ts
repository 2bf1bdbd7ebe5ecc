import type { Clock, Random } from './clock';
import type {
  ChipReport,
  EraseOptions,
  EraseSummary,
  JobControl,
  JobResult,
  ReadOptions,
  WriteOptions,
  WriteSummary,
} from './jobs/types';
import type { DeviceSettings } from './session/settings';

/** What the engine takes from the world; tests put their own in. */
export interface Environment {
  clock: Clock;
  random: Random;
}

/**
 * One chip on one port. Jobs take turns, first come, first served, also with other devices of this
 * process that name the same port. The link is kept for `idle` seconds between jobs.
 */
export class Device {
  readonly settings: DeviceSettings;

  constructor(settings: DeviceSettings, _environment: Partial<Environment> = {}) {
    this.settings = settings;
  }

  /** Links and identifies. */
  connect(_control?: JobControl): Promise<JobResult<ChipReport>> {
    return Promise.reject(new Error('later'));
  }

  /** Reads flash, verified by the chip's checksums; to memory, or to a file that is complete or absent. */
  read(_options?: ReadOptions, _control?: JobControl): Promise<JobResult<Buffer | string>> {
    return Promise.reject(new Error('later'));
  }

  /** Writes an image and verifies every region of it. */
  write(_options: WriteOptions, _control?: JobControl): Promise<JobResult<WriteSummary>> {
    return Promise.reject(new Error('later'));
  }

  /** Erases and verifies that the regions are blank. */
  erase(_options: EraseOptions, _control?: JobControl): Promise<JobResult<EraseSummary>> {
    return Promise.reject(new Error('later'));
  }

  /** Cancels this device's jobs, waits for a safe point, and closes the port if nobody else uses it. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
