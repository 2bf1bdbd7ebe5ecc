import type { FileMode } from '../../backup/atomic';
import type { ChipName, Family } from '../../chip/known/chips';
import type { ReleaseName } from '../../chip/known/known-releases';
import type { Region } from '../../chip/layouts';
import type { LoggedFirmware } from '../../diagnosis/firmware-log';
import type { LineVerdict } from '../../diagnosis/line-verdict';
import type { LikelyCause, Phase, SavableRecord } from '../../errors';
import type { OpenBekenPin } from '../../image/openbeken/openbeken-config';
import type { ImagePart } from '../../placement/base/place-types';
import type { OpenBekenOptions } from '../../placement/settings/openbeken-settings';
import type { Note } from '../../texts/note';
import type { EventLine } from '../../trace/record-lines';
import type { Operation, ProgressListener } from './progress';
import type { SectorChange } from './sector-change';

/** Who looks on at what a job does to flash. */
export interface JobWatch {
  /** Is told of each change where it happens, a sector or a block at a time. */
  onSectors?: ((change: SectorChange) => void) | undefined;
  /** Is told what is known of the chip, once it was identified, and again where the job learns more. */
  onChip?: ((report: ChipReport) => void) | undefined;
}

/** What every job takes besides its own options. */
export interface JobControl extends JobWatch {
  /** Aborting ends the job at the next sector boundary with BK_CANCELLED. */
  signal?: AbortSignal;
  onProgress?: ProgressListener;
  /** Is told each line of the port's record while the job runs, cleaned as in a file. */
  onRecord?: (line: EventLine) => void;
}

/** A break in a job that was mended. */
export interface Recovery {
  address: number | null;
  phase: Phase;
  cause: string;
  causeCode: Note;
  action: string;
  actionCode: Note;
  ms: number;
}

/** The facts of a finished job: what flows see as `msg.bk`. Plain data only. */
export interface JobFacts {
  operation: Operation;
  /** The device's name, or its port where it has none. */
  device: string;
  port: string;
  /** Null where a basic chip does not tell its model. */
  chip: ChipName | null;
  offset: number;
  length: number;
  /** Bytes of flash that the job dealt with. */
  bytes: number;
  durationMs: number;
  bytesPerSecond: number;
  /** Of the line; null where there is none. */
  baud: number | null;
  /**
   * How long a question and its answer were under way as a rule, besides the line's own time: adapter, driver and, where
   * another computer serves the port, the network. Median in ms, since the chip was linked; missing where none was measured.
   */
  latencyMs?: number;
  recoveries: Recovery[];
  warnings: string[];
  /** Code of each warning, and what its sentence was told. */
  warningCodes: readonly Note[];
  /** Where the job had to be mended: why it probably was, and what to do; also where a late line made it slow. */
  likely?: readonly LikelyCause[];
  advice?: readonly string[];
  adviceCodes?: readonly Note[];
  /** bk-read: of the bytes that were read, lower-case hex. */
  sha256?: string;
  crc32?: string;
  filename?: string;
  /** Paths of the old backups that were removed, where any are to go. */
  removed?: readonly string[];
  bytesRead?: number;
  bytesReused?: number;
  /** The nodes: the file with the record of what happened on the port, where all are saved. */
  record?: string;
  /** Blank, by the chip's checksums. */
  bytesBlank?: number;
}

export interface JobResult<Payload> {
  payload: Payload;
  facts: JobFacts;
  /** What happened on the port, where the device's setting `record` is `all`. */
  record?: SavableRecord;
}

export type EncryptionKey = 'tuya' | 'none' | 'custom';

/** What is known of the connected chip. Hex values are lower-case strings without 0x. */
export interface ChipReport {
  chip: ChipName | null;
  /** Other names by which people know it. */
  aliases: readonly string[];
  family: Family;
  chipId: string | null;
  bootloader: { name: string; version: string | null; crc: string; known: boolean };
  /** `size` in bytes; id and name null where the chip does not tell. */
  flash: { id: string | null; name: string | null; size: number };
  /** Null where it cannot be read. */
  encryptionKey: EncryptionKey | null;
  /** `aa:bb:cc:dd:ee:ff`; null where the calibration sector holds none. */
  mac: string | null;
  layout: ChipLayout;
  /** Of the line; null where there is none. */
  baud: number | null;
  linkMs: number;
  /** Of a device on the network, what its firmware says of itself. */
  openbeken?: OpenBekenReport;
}

/** What OpenBeken says of itself and the device that it runs on; null for what it leaves open. */
export interface OpenBekenReport {
  version: string | null;
  /** When it was built, and its version. */
  build: string;
  /** As people named the device. */
  name: string | null;
  shortName: string | null;
  mqttTopic: string | null;
  /** With which it is on the network: its configuration may have another one than the calibration. */
  mac: string | null;
  ip: string | null;
  /** Since its last start. */
  uptimeSeconds: number | null;
  /**
   * Its file system: address in flash, null where that is not known, and length in bytes; null where it has none, and
   * missing where nobody looked for it.
   */
  files?: { offset: number | null; length: number } | null;
}

/** Where a chip has what, in flash. */
export interface ChipLayout {
  /** The slots for code: by the partition table in the chip's bootloader, else as is usual; null where neither tells. */
  app: Region | null;
  download: Region | null;
  /** Address of the sector with the calibration of the radio and the MAC; null where there is none. */
  calibration: number | null;
  /** What the slots were told by. */
  from: 'table' | 'model';
}

export interface FileOutput {
  /** Absolute path of the folder; made when missing. */
  folder: string;
  /** Name inside the folder; empty for `<chip>_<mac>_<kind>_<time>.bin`. */
  filename?: string;
  /**
   * How many newest backups of this chip to keep, and those of how many days; what either of the two wants to keep is
   * kept, and 0 is no such rule. Without a rule all are kept.
   */
  keep?: number;
  keepDays?: number;
  /** Whether the oldest backup of the whole chip stays all the same: the chip as it came from its maker. Default true. */
  keepFirst?: boolean;
  /** Read only what differs from the newest backup of this chip in the folder. Default true. */
  incremental?: boolean;
  /** Who may read the files and the folders that are made; default `owner`. Windows does not know it. */
  fileMode?: FileMode;
}

export interface ReadOptions {
  /**
   * Default flash. `openbeken`, its configuration, and `littlefs`, its file system, of a device on the network; the
   * others only on some full chips, and only to the payload.
   */
  memory?: 'flash' | 'rom' | 'efuse' | 'otp' | 'openbeken' | 'littlefs';
  /** Bytes; default 0. */
  offset?: number;
  /** Bytes; default: to the end of the memory. */
  length?: number;
  /** Where given, the bytes go to a file and the payload is its path; else the payload is the bytes. */
  file?: FileOutput;
}

export type BackupMode = 'once' | 'always' | 'never';

/** A backup made before flash is changed. */
export interface BackupOptions {
  mode: BackupMode;
  /** Absolute path. */
  folder: string;
  /** Who may read the files and the folders that are made; default `owner`. */
  fileMode?: FileMode;
}

/** The file for the connected chip, of a release of a firmware. */
export interface ReleaseImage {
  release: ReleaseName;
  /** As its publisher calls it; default `newest`. */
  version?: string;
  /** Base address of a server with the shape of GitHub's releases API; default https://api.github.com. */
  server?: string;
  /** Absolute path of the folder in which files are kept; made when missing. */
  folder: string;
}

/** What was written of a release, or would be. */
export interface WrittenRelease {
  release: ReleaseName;
  /** As its publisher calls it. */
  version: string;
  file: string;
  /** Where it is kept; null where it could not be. */
  path: string | null;
  /** Of the file, lower-case hex. */
  sha256: string;
  /** Whether that is what was published; false where nothing is published to compare it with. */
  published: boolean;
  from: 'server' | 'folder';
}

/** The newest verified backup of the connected chip, as its own dump. */
export interface BackupImage {
  /** Absolute path of the folder with backups. */
  backups: string;
  /** Which of them, by its name in the folder: for a chip that has lost what it is told by. */
  filename?: string;
}

/** Which backup was put back, or would be. */
export interface RestoredBackup {
  /** Absolute path. */
  path: string;
  /** `aa:bb:cc:dd:ee:ff`; null where it has none. */
  mac: string | null;
  /** When it was made, ISO 8601. */
  date: string;
  /**
   * What told that it is the chip's own: its MAC; data that the chip still holds; nothing but that it is the only
   * device's whose model, flash and key fit; or whoever named it.
   */
  told: 'mac' | 'contents' | 'filename';
}

export interface WriteOptions {
  /** The bytes of the image, the absolute path of the file that holds them, a release, or the chip's own backup. */
  image: Uint8Array | { path: string } | ReleaseImage | BackupImage;
  /** `auto`: from what the image is. A number: the bytes go there as they are. */
  offset?: 'auto' | number;
  /** `image`: all that the image holds for this chip; else one part of a dump, back where it belongs. */
  part?: ImagePart;
  /** With a numeric offset: leave out so many of the image's first bytes. */
  skip?: number;
  /** With a numeric offset: write so many bytes. */
  length?: number;
  backup?: BackupOptions;
  unchanged?: 'skip' | 'rewrite';
  bootloader?: 'keep' | 'replace';
  /** With an image of OpenBeken's firmware: its configuration, written along with it. */
  openbeken?: OpenBekenOptions;
  anyImage?: boolean;
  dryRun?: boolean;
  /**
   * Starts the firmware afterwards and listens whether it says something, for some seconds, whatever `after` says. The
   * link is not kept then.
   */
  startCheck?: boolean;
}

export interface WriteSummary {
  image: { kind: string; chip: ChipName | null; version: string | null };
  regions: Region[];
  /** Of the regions: as many as were written, unchanged and erased. */
  bytes: number;
  bytesWritten: number;
  bytesUnchanged: number;
  /** Blank in the image, and not in flash: erasing was all that it took. */
  bytesErased: number;
  sectorsErased: number;
  blocksErased: number;
  /** False only for a dry run. */
  verified: boolean;
  /** Of a dry run: how long carrying it out would take, without a backup. */
  seconds?: number;
  /** Path of the backup made or found; null where none was wanted. */
  backup: string | null;
  /** Where the image was a release. */
  release?: WrittenRelease;
  /** Where it was a backup of the chip. */
  restored?: RestoredBackup;
  /** Where a configuration of OpenBeken was written along: its address, and the pins that it sets. */
  openbeken?: { offset: number; pins: { [gpio: string]: OpenBekenPin } };
  /** Where it was asked for: whether the firmware starts. */
  startCheck?: StartCheck;
  /** Of a device on the network: what it ran before an update, and what it runs since; null of a dry run. */
  update?: { before: RunningBuild; after: RunningBuild | null };
}

/** Which OpenBeken a device runs. */
export type RunningBuild = Pick<OpenBekenReport, 'version' | 'build'>;

/** Whether firmware starts, by what is heard of it on the line. Silence proves nothing: most log on UART2. */
export interface StartCheck {
  /** `portLost`: the port went away while it was listened to. */
  result: 'started' | 'restarts' | 'silent' | 'portLost';
  /** What it said it is; null where it did not. */
  firmware: LoggedFirmware | null;
  /** How often a start was heard; 0 where nothing tells. */
  starts: number;
  /** The same for a person, and what to do. */
  message: string;
  /** Code of the message, and what it was told. */
  code: string;
  params: Note['params'];
}

export type EraseRegion = 'app' | 'range' | 'data' | 'all';

export interface EraseOptions {
  region?: EraseRegion;
  /** For `range` only; multiples of 4096. */
  offset?: number;
  length?: number;
  calibration?: 'keep' | 'erase';
  bootloader?: 'keep' | 'erase';
  backup?: BackupOptions;
  dryRun?: boolean;
}

export interface EraseSummary {
  regions: Region[];
  bytes: number;
  /** Of a dry run: at most, as what is blank already is left alone. */
  sectorsErased: number;
  blocksErased: number;
  /** False only for a dry run. */
  verified: boolean;
  /** Of a dry run: how long carrying it out would take at most, without a backup. */
  seconds?: number;
  /** Path of the backup made or found; null where none was wanted. */
  backup: string | null;
}

export interface ListenOptions {
  /** Seconds to listen for, where no chip answers; default the device's. */
  linkTimeout?: number;
}

/** What came of listening to a line. */
export interface LineReport {
  /** `sound` where a chip was found; null where the time was too short to tell anything. */
  line: LineVerdict | null;
  /** The same for a person, and what to do. */
  message: string;
  /** Code of the message, and what it was told. */
  code: string;
  params: Note['params'];
}
