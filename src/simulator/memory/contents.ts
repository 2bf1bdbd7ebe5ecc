import { BOOTLOADER_END } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { fillRandom, seeded } from '../setup/prng';
import type { ResolvedOptions } from '../setup/resolve';
import { forgeCrc32 } from './checksums';
import { APP_ADDRESS, PACKET, physical, putLogical, sealPackets, tuyaStream } from './code-area';
import { installedUpdate } from './installed-update';
import { nameTuyaLamp, tuyaLampStorage } from './tuya-lamp';

const BOOTLOADER_PACKETS = 2048;
/** 22,000 of 32 bytes: an application of about 700 KiB. */
const APP_PACKETS = 22_000;
const TUYA_STORAGE = 0x1ee000;
const TUYA_STORAGE_LENGTH = 0x12000;
/** The first two words of every image: a branch, whose distance differs, and a load of the program counter. */
const LOAD_PC = 0xe59ff014;
const BRANCH_BOOTLOADER = 0xea000e62;
const BRANCH_APP = 0xea00000e;
/** The flash of a chip that was in use: all of it made from the seed, none of it anyone's firmware. */
export function initialContents(options: ResolvedOptions): Buffer {
  const cells = Buffer.alloc(options.size, 0xff);
  if (options.file !== null) {
    options.file.copy(cells);
    return cells;
  }
  const random = seeded(options.seed, 'contents');
  const appLength = Math.min(APP_PACKETS * PACKET, options.size - BOOTLOADER_END);
  const appPackets = Math.floor(appLength / PACKET);

  fillRandom(random, cells.subarray(0, BOOTLOADER_PACKETS * PACKET));
  fillRandom(random, cells.subarray(BOOTLOADER_END, BOOTLOADER_END + appPackets * PACKET));
  putMarker(options, cells, 0, 'bootloader');
  putMarker(options, cells, BOOTLOADER_END, 'app');
  if (options.facts.firmware.saysBk7231.includes('bootloader')) {
    // These chips' images name the chip in clear behind the vectors.
    const name = Buffer.from('BK7231\0\0', 'latin1');
    putLogical(cells, 0, 0x100, name);
    putLogical(cells, BOOTLOADER_END, 0x100, name);
  }
  if (options.download !== null)
    putLogical(cells, 0, 0x10000 - 3 * 64, partitionTable(options.download));
  if (options.contents === 'tuya') nameTuyaLamp(options, cells, BOOTLOADER_END);
  sealPackets(cells, BOOTLOADER_END, appPackets);
  if (options.contents === 'updated') installedUpdate(options, cells, appPackets);
  sealBootloader(options, cells);
  if (options.bootloader === 'blank') cells.fill(0xff, 0, BOOTLOADER_END);

  if (options.size >= TUYA_STORAGE + TUYA_STORAGE_LENGTH) {
    const storage = cells.subarray(TUYA_STORAGE, TUYA_STORAGE + TUYA_STORAGE_LENGTH);
    if (options.contents === 'tuya') tuyaLampStorage(options).copy(storage);
    else fillRandom(random, storage);
  }
  const { calibration, mac } = options;
  if (calibration !== null) calibrationSector(mac).copy(cells, calibration);
  return cells;
}

/**
 * Gives the checked beginning its known checksum. The four forged bytes are the last that count and lie
 * within the eighth packet's data, whose check bytes come behind: so every packet stays valid.
 */
function sealBootloader(options: ResolvedOptions, cells: Buffer): void {
  sealPackets(cells, 0, BOOTLOADER_PACKETS);
  if (options.bootloader !== 'known' || options.knownBootloader === null) return;
  const counted = options.facts.family === 'full' ? 257 : 256;
  forgeCrc32(cells.subarray(0, counted), options.knownBootloader.crc);
  sealPackets(cells, physical(7 * 32), 1);
}

/** The first two words by which code is told: a branch and a load of the program counter. */
function putMarker(
  options: ResolvedOptions,
  cells: Buffer,
  base: number,
  part: 'bootloader' | 'app',
): void {
  const words = [part === 'app' ? BRANCH_APP : BRANCH_BOOTLOADER, LOAD_PC];
  const bypassed = /^0+$/.test(options.key);
  // With a key of someone's own the words are as good as random, and random they are.
  if (!options.tuyaKey && !bypassed) return;
  words.forEach((word, index) => {
    const address = (part === 'app' ? APP_ADDRESS : 0) + index * 4;
    const stream = options.tuyaKey ? tuyaStream(address) : 0;
    cells.writeUInt32LE((word ^ stream) >>> 0, base + index * 4);
  });
}

/** Entries of 64 bytes: magic, name, device, offset, length, no checksum (as Tuya's have it). Never encrypted. */
function partitionTable(download: Region): Buffer {
  const rows: [string, string, number, number][] = [
    ['bootloader', 'beken_onchip_crc', 0, 0x10000],
    ['app', 'beken_onchip_crc', 0x10000, 0x108700],
    ['download', 'beken_onchip', download.offset, download.length],
  ];
  const table = Buffer.alloc(rows.length * 64);
  rows.forEach(([name, device, offset, length], row) => {
    const at = row * 64;
    table.writeUInt32LE(0x45503130, at);
    table.write(name, at + 4, 'latin1');
    table.write(device, at + 28, 'latin1');
    table.writeUInt32LE(offset, at + 52);
    table.writeUInt32LE(length, at + 56);
  });
  return table;
}

/** The shortest calibration sector that is seen on chips: one group, with the MAC at 0x24. */
function calibrationSector(mac: Buffer): Buffer {
  const entries: [number, Buffer][] = [
    [0x11111101, Buffer.from('4e61bc00', 'hex')],
    [0x11111102, mac],
    [0x11111103, Buffer.from('5e010000', 'hex')],
    [0x11111104, Buffer.from('8e155301', 'hex')],
    [0x11111105, Buffer.from('0c000000', 'hex')],
    [0x11111106, Buffer.from('55005403', 'hex')],
    [0x11111107, Buffer.from('8000000080000000', 'hex')],
  ];
  const children = Buffer.concat(entries.map(([tag, value]) => container(tag, value)));
  const group = container(0x11111100, children);
  const head = Buffer.from('TLV\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(group.length, 4);
  return Buffer.concat([head, group]);
}

function container(tag: number, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(tag, 0);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}
