import {
  addPackets,
  appImage,
  calibrationSector,
  container,
  MARKERS,
  madeUpDump,
  plainCode,
  uf2File,
} from './images';
import { putUserFiles, tuyaStorage } from './tuya-storage';

const MIB = 1024 * 1024;

/**
 * Files that were made to keep whoever reads them busy, by what is in them. Code whose time grows faster
 * than their length takes minutes with them.
 */
export const HOSTILE: Readonly<Record<string, () => Buffer>> = {
  'NULs with a letter behind them, in a value': () =>
    dumpWith({ user_param_key: Buffer.concat([Buffer.alloc(50_000), Buffer.from('x')]) }),
  'commas in a value': () => dumpWith({ user_param_key: `${','.repeat(50_000)}x` }),
  'brackets in a value': () => dumpWith({ user_param_key: '['.repeat(50_000) }),
  'NULs in a user file': () => {
    const dump = madeUpDump();
    putUserFiles(dump, { oem_cfg: `${'\0'.repeat(16_000)}x` });
    return dump;
  },
  'commas around settings in the code': () => {
    const code = plainCode({ length: 0xf0000 });
    code.fill(',', 0x1000, 0xe0000);
    for (let place = 0; place < 32; place++) code.write(',crc:', 0x3000 + place * 0x4000);
    return container({ plain: code });
  },
  'names that are none of a project': () =>
    container({ plain: textCode(`\0${'a'.repeat(31)}`, 0xf0000) }),
  'versions without a project': () =>
    container({ plain: textCode('\0abc\0\0\0\0firmName\0\0\0\x00123.123.12', 0xf0000) }),
  'lines of an SDK without an end': () =>
    container({ plain: textCode(`<${'B'.repeat(60)}BUILD AT:`, 0xf0000) }),
  'more code than any chip has': () => addPackets(textCode(`\0${'a'.repeat(31)}`, 16 * MIB)),
  'letters of a header everywhere': () => {
    const bytes = Buffer.alloc(16 * MIB, 'RBL\0');
    appImage({ length: 0x10000 }).copy(bytes, 0, 0, 0x10fe0);
    return bytes;
  },
  'letters of a header in every packet': () => {
    const packet = addPackets(Buffer.concat([Buffer.from('RBL\0'), Buffer.alloc(28)]));
    const bytes = Buffer.alloc(34 * 400_000, packet);
    appImage({ length: 0x10000 }).copy(bytes, 0, 0, 0x10fe0);
    return bytes;
  },
  'a calibration in every sector': () => {
    const sector = Buffer.alloc(0x1000);
    sector.write('TLV\0');
    for (let at = 4; at < 0x1000; at += 8) {
      sector.writeUInt32LE(0x1000 - at - 4, at);
      if (at + 8 <= 0x1000) sector.writeUInt32LE(0x11111100, at + 4);
    }
    return Buffer.alloc(16 * MIB, sector);
  },
  'the mark of a partition everywhere': () => {
    const dump = madeUpDump();
    addPackets(Buffer.alloc(0xff00, '01PE')).copy(dump, 34 * 8);
    return dump;
  },
  'a key sector everywhere': () =>
    Buffer.alloc(16 * MIB, tuyaStorage({ a: 'b' }).subarray(0, 0x2000)),
  'UF2 in crumbs that share sectors': () => crumbs((index) => index * 16),
  'UF2 in crumbs on each other': () => crumbs(() => 100),
  'a flash of calibrations with a web page': () =>
    Buffer.concat([
      Buffer.from('<html>'),
      ...Array(1000).fill(calibrationSector([2, 0, 0, 0, 0, 1])),
    ]),
};

function dumpWith(values: Record<string, string | Buffer>): Buffer {
  const dump = madeUpDump();
  tuyaStorage(values).copy(dump, 0x1ee000);
  return dump;
}

function textCode(text: string, length: number): Buffer {
  const code = Buffer.alloc(length, text);
  Buffer.from(MARKERS.clear).copy(code);
  return code;
}

function crumbs(address: (index: number) => number): Buffer {
  const parts = Array.from({ length: 20_000 }, (_, index) => ({
    partition: 'app',
    schemes: '000100',
    address: address(index),
    bytes: Buffer.of(index & 0xff),
  }));
  return uf2File({ partitions: [['app', 0x11000, 0x119000]], parts });
}
