import type { ChipModel } from '../chip-model';
import { codeSlots, ID_REGISTER_M33, MIB, NO_RELEASES, NO_TUYA, tuyaStorage } from './shared-facts';

export const BK7258: ChipModel<'BK7258'> = {
  name: 'BK7258',
  aliases: ['T5'],
  family: 'full',
  core: 'cortex-m33',
  chipId: '7236',
  chipIdRegister: ID_REGISTER_M33,
  flashSize: 8 * MIB,
  codeKey: { usual: null, readable: false },
  firmware: { name: 'BK7258', sdk: null, saysBk7231: [] },
  tellsBootVersion: false,
  layout: { ...codeSlots(0x7dd000, 0x7dd000), calibration: [0x7fe000] },
  layoutVaries: false,
  toldBy: null,
  largestAppEnd: 0x7dd000,
  dataAreas: [tuyaStorage(0x7dd000, 0x7ed000)],
  tuya: { ...NO_TUYA, modules: ['T5'] },
  openBeken: { pins: 32, places: null, group: null },
  // The secure address of it, 0x06000000, reads as nothing in download mode.
  rom: { address: 0x16000000, bytes: 0x10000, confirmed: true },
  efuse: { bytes: 4, controller: 'clocked' },
  otp: [
    { address: 0x5b100400, bytes: 0x400 },
    { address: 0x5b010000, bytes: 0xc00 },
  ],
  uf2Family: null,
  esphomeBoard: null,
  releases: NO_RELEASES,
};
