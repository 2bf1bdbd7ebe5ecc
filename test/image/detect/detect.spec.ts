import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { verbatim } from '../../../src/texts/note';
import { detectImage } from '../../support/detect-image';
import { english } from '../../support/english';
import { MARKERS, madeUpDump, packets } from '../../support/images';

const MIB = 1024 * 1024;

function filled(size: number, make: (index: number) => number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index < size; index++) bytes[index] = make(index);
  return bytes;
}

/** Noise that is the same in every run. */
function noise(size: number): Buffer {
  let state = 12345;
  return filled(size, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function rblHeader(): Buffer {
  const header = Buffer.alloc(96);
  header.write('RBL\0', 'latin1');
  header.write('app', 12, 'latin1');
  header.write('1.00', 28, 'latin1');
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 92);
  return header;
}

function tuyaUg(): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt32BE(0x55aa55aa, 0);
  header.write('1.2.3', 4, 'latin1');
  header.writeUInt32BE(0xaa55aa55, 28);
  return Buffer.concat([header, rblHeader(), noise(500)]);
}

describe('detectImage', () => {
  const espFlash = filled(0x10000, () => 0xff);
  espFlash.set([0xe9, 4, 2, 0x20], 0x1000);
  espFlash.set([0xaa, 0x50], 0x8000);

  const cases: [string, Buffer, string][] = [
    ['nothing', Buffer.alloc(0), 'empty'],
    ['blank flash', Buffer.alloc(2 * MIB, 0xff), 'blank'],
    ['zeros', Buffer.alloc(2 * MIB), 'zeros'],
    ['noise as long as a flash', noise(2 * MIB), 'unknown'],
    ['noise of any length', noise(12345), 'unknown'],
    ['text as long as a flash', Buffer.alloc(MIB, 'Some words in a row.\r\n'), 'text'],
    ['JSON', Buffer.from('{"name":"x"}'), 'text'],
    ['text with umlauts', Buffer.from('Grüße aus der Küche, 5 µs\n'.repeat(300)), 'text'],
    ['Intel HEX', Buffer.from(':020000040800F2\n:10000000'), 'text'],
    ['a web page', Buffer.from('\n<!DOCTYPE html><html><body>404</body></html>'), 'html'],
    ['gzip', Buffer.concat([Buffer.from('1f8b0800', 'hex'), noise(100)]), 'gzip'],
    ['ZIP', Buffer.concat([Buffer.from('PK\x03\x04'), noise(100)]), 'archive'],
    ['ELF', Buffer.concat([Buffer.from('\x7fELF'), noise(100)]), 'elf'],
    ['an ESP32 application', Buffer.concat([Buffer.from([0xe9, 6, 2, 0x20]), noise(99)]), 'esp'],
    ['an ESP32 flash', espFlash, 'esp'],
    ['a Realtek image', Buffer.from('999996963fcc66fc00', 'hex'), 'other-chip'],
    ['UF2', Buffer.concat([Buffer.from('UF2\n'), noise(508)]), 'uf2'],
    ['an update file', Buffer.concat([rblHeader(), noise(500)]), 'rbl'],
    ['a Tuya update file', tuyaUg(), 'tuya-ug'],
    ['an application', packets(4000, MARKERS.tuyaApp), 'app'],
    ['an application in clear', packets(4000, MARKERS.clear), 'app'],
    ['an application padded to a flash', pad(packets(4000, MARKERS.tuyaApp), MIB), 'app'],
    ['one in clear, padded', pad(packets(4000, MARKERS.clear), MIB), 'app'],
    ['a bootloader', packets(2048, MARKERS.tuyaBootloader), 'bootloader'],
    ['bootloader and application', madeUpDump().subarray(0, 0x20000), 'qio'],
    ['code with some other key', packets(4000), 'packets'],
    ['a calibration sector', madeUpDump().subarray(0x1d0000, 0x1d1000), 'calibration'],
  ];
  for (const [name, bytes, kind] of cases) {
    it(`takes ${name} for ${kind}`, () => {
      const image = detectImage(bytes);
      assert.equal(image.kind, kind);
      assert.ok(english(image.description).length > 0);
      assert.ok(image.advice.length > 0);
      assert.equal(image.chip, null);
    });
  }

  it('reads the version of update files', () => {
    assert.equal(detectImage(tuyaUg()).version, '1.2.3');
    assert.equal(detectImage(rblHeader()).version, '1.00');
  });

  it('does not share what it returns', () => {
    const first = detectImage(noise(100));
    const more = verbatim('more');
    first.advice.push(more);
    assert.ok(!detectImage(noise(100)).advice.includes(more));
  });

  it('takes any bytes, whole, cut or damaged', () => {
    const whole = madeUpDump().subarray(0, 0x30000);
    const starts = [
      whole,
      rblHeader(),
      tuyaUg(),
      madeUpDump().subarray(0x1d0000, 0x1d1000),
      ...['UF2\n', 'RBL\0', 'TLV\0', '<html', '\x1f\x8b\x08'].map((text) =>
        Buffer.from(text, 'latin1'),
      ),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.nat(),
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (start, cut, tail, flips) => {
          const kept = start.subarray(0, start.length - (cut % (start.length + 1)));
          const bytes = Buffer.concat([kept, tail]);
          for (const flip of flips) {
            const at = Math.floor(flip / 8) % (bytes.length || 1);
            if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << (flip % 8));
          }
          const image = detectImage(bytes);
          assert.equal(typeof image.kind, 'string');
        },
      ),
      { numRuns: 300 },
    );
  });
});

function pad(bytes: Buffer, size: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(size - bytes.length, 0xff)]);
}
