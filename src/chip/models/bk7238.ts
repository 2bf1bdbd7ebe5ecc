import type { ChipModel } from '../chip-model';
import {
  codeSlots,
  ID_REGISTER,
  MIB,
  NO_TUYA,
  openBekenConfig,
  openBekenFile,
  SDK_APP_END,
  SDK_OPENBEKEN,
  SDK_TOLD_BY,
  SMALL_ROM,
  tuyaStorage,
} from './shared-facts';

export const BK7238: ChipModel<'BK7238'> = {
  name: 'BK7238',
  aliases: ['T1'],
  family: 'full',
  core: 'arm9',
  chipId: '7238',
  chipIdRegister: ID_REGISTER,
  flashSize: 2 * MIB,
  codeKey: { usual: 'none', readable: false },
  firmware: { name: 'BK7238', sdk: null, saysBk7231: ['app'] },
  tellsBootVersion: false,
  layout: {
    ...codeSlots(0x12c000, 0x1e0000),
    // Tuya's T1 keeps it at 0x1e3000, the SDK and OpenBeken at 0x1e0000.
    calibration: [0x1e0000, 0x1e3000],
  },
  layoutVaries: true,
  toldBy: SDK_TOLD_BY,
  largestAppEnd: SDK_APP_END,
  dataAreas: [openBekenConfig(0x1e1000, 0x1e2000), tuyaStorage(0x1f5000, 0x200000)],
  tuya: { ...NO_TUYA, modules: ['T1'], platforms: ['t1'] },
  openBeken: { pins: 32, places: SDK_OPENBEKEN, group: null },
  rom: SMALL_ROM,
  efuse: { bytes: 4, controller: 'plain' },
  otp: null,
  uf2Family: 362464036,
  esphomeBoard: 'generic-bk7238-tuya',
  releases: { openbeken: openBekenFile('OpenBK7238_QIO_'), kickstart: null },
};
