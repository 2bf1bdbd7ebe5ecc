import type { ChipModel } from '../chip-model';
import {
  ID_REGISTER,
  KEY_EFUSE,
  MIB,
  N_AREAS,
  N_FILES,
  N_LAYOUT,
  N_OPENBEKEN,
  N_TOLD_BY,
  SDK_APP_END,
  SMALL_ROM,
} from './shared-facts';

export const BK7231N: ChipModel<'BK7231N'> = {
  name: 'BK7231N',
  aliases: ['T2', 'BL2028N'],
  family: 'full',
  core: 'arm9',
  chipId: '7231c',
  chipIdRegister: ID_REGISTER,
  flashSize: 2 * MIB,
  codeKey: { usual: 'tuya', readable: true },
  firmware: { name: 'BK7231N', sdk: 'bk7231n', saysBk7231: ['bootloader', 'app'] },
  tellsBootVersion: false,
  layout: N_LAYOUT,
  layoutVaries: false,
  toldBy: N_TOLD_BY,
  largestAppEnd: SDK_APP_END,
  dataAreas: N_AREAS,
  tuya: {
    // WB2L_M1 is a revision of a W module that carries the newer chip.
    modules: ['CB', 'T2', 'T34', 'WB2L_M1'],
    platforms: ['bk7231n', 'bk7231nl'],
    projects: ['bk7231n'],
    files: N_FILES,
  },
  openBeken: { pins: 32, places: N_OPENBEKEN, group: 'bekens_n' },
  rom: SMALL_ROM,
  efuse: KEY_EFUSE,
  otp: null,
  uf2Family: 2067722800,
  esphomeBoard: 'generic-bk7231n-qfn32-tuya',
};
