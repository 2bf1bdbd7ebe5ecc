/** The engine, free of Node-RED: link, identify, read, erase, write and verify BK72xx chips. */

export type { FileMode } from './backup/atomic';
export type { BackupState } from './backup/care/check-backup';
export type { ListedBackup } from './backup/catalogue';
export { listBackups } from './backup/find';
export { readImageFile, writeImageFile } from './backup/image-file';
export type { ChipId } from './backup/names';
export { addRecord, type Recorded, type RecordedJob, saveRecord } from './backup/port-records';
export type { BackupRecord, ChipTraits, FoundBackup } from './backup/record';
export { ownName } from './chip/known/chip-queries';
export { CHIP_NAMES, type ChipName, type Family } from './chip/known/chips';
export { NEWEST, RELEASE_NAMES, type ReleaseName } from './chip/known/known-releases';
export type { Region } from './chip/layouts';
export { type Clock, type Random, systemClock, type Timer } from './clock';
export { Device } from './device';
export type { LoggedFirmware } from './diagnosis/firmware-log';
export type { LineCode, LineVerdict } from './diagnosis/line-verdict';
export { createEnvironment, type Environment, processEnvironment } from './environment';
export {
  BkError,
  ERROR_CODES,
  type ErrorCause,
  type ErrorCode,
  type FlashState,
  hex,
  isBkError,
  type LikelyCause,
  type Phase,
  type SavableRecord,
  textOf,
} from './errors';
export { LONGEST_IMAGE } from './image/inspect/inspect';
export type {
  InspectedKind,
  InspectedPartition,
  InspectedTuya,
  Inspection,
  InspectOptions,
} from './image/inspect/inspect-types';
export type { OpenBekenConfig, OpenBekenPin } from './image/openbeken/openbeken-config';
export type { OpenBekenTemplate } from './image/openbeken/openbeken-template';
export type { OpenBekenSettings } from './image/openbeken/openbeken-write';
export type { Json } from './image/tuya/tuya-json';
export type { PinRole, Pins } from './image/tuya/tuya-pins';
export type {
  BackupsCheck,
  CheckedBackup,
  CheckedChip,
  CheckOptions,
} from './jobs/base/backups-check';
export type {
  DeviceEvent,
  DeviceListener,
  JobEvent,
  WatchedJob,
} from './jobs/base/device-watch';
export { checkIn, factsIn, inspectionIn, progressIn, summaryIn } from './jobs/base/in-language';
export type {
  BackupImage,
  BackupMode,
  BackupOptions,
  ChipLayout,
  ChipReport,
  EncryptionKey,
  EraseOptions,
  EraseRegion,
  EraseSummary,
  FileOutput,
  JobControl,
  JobFacts,
  JobResult,
  JobWatch,
  LineReport,
  ListenOptions,
  ReadOptions,
  Recovery,
  ReleaseImage,
  RestoredBackup,
  StartCheck,
  WriteOptions,
  WriteSummary,
  WrittenRelease,
} from './jobs/base/job-types';
export type { Operation, Progress, ProgressListener } from './jobs/base/progress';
export { ProgressThrottle } from './jobs/base/progress-throttle';
export type { SectorChange, SectorShown } from './jobs/base/sector-change';
export { checkBackups } from './jobs/check-backups';
export type {
  Examination,
  ExamineOptions,
  FlashTimes,
  ShownKey,
  Spread,
  Unmeasured,
  Unusual,
} from './jobs/examine/examination';
export { inspect } from './jobs/inspect-image';
export { type FoundDevice, type ScanOptions, scanNetwork } from './openbeken/scan';
export type { ImagePart } from './placement/base/place-types';
export type { OpenBekenOptions } from './placement/settings/openbeken-settings';
export type { AdapterListener } from './ports/adapter-changes';
export type { AdapterWatch } from './ports/adapter-watch';
export { GITHUB } from './releases/release-server';
export {
  type Web,
  type WebAnswer,
  WebFailure,
  type WebFault,
  type WebRequest,
} from './releases/web';
export type { RecoveryRecord } from './session/base/report';
export {
  type DeviceSettings,
  mustHideNothing,
  RESET_METHODS,
  type ResetMethod,
} from './session/base/settings';
export {
  type ServedChip,
  SIMULATOR_OPTIONS,
  type SimulatorOptionHelp,
  serveSimulatedChip,
} from './simulator/serve';
export type { TcpServerOptions } from './simulator/tcp-server';
export { durationText, parseSize, SIZE_PATTERN, sizeText, speedText } from './texts/amounts';
export { type Note, type ParamsOf, type ParamValue, say, type TextCode } from './texts/note';
export { type Catalogue, render } from './texts/render';
export { cleanNote } from './trace/clean-words';
export type { PortRecord } from './trace/port-record';
export { type EventLine, type HeaderLine, type RecordLine, WIRE_KINDS } from './trace/record-lines';
export { RECORDINGS, type Recording } from './trace/recorder';
export { type DescribedPort, describePorts } from './transport/schemes/described-ports';
export { filesOfPort } from './transport/schemes/schemes';
export { listPorts, type PortInfo } from './transport/schemes/serial-ports';
