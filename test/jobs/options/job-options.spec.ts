import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { Device, type ErrorCode, inspect } from '../../../src';
import { SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder, sum, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

// biome-ignore lint/suspicious/noExplicitAny: what code without types gives
type Anything = any;
type Job = 'connect' | 'read' | 'write' | 'erase';

const SETTING: ErrorCode = 'BK_BAD_SETTING';
const RANGE: ErrorCode = 'BK_OUT_OF_RANGE';

/** What a job is given, the code of its error, and words that have to be in the message. */
type Case = [job: Job, given: Anything[], code: ErrorCode, text: RegExp];

const image = noise(SECTOR);
const at = { image, offset: 0x20000 };
const folder = '/backups';

const NO_OBJECTS: Anything[] = [null, 5, 'all', true, [], [1], () => {}, new Map(), image];

const CASES: Case[] = [
  ...NO_OBJECTS.flatMap((given): Case[] => [
    ['read', [given], SETTING, /options of read have to be an object.*memory, offset/],
    ['write', [given], SETTING, /options of write have to be an object.*image, offset/],
    ['erase', [given], SETTING, /options of erase have to be an object.*region, offset/],
    ['connect', [given], SETTING, /options of a job have to be an object.*signal, onProgress/],
    ['read', [{}, given], SETTING, /options of a job have to be an object.*signal, onProgress/],
  ]),
  ['erase', [Promise.resolve({ region: 'data' })], SETTING, /have to be an object/],
  ['connect', [{ signal: 'stop' }], SETTING, /signal is "stop".*AbortController/],
  ['read', [{}, { onProgress: {} }], SETTING, /onProgress is an object.*function/],
  ['erase', [{ signal: new AbortController().signal }], SETTING, /"signal" is no option of erase/],

  ['read', [{ ofset: 0 }], SETTING, /"ofset" is no option of read; there are memory, offset/],
  ['read', [{ memory: null }], SETTING, /memory is null.*one of flash, rom/],
  ['read', [{ memory: ['flash'] }], SETTING, /memory is a list/],
  ['read', [{ memory: 'x'.repeat(10_000) }], SETTING, /memory is "x{60}…"/],
  ...['0x1000', '4096', null, true, [], {}, 4096n].map(
    (offset): Case => ['read', [{ offset }], SETTING, /^offset is .*a number of bytes, whole/],
  ),
  ...[Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 2 ** 32, 1e300].flatMap((value): Case[] => [
    ['read', [{ offset: value }], RANGE, /^offset is .*whole and from 0 to 0xffffffff/],
    ['read', [{ length: value }], RANGE, /^length is .*whole and from 1 to 0xffffffff/],
    ['write', [{ image, offset: value }], RANGE, /^offset is .*auto, or a number of bytes/],
    ['write', [{ ...at, skip: value }], RANGE, /^skip is/],
    ['write', [{ ...at, length: value }], RANGE, /^length is/],
    ['erase', [{ region: 'range', offset: value, length: SECTOR }], RANGE, /^offset is/],
    ['erase', [{ region: 'range', offset: 0x20000, length: value }], RANGE, /^length is/],
  ]),
  ['read', [{ offset: 1e9 }], RANGE, /^The offset 0x3b9aca00 lies behind the end of the flash/],
  ['read', [{ offset: 0x200000 }], RANGE, /^The offset 0x200000 lies behind the end/],
  ['read', [{ length: 0 }], RANGE, /^length is 0/],
  ['read', [{ file: null }], SETTING, /file is null.*\{ folder/],
  ['read', [{ file: 'x.bin' }], SETTING, /file is "x\.bin".*\{ folder/],
  ['read', [{ file: {} }], SETTING, /file\.folder is missing/],
  ['read', [{ file: { folder: 'relative' } }], SETTING, /file\.folder is "relative".*absolute/],
  ['read', [{ file: { folder: '/a\0b' } }], SETTING, /file\.folder is "\/a\\u0000b"/],
  ['read', [{ file: { folder, filename: 5 } }], SETTING, /file\.filename is 5.*text/],
  ['read', [{ file: { folder, keep: '3' } }], SETTING, /file\.keep is "3".*whole/],
  ['read', [{ file: { folder, keep: 1.5 } }], SETTING, /file\.keep is 1\.5/],
  [
    'read',
    [{ file: { folder, incremental: 'no' } }],
    SETTING,
    /incremental is "no".*true or false/,
  ],
  ['read', [{ file: { folder, fileMode: 0o644 } }], SETTING, /fileMode is 420.*owner, group, all/],
  ['read', [{ file: { folder, name: 'x' } }], SETTING, /"file\.name" is no option.*file\.filename/],

  ['write', [], SETTING, /options of write have to be/],
  ['write', [{}], SETTING, /image is missing; it has to be the bytes .*\{ path \}/],
  ['write', [{ image: null }], SETTING, /image is null/],
  ['write', [{ image: 'firmware.bin' }], SETTING, /image is "firmware\.bin".*\{ path \}/],
  ['write', [{ image: [1, 2, 3] }], SETTING, /image is a list/],
  ['write', [{ image: {} }], SETTING, /image is an object/],
  ['write', [{ image: { path: '' } }], SETTING, /image is an object/],
  ['write', [{ image: { path: 5 } }], SETTING, /image is an object/],
  ['write', [{ image: new ArrayBuffer(8) }], SETTING, /image is an object.*Uint8Array/],
  ['write', [{ image: new Uint8Array(0), offset: 0x20000 }], 'BK_BAD_IMAGE', /empty/],
  ['write', [{ image, offset: '0x20000' }], SETTING, /offset is "0x20000".*auto, or a number/],
  ['write', [{ image, offset: null }], SETTING, /offset is null/],
  ['write', [{ ...at, skip: 2 * SECTOR }], RANGE, /4096 bytes, and to leave out its first 8192/],
  ['write', [{ ...at, skip: SECTOR }], RANGE, /would leave none/],
  ['write', [{ ...at, length: SECTOR + 1 }], RANGE, /4097 bytes after the first 0 are not in it/],
  ['write', [{ ...at, part: 'rf' }], SETTING, /part rf.*0x20000/],
  ['write', [{ image, skip: 4 }], SETTING, /skip says .*none is given/],
  ['write', [{ image, offset: 'auto', length: 4 }], SETTING, /length says .*none is given/],
  ['write', [{ ...at, backup: 'once' }], SETTING, /backup is "once".*\{ mode, folder \}/],
  [
    'write',
    [{ ...at, backup: { mode: 'once', folder, fileMode: 'world' } }],
    SETTING,
    /fileMode is "world"/,
  ],
  ['write', [{ ...at, backup: {} }], SETTING, /backup\.mode is missing.*once, always, never/],
  ['write', [{ ...at, backup: { mode: 'once' } }], SETTING, /backup\.folder is missing.*absolute/],
  ['write', [{ ...at, backup: { mode: 'always', folder: '' } }], SETTING, /backup\.folder is ""/],
  ['write', [{ ...at, anyImage: 'false' }], SETTING, /anyImage is "false".*true or false/],
  ['write', [{ ...at, dryRun: 1 }], SETTING, /dryRun is 1.*true or false/],
  ['write', [{ ...at, unchanged: 'rewrit' }], SETTING, /unchanged is "rewrit"/],
  ['write', [{ ...at, openbeken: null }], SETTING, /openbeken is null/],
  ['write', [{ ...at, openbeken: 'hunter2' }], SETTING, /openbeken is of type string/],

  ['erase', [{ region: null }], SETTING, /region is null/],
  ['erase', [{ region: 'range' }], SETTING, /offset is missing/],
  ['erase', [{ region: 'range', offset: 0x20000 }], SETTING, /length is missing/],
  ['erase', [{ region: 'range', offset: '0x20000', length: SECTOR }], SETTING, /offset is "0x/],
  ['erase', [{ region: 'range', offset: 0x20010, length: SECTOR }], RANGE, /0x20010.*4096/],
  ['erase', [{ region: 'range', offset: 0x20000, length: 0 }], RANGE, /length is 0/],
  ['erase', [{ offset: 0x20000, length: SECTOR }], SETTING, /region to erase is app/],
  ['erase', [{ region: 'data', length: SECTOR }], SETTING, /region to erase is data/],
  ['erase', [{ backup: { mode: 'once' } }], SETTING, /backup\.folder is missing/],
  ['erase', [{ calibration: true }], SETTING, /calibration is true/],
];

describe('options that code gives', function () {
  const scratch = scratchFolder(this);

  for (const [job, given, code, text] of CASES) {
    it(`${job}(${given.map(named).join(', ')}) is refused`, async () => {
      const test = testDevice('bk7231n?speed=fast');
      const before = Buffer.from(test.chip.flash);
      const error = await rejection((test.device as Anything)[job](...given), code);
      assert.match(error.message, text);
      assert.doesNotMatch(error.message, /hunter2/);
      assert.match(error.message, /nothing was changed/i);
      // What is wrong with an image is so on any port.
      const ofImage = error.message.startsWith('The image');
      assert.equal(error.message.includes(test.url), !ofImage, error.message);
      assert.ok(error.cause.advice.length > 0, 'it says what to do');
      assert.ok(test.chip.flash.equals(before));
      assert.equal(sum(test.chip.counters.erases), 0);
      assert.ok(!test.chip.attached, 'the port is free');
      assert.equal(test.clock.pending, 0, 'no timer is left');
      assert.ok(!existsSync(folder));
      await test.device.close();
    });
  }

  it('may be undefined, and may come from another realm', async () => {
    const { device, chip } = testDevice('bk7231n?speed=fast');
    const given = vm.runInNewContext(
      '({ memory: undefined, offset: 0, length: 16, file: undefined })',
    );
    const { payload } = await device.read(given, vm.runInNewContext('({ onProgress: undefined })'));
    assert.ok(chip.flash.subarray(0, 16).equals(payload as Buffer));
    await device.close();
  });

  it('may give the image as any bytes, which may change meanwhile', async () => {
    const bytes = vm.runInNewContext('new Uint8Array(4096).fill(7)') as Uint8Array;
    for (const [number, given] of [bytes, new Uint8Array(image)].entries()) {
      const { device, chip } = testDevice('bk7231n?speed=fast');
      const wanted = Buffer.from(given);
      const job = device.write({ image: given, offset: 0x20000 });
      await Promise.resolve();
      given.fill(number);
      assert.equal((await job).payload.verified, true);
      assert.ok(chip.flash.subarray(0x20000, 0x21000).equals(wanted));
      await device.close();
    }
  });

  it('need no folder where no backup is wanted', async () => {
    const { device } = testDevice('bk7231n?speed=fast');
    const backup = { mode: 'never' } as Anything;
    assert.equal((await device.write({ ...at, backup })).payload.backup, null);
    assert.equal(
      (await device.write({ ...at, backup: { mode: 'never', folder: '' } })).payload.backup,
      null,
    );
    await device.close();
  });

  it('are taken as they are when the job is asked for', async () => {
    const { device } = testDevice('bk7231n?speed=fast');
    const options = { offset: 0, length: 16, file: { folder: scratch(), filename: 'a.bin' } };
    const first = device.connect();
    const job = device.read(options);
    options.file.filename = 'b.bin';
    options.length = 99;
    await first;
    const { payload, facts } = await job;
    assert.equal(payload, join(scratch(), 'a.bin'));
    assert.equal(facts.length, 16);
    await device.close();
  });

  it('do not end a job by a listener that fails', async () => {
    const { device, chip } = testDevice('bk7231n?speed=fast');
    let heard = 0;
    const { facts } = await device.write(at, {
      onProgress: () => {
        heard++;
        throw new Error('no such widget');
      },
    });
    assert.equal(heard, 1);
    assert.match(facts.warnings.join(), /progress failed \(no such widget\)/);
    assert.ok(chip.flash.subarray(0x20000, 0x21000).equals(image));
    await device.close();
  });

  it('whose getters fail do not get through', async () => {
    const { device, clock } = testDevice('bk7231n?speed=fast');
    const options = {
      get offset(): number {
        throw new TypeError('boom');
      },
    };
    const error = await rejection(device.read(options), 'BK_INTERNAL');
    assert.match(error.message, /sim:\/\/.*boom/);
    assert.equal(clock.pending, 0);
  });
});

describe('settings that code gives to a device', () => {
  const port = 'sim://bk7231n?speed=fast&seed=77';
  const cases: [settings: Anything, text: RegExp][] = [
    [undefined, /settings of a device have to be an object/],
    [null, /settings of a device have to be an object.*null/],
    ['/dev/ttyUSB0', /settings of a device have to be an object.*"\/dev\/ttyUSB0"/],
    [[], /settings of a device have to be an object/],
    [{}, /No port is set/],
    [{ port: null }, /No port is set.*null/],
    [{ port: 5 }, /No port is set.*5/],
    [{ port: ' ' }, /No port is set/],
    [{ port: '/dev/tty\0' }, /cannot be printed/],
    [{ port, speed: 115200 }, /sim:.*no setting "speed"; there are port, name, chip, baud/],
    [{ port, name: 5 }, /name of the device on sim:.* is 5/],
    [{ port, chip: null }, /chip of the device on sim:.* is null.*auto or one of BK7231T/],
    [{ port, chip: 'bk7231n' }, /chip .* is "bk7231n".*BK7231N/],
    [{ port, chip: {} }, /chip .* is an object/],
    [{ port, baud: '921600' }, /baud .* is "921600".*auto or a whole number from 9600/],
    [{ port, baud: Number.NaN }, /baud .* is NaN/],
    [{ port, baud: 1e9 }, /baud .* is 1000000000/],
    [{ port, reset: 'cen' }, /reset .* is "cen".*rts-inverted/],
    [{ port, linkTimeout: '60' }, /linkTimeout .* is "60".*seconds/],
    [{ port, linkTimeout: Number.POSITIVE_INFINITY }, /linkTimeout .* is Infinity/],
    [{ port, linkTimeout: 1e300 }, /linkTimeout .* is 1e\+300.*2147483/],
    [{ port, idle: -1 }, /idle .* is -1/],
    [{ port, idle: null }, /idle .* is null/],
    [{ port, after: 'sleep' }, /after .* is "sleep".*reboot or leave/],
    [{ port: 'https://10.0.0.7' }, /https:\/\/ is not known/],
    [{ port: 'tcp://10.0.0.7' }, /tcp:\/\/10\.0\.0\.7.*port/],
    [{ port: 'sim://bk7231n?speed=slow' }, /speed cannot be "slow"/],
  ];
  for (const [settings, text] of cases) {
    it(`${named(settings)} are refused`, async () => {
      const device = new Device(settings);
      for (const job of [device.connect(), device.read(), device.erase()]) {
        const error = await rejection(job, 'BK_BAD_SETTING');
        assert.match(error.message, text);
        assert.ok(error.cause.advice.length > 0, 'it says what to do');
      }
      await device.close();
    });
  }

  it('may be undefined', async () => {
    const device = new Device(
      { port, chip: undefined, baud: undefined, idle: 0 } as Anything,
      null as Anything,
    );
    await device.close();
  });
});

describe('inspect', () => {
  const cases: [given: Anything[], code: ErrorCode, text: RegExp][] = [
    [[], 'BK_BAD_IMAGE', /bytes.*undefined/],
    [[null], 'BK_BAD_IMAGE', /null/],
    [['x.bin'], 'BK_BAD_IMAGE', /"x\.bin"/],
    [[{ path: 'x.bin' }], 'BK_BAD_IMAGE', /an object/],
    [[new Uint8Array(0)], 'BK_BAD_IMAGE', /0 bytes|no bytes/],
    [[image, null], SETTING, /options of inspect.*null/],
    [[image, 'show'], SETTING, /options of inspect.*"show"/],
    [[image, { secrets: 'Show' }], SETTING, /secrets is "Show".*hide, show/],
    [[image, { secrets: true }], SETTING, /secrets is true.*hide, show/],
    [[image, { signal: 5 }], SETTING, /signal is 5.*AbortController/],
    [[image, { pause: 5 }], SETTING, /pause is 5.*function/],
    [[image, { secret: 'show' }], SETTING, /"secret" is no option/],
  ];
  for (const [given, code, text] of cases) {
    it(`(${given.map(named).join(', ')}) is refused`, async () => {
      const error = await rejection((inspect as Anything)(...given), code);
      assert.match(error.message, text);
      assert.ok(error.cause.advice.length > 0, 'it says what to do');
    });
  }

  it('takes bytes of another realm', async () => {
    const { size } = await inspect(vm.runInNewContext('new Uint8Array(100)'));
    assert.equal(size, 100);
  });
});

/** Short, for the title of a test. */
function named(value: Anything): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Map || value instanceof Promise) return value.constructor.name;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value).map(([name, inner]) => `${name}: ${named(inner)}`);
    return `{ ${entries.join(', ')} }`;
  }
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
