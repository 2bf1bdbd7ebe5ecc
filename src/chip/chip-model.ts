import type { Note } from '../texts/note';
import type { Layout, Region } from './layouts';
import type { CodeKey, CodePlace } from './marker';

/**
 * `full`: a mask ROM serves the download protocol, so that even an empty flash can be written.
 * `basic`: the bootloader in flash serves a part of it; without that bootloader only SPI helps.
 */
export type Family = 'full' | 'basic';

/** Cortex-M33 chips have other code in another layout, which no image that is known here is for. */
export type Core = 'arm9' | 'cortex-m33';

/**
 * All that is known of a chip model, and all that the engine may ask about one: no code asks for a name.
 * What a chip does not have, or what is not known of it, is null.
 */
export interface ChipModel<Name extends string = string> {
  name: Name;
  /** Other names by which people know it, of modules and second sources. */
  aliases: readonly string[];
  family: Family;
  core: Core;
  /** What the chip-id register says, lower-case hex without 0x; null where it cannot be read. */
  chipId: string | null;
  /** Register that holds it. */
  chipIdRegister: number | null;
  /** Usual flash size in bytes. Models with one id are told apart by it. */
  flashSize: number;
  codeKey: CodeKeyFacts;
  /** What code for the chip says of it. */
  firmware: FirmwareNames;
  /** Its bootloader answers the question for its version as text; others stay silent. */
  tellsBootVersion: boolean;
  layout: Layout;
  /** The layout differs from one firmware to the next. */
  layoutVaries: boolean;
  /** Where a download slot and a calibration sector speak for the chip, by what dumps of it were seen to have. */
  toldBy: { download: number; calibration: number } | null;
  /**
   * Where the largest application ends that a firmware for the chip is known to have. Firmware without the
   * usual download slot may reach beyond the usual application slot. Sources: libretiny's board files, whose N
   * board without Tuya's layout and whose 4 MiB board have more than is usual; OpenBeken's table.
   */
  largestAppEnd: number;
  /**
   * What lies behind the code, beside the calibration, by the usual layout; what is not listed there has no use
   * that is known. Sources: libretiny's board files and BK7231GUIFlashTool.
   */
  dataAreas: readonly DataArea[];
  tuya: TuyaFacts;
  openBeken: OpenBekenFacts;
  rom: RomFacts | null;
  efuse: EfuseFacts | null;
  /** One-time-programmable memory: what its windows show, one behind the other. Source: BK7231GUIFlashTool. */
  otp: readonly MemoryWindow[] | null;
  /** Its number in UF2 files. Source: LibreTiny. */
  uf2Family: number | null;
  /** A board of LibreTiny that fits any module with the chip. Source: libretiny's list of boards. */
  esphomeBoard: string | null;
  releases: ReleaseFacts;
}

/**
 * The file for the chip in a release of a firmware, one that is meant to be written over its serial port; null where a
 * firmware has none. Sources: OpenBeken's release notes and build script, esphome-kickstart's build script.
 */
export interface ReleaseFacts {
  openbeken: ReleaseFile | null;
  kickstart: ReleaseFile | null;
}

/** How such a file is named: `start`, what tells the version, `end`. */
export interface ReleaseFile {
  start: string;
  /** The same in a file for chips that carry Tuya's key, where that is another one. */
  startForTuya?: string;
  end: string;
}

export interface CodeKeyFacts {
  /** Which key the chips come with, as a rule; null where that is not known. */
  usual: CodeKey | null;
  /** UART can read the whole key in eFuse, so that nothing has to be taken for granted. */
  readable: boolean;
}

export interface FirmwareNames {
  /** The model for which firmware takes the chip: one silicon has one name there, whatever key it comes with. */
  name: string;
  /** In the SDK's line about its build, where that was seen. */
  sdk: string | null;
  /** Code for these places has the text BK7231 in clear behind its vectors. Source: real dumps. */
  saysBk7231: readonly CodePlace[];
}

/** A stretch of flash where firmware keeps what is unique to a device. */
export interface DataArea extends Region {
  /** Completes "the chip has …". */
  what: Note;
}

export interface TuyaFacts {
  /** First letters of the names of modules that carry the chip. Source: BK7231GUIFlashTool. */
  modules: readonly string[];
  /** What the firmware calls the platform that it runs on. Source: real dumps, BK7231GUIFlashTool. */
  platforms: readonly string[];
  /** How the names of the firmware's projects name the chip. Source: real dumps. */
  projects: readonly string[];
  /** Where the firmware's user files lie, the first stretch with their index. Source: real dumps. */
  files: readonly SectorExtent[] | null;
}

/** Numbers from `first` on, up to `end`, stand for sectors from the flash address `offset` on. */
export interface SectorExtent {
  first: number;
  end: number;
  offset: number;
}

/** How many pins OpenBeken's configuration has room for. */
export type PinCount = 32 | 48;

/** What OpenBeken's firmware does on the chip. Sources: its source text and BK7231GUIFlashTool. */
export interface OpenBekenFacts {
  pins: PinCount;
  places: OpenBekenPlaces | null;
  /** The group to which its MQTT client belongs; null for the one of all chips. */
  group: string | null;
}

/** Where OpenBeken looks for what it keeps outside of its code. Flash addresses. */
export interface OpenBekenPlaces {
  /** Its configuration, one sector. */
  config: number;
  /** The calibration of the radio with the MAC, one sector. */
  calibration: number;
  /** Its own updates, whatever the bootloader's partition table says. */
  download: number;
  /** Where its file system may end, by its versions; the newest first. */
  filesEnds: readonly number[];
}

/** A stretch of the processor's address space that the command for registers reads word by word. */
export interface MemoryWindow {
  address: number;
  /** A multiple of four. */
  bytes: number;
}

/** Mask ROM that can be read over UART. Source: ltchiptool, BK7231GUIFlashTool. */
export interface RomFacts extends MemoryWindow {
  /** Whether it was seen there on a real chip. */
  confirmed: boolean;
}

/** The two controllers of eFuse: one answers at any time, the other has to be clocked for it. */
export type EfuseController = 'plain' | 'clocked';

/** Source: BK7231GUIFlashTool, bk7231tools. */
export interface EfuseFacts {
  /** So many can be read over UART; where there are four, they repeat behind them. */
  bytes: number;
  controller: EfuseController;
}
