/** The engine, free of Node-RED: link, identify, read, erase, write and verify BK72xx chips. */

export { CHIP_NAMES, type ChipName, type Family } from './chip/families';
export type { Region } from './chip/layouts';
export { type Clock, type Random, systemClock, type Timer } from './clock';
export { Device, type Environment } from './device';
export {
  BkError,
  ERROR_CODES,
  type ErrorCause,
  type ErrorCode,
  isBkError,
  type LikelyCause,
  type Phase,
} from './errors';
export type { Operation, Progress, ProgressListener } from './jobs/progress';
export type {
  BackupMode,
  BackupOptions,
  ChipReport,
  EncryptionKey,
  EraseOptions,
  EraseRegion,
  EraseSummary,
  FileOutput,
  ImagePart,
  JobControl,
  JobFacts,
  JobResult,
  ReadOptions,
  Recovery,
  WriteOptions,
  WriteSummary,
} from './jobs/types';
export { type DeviceSettings, RESET_METHODS, type ResetMethod } from './session/settings';
export { listPorts, type PortInfo } from './transport/ports';
