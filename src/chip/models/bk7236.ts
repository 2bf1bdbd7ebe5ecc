import type { ChipModel } from '../chip-model';
import { codeSlots, ID_REGISTER_M33, MIB, NO_RELEASES, NO_TUYA, tuyaStorage } from './shared-facts';

export const BK7236: ChipModel<'BK7236'> = {
  name: 'BK7236',
  aliases: ['T3'],
  family: 'full',
  core: 'cortex-m33',
  chipId: '7236',
  chipIdRegister: ID_REGISTER_M33,
  flashSize: 4 * MIB,
  codeKey: { usual: null, readable: false },
  firmware: { name: 'BK7236', sdk: null, saysBk7231: [] },
  tellsBootVersion: false,
  layout: { ...codeSlots(0x3d0000, 0x3d0000), calibration: [0x3fe000] },
  layoutVaries: false,
  toldBy: null,
  largestAppEnd: 0x3d0000,
  dataAreas: [tuyaStorage(0x3d0000, 0x3e0000)],
  tuya: { ...NO_TUYA, modules: ['T3'] },
  openBeken: { pins: 32, places: null, group: null },
  // Worked out from its secure address: in download mode these chips show theirs only by another one.
  rom: { address: 0x161f0000, bytes: 0x10000, confirmed: false },
  efuse: null,
  otp: null,
  uf2Family: null,
  esphomeBoard: null,
  releases: NO_RELEASES,
};
