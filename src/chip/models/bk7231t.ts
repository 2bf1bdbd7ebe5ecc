import type { ChipModel } from '../chip-model';
import {
  kickstartFile,
  MIB,
  openBekenFile,
  SDK_APP_END,
  SDK_LAYOUT,
  SDK_OPENBEKEN,
  SDK_TOLD_BY,
  T_AREAS,
  T_FILES,
} from './shared-facts';

/** Tuya calls it BK7231S. Its bootloader comes from Tuya, with Tuya's key. */
export const BK7231T: ChipModel<'BK7231T'> = {
  name: 'BK7231T',
  aliases: ['BK7231S'],
  family: 'basic',
  core: 'arm9',
  chipId: null,
  chipIdRegister: null,
  flashSize: 2 * MIB,
  codeKey: { usual: 'tuya', readable: false },
  firmware: { name: 'BK7231T', sdk: 'bk7231t', saysBk7231: [] },
  tellsBootVersion: true,
  layout: SDK_LAYOUT,
  layoutVaries: false,
  toldBy: SDK_TOLD_BY,
  largestAppEnd: SDK_APP_END,
  dataAreas: T_AREAS,
  tuya: {
    modules: ['WB'],
    platforms: ['bk7231s_2m'],
    projects: ['bk7231s', 'bk7231t'],
    files: T_FILES,
  },
  openBeken: { pins: 32, places: SDK_OPENBEKEN, group: 'bekens_t' },
  rom: null,
  efuse: null,
  otp: null,
  uf2Family: 1733968048,
  esphomeBoard: 'generic-bk7231t-qfn32-tuya',
  releases: {
    openbeken: openBekenFile('OpenBK7231T_UA_'),
    kickstart: kickstartFile('kickstart-bk7231t-'),
  },
};
