/** The engine, free of Node-RED: link, identify, read, erase, write and verify BK72xx chips. */

export { readImageFile } from './backup/image-file';
export { CHIP_NAMES, type ChipName, type Family } from './chip/families';
export type { Region } from './chip/layouts';
export { type Clock, type Random, systemClock, type Timer } from './clock';
export { Device, type Environment } from './device';
export {
  BkError,
  ERROR_CODES,
  type ErrorCause,
  type ErrorCode,
  type FlashState,
  isBkError,
  type LikelyCause,
  type Phase,
  textOf,
} from './errors';
export { LONGEST_IMAGE } from './image/inspect';
export type {
  InspectedKind,
  InspectedPartition,
  InspectedTuya,
  Inspection,
  InspectOptions,
} from './image/inspect-types';
export type { OpenBekenConfig, OpenBekenPin } from './image/openbeken-config';
export type { OpenBekenTemplate } from './image/openbeken-template';
export type { OpenBekenSettings } from './image/openbeken-write';
export type { Json } from './image/tuya-json';
export type { PinRole, Pins } from './image/tuya-pins';
export { inspect } from './jobs/inspect';
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
  OpenBekenOptions,
  ReadOptions,
  Recovery,
  WriteOptions,
  WriteSummary,
} from './jobs/types';
export { type DeviceSettings, RESET_METHODS, type ResetMethod } from './session/settings';
export { listPorts, type PortInfo } from './transport/ports';
