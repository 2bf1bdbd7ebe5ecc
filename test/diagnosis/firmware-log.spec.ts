import assert from 'node:assert/strict';
import { FirmwareLog } from '../../src/diagnosis/firmware-log';

function read(...lines: string[]): FirmwareLog {
  const log = new FirmwareLog();
  log.push(Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'));
  return log;
}

const BOOTLOADER = [
  'V:BK7231N_1.0.1',
  'REG:cpsr spsr r13 r14',
  'SVC:000000D3 00401C1C 000033AC',
  'ST:00000000',
  'J 0x10000',
];

/** As people have posted them. */
type Posted = readonly [name: string, version: string | null, ...lines: string[]];

const OPENBEKEN: Posted = [
  'OpenBeken',
  '1.18.300',
  'prvHeapInit-start addr:0x412f20, size:184544',
  'Info:MAIN:Main_Init_Before_Delay',
  'Info:MAIN:Main_Init_Before_Delay done',
  'Info:GEN:OpenBK7231N, version 1.18.300',
];

const LOGS: readonly Posted[] = [
  OPENBEKEN,
  ['OpenBeken', null, 'Info:MAIN:Time 5, idle 183612/s, free 74288, MQTT 0(0), bWifi 0'],
  [
    'LibreTiny',
    '1.4.1',
    'I [      0.000] LibreTiny v1.4.1 on generic-bk7231n-qfn32-tuya, compiled at Mar  8 2024 21:48:43, GCC 10.3.1 (-O1)',
  ],
  [
    'ESPHome',
    '2024.11.0',
    'I [      0.000] LibreTiny v1.7.0 on cb3s, compiled at Mar  8 2024 21:48:43, GCC 10.3.1 (-O1)',
    '[I][logger:399]: Log initialized',
    '[I][app:100]: ESPHome version 2024.11.0 compiled on Nov 20 2024, 10:00:00',
  ],
  ['Tuya', null, '[01-01 18:12:15 TUYA Info][mqc_app.c:175] mqc app init ...'],
  ['Tuya', null, '[01-01 00:00:08:591 TUYA N][lr:0x4eb2b] reset info -> reason is 0'],
  ['Tuya', '2.3.1', '< TUYA IOT SDK V:2.3.1 BS:40.00_PT:2.2_LAN:3.3_CAD:1.0.4_CD:1.0.0 >'],
];

describe("a firmware's log", () => {
  for (const [name, version, ...lines] of LOGS) {
    it(`tells ${name} ${version ?? 'without a version'}`, () => {
      const log = read(...BOOTLOADER, ...lines);
      assert.deepEqual(log.firmware, { name, version });
      assert.equal(log.speaks, true);
      assert.equal(log.starts, 1);
    });
  }

  it('is known from pieces of any size', () => {
    const [, , ...words] = OPENBEKEN;
    const text = Buffer.from(`${words.join('\n')}\n`, 'latin1');
    for (let size = 1; size < 20; size++) {
      const log = new FirmwareLog();
      for (let at = 0; at < text.length; at += size) log.push(text.subarray(at, at + size));
      assert.deepEqual(log.firmware, { name: 'OpenBeken', version: '1.18.300' });
      assert.equal(log.starts, 1);
    }
  });

  it('is no log where only the bootloader speaks', () => {
    const log = read(...BOOTLOADER);
    assert.equal(log.speaks, false);
    assert.equal(log.starts, 1);
    assert.equal(log.hasWords, true);
  });

  it('proves nothing by words that may be a bootloader’s', () => {
    const log = read('[I/FAL] Fal(V0.4.0)success', 'go os_addr(0x10000)..........');
    assert.equal(log.speaks, false);
    assert.equal(log.firmware, null);
    assert.equal(log.hasWords, true);
  });

  it("is an application's where Beken's SDK speaks, whatever it is called", () => {
    const log = read('prvHeapInit-start addr:0x412f20, size:184544', '[Flash]id:0xeb6015');
    assert.equal(log.speaks, true);
    assert.equal(log.firmware, null);
  });

  it('counts its starts', () => {
    const [, , ...words] = OPENBEKEN;
    const once = [...BOOTLOADER, ...words];
    assert.equal(read(...once, ...once, ...once).starts, 3);
  });

  it('tells a module that calls its controller', () => {
    const log = new FirmwareLog();
    log.push(Buffer.from('55aa00', 'hex'));
    log.push(Buffer.from('000000ff', 'hex'));
    assert.equal(log.controllerIsCalled, true);
    assert.equal(log.speaks, true);
    assert.equal(log.hasWords, false);
  });

  it('is not found in noise', () => {
    const log = new FirmwareLog();
    for (let byte = 0; byte < 4096; byte++) log.push(Buffer.from([((byte * 89) & 0xff) | 0x80]));
    assert.equal(log.speaks, false);
    assert.equal(log.starts, 0);
  });
});
