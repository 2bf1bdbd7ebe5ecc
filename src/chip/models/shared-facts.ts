import { say } from '../../texts/note';
import type {
  DataArea,
  EfuseFacts,
  OpenBekenPlaces,
  ReleaseFacts,
  ReleaseFile,
  RomFacts,
  SectorExtent,
  TuyaFacts,
} from '../chip-model';
import { BOOTLOADER_END } from '../geometry';
import type { Layout, Region } from '../layouts';

/* What models share: they differ by little. */

export const MIB = 1024 * 1024;

/** Where the id of a chip lies; chips with a Cortex-M33 moved it. */
export const ID_REGISTER = 0x800000;
export const ID_REGISTER_M33 = 0x44010004;

/** @param end first byte behind it */
export const region = (offset: number, end: number): Region => ({ offset, length: end - offset });

export const codeSlots = (appEnd: number, downloadEnd: number): Omit<Layout, 'calibration'> => ({
  app: region(BOOTLOADER_END, appEnd),
  download: region(appEnd, downloadEnd),
});

/** Beken's SDK on 2 MiB, as the T has it; seen on real dumps. */
export const SDK_LAYOUT: Layout = { ...codeSlots(0x132000, 0x1d8000), calibration: [0x1e0000] };
export const SDK_TOLD_BY = { download: 0x132000, calibration: 0x1e0000 };
/** Tuya's on the N; seen on real dumps. */
export const N_LAYOUT: Layout = { ...codeSlots(0x12a000, 0x1d0000), calibration: [0x1d0000] };
export const N_TOLD_BY = { download: 0x12a000, calibration: 0x1d0000 };
/** On 4 MiB. The public tools disagree: BK7231GUIFlashTool has the first calibration, ltchiptool the second. */
export const LAYOUT_4M: Layout = {
  ...codeSlots(0x132000, 0x1e0000),
  calibration: [0x1e0000, 0x3fe000],
};
/** The end of the SDK's application slot, which firmware without Tuya's layout has on any chip. */
export const SDK_APP_END = 0x132000;
export const APP_END_4M = 0x1cb000;

const area = (what: DataArea['what'], offset: number, end: number): DataArea => ({
  what,
  ...region(offset, end),
});
export const userFiles = (offset: number, end: number) => area(say('chip.userFiles'), offset, end);
export const tuyaStorage = (offset: number, end: number) =>
  area(say('chip.tuyaStorage'), offset, end);
export const openBekenConfig = (offset: number, end: number) =>
  area(say('chip.openBekenConfig'), offset, end);

/** Seen on real dumps. */
export const T_AREAS: readonly DataArea[] = [
  userFiles(0x1d8000, 0x1e0000),
  openBekenConfig(0x1e1000, 0x1e3000),
  userFiles(0x1e3000, 0x1ee000),
  tuyaStorage(0x1ee000, 0x200000),
];
/** Seen on real dumps. */
export const N_AREAS: readonly DataArea[] = [
  openBekenConfig(0x1d1000, 0x1d2000),
  userFiles(0x1d2000, 0x1ed000),
  tuyaStorage(0x1ed000, 0x200000),
];
export const AREAS_4M: readonly DataArea[] = [
  openBekenConfig(0x1e1000, 0x1e2000),
  tuyaStorage(0x397000, 0x3a9000),
];

/** What did not fit behind the calibration lies in gaps of the layout. Every file ends in FF exactly at its length. */
export const T_FILES: readonly SectorExtent[] = [
  { first: 0, end: 11, offset: 0x1e3000 },
  { first: 11, end: 19, offset: 0x1d8000 },
  { first: 19, end: 27, offset: 0x12a000 },
];
export const N_FILES: readonly SectorExtent[] = [{ first: 0, end: 27, offset: 0x1d2000 }];

export const NO_TUYA: TuyaFacts = { modules: [], platforms: [], projects: [], files: null };

/** Seen on real dumps; the download slot by OpenBeken's source text. */
export const SDK_OPENBEKEN: OpenBekenPlaces = {
  config: 0x1e1000,
  calibration: 0x1e0000,
  download: 0x132000,
  filesEnds: [0x1ab000, 0x1b3000],
};
export const N_OPENBEKEN: OpenBekenPlaces = {
  config: 0x1d1000,
  calibration: 0x1d0000,
  download: 0x12a000,
  filesEnds: [0x1d0000, 0x1ab000],
};

export const SMALL_ROM: RomFacts = { address: 0, bytes: 0x4000, confirmed: true };

/** The key of the code comes first. */
export const KEY_EFUSE: EfuseFacts = { bytes: 32, controller: 'plain' };

/** @param start of the name, as `OpenBK7231N_QIO_` */
export const openBekenFile = (start: string): ReleaseFile => ({ start, end: '.bin' });
export const kickstartFile = (start: string): ReleaseFile => ({ start, end: '.uf2' });

export const NO_RELEASES: ReleaseFacts = { openbeken: null, kickstart: null };
