import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder } from '../../support/bench-device';
import { pipe, terminal } from '../../support/command';
import { HeldChip } from '../../support/held-chip';
import { nextSeed } from '../../support/seed';

const CTRL_C = '\x03';
const AT = 0x100000;

describe('bk72xx in a terminal', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  let held: HeldChip;
  let port = '';

  beforeEach(async () => {
    held = new HeldChip({ seed: nextSeed() });
    // Something that has to be erased first.
    noise(0x40000, 2).copy(held.chip.flash, AT);
    port = await held.listen();
  });

  afterEach(() => held.close());

  /** A write of an image that stands still when one of its sectors has just been programmed. */
  async function writeUntil(sector: number, image: Buffer) {
    writeFileSync(join(folder(), 'image.bin'), image);
    const isMidway = held.holdWhen(() => (held.chip.counters.programs[sector] ?? 0) > 0);
    const words = [
      'write',
      '--port',
      port,
      '--offset',
      '0x100000',
      '--backup',
      'never',
      'image.bin',
    ];
    const running = terminal(words, folder());
    await isMidway;
    return running;
  }

  it('shows a bar that is rewritten in place, and then the result', async () => {
    const { status, text } = await terminal(['read', '--port', port, 'dump.bin'], folder()).ended;
    assert.equal(status, 0, text);
    assert.match(text, /\rread +\[-{30}\] {3}0 %/);
    assert.match(text, /\rread +\[#{30}\] 100 % .*\r +\r/);
    // What stands there in the end: the result alone.
    const lines = text.replaceAll('\r\n', '\n').split('\n');
    assert.match(lines[0]?.split('\r').at(-1) ?? '', /^Chip +BK7231N$/);
    assert.match(lines[1] ?? '', /^File /);
    assert.ok(readFileSync(join(folder(), 'dump.bin')).equals(held.chip.flash));
  });

  it('writes no bytes of a chip into it', async () => {
    const { status, text } = await terminal(['read', '--port', port, '-'], folder()).ended;
    assert.equal(status, 2);
    assert.match(text, /FAILED +The bytes of a chip would spoil this terminal/);
    assert.equal(held.chip.counters.linkChecks, 0);
  });

  it('asks for a reset where nobody can overlook it, and goes on by itself', async () => {
    const silent = new HeldChip({ seed: nextSeed(), app: 'silent' });
    const words = ['connect', '--port', await silent.listen(), '--reset', 'none'];
    const running = terminal(words, folder());
    await running.hears(/\n?.*>>> Reset the chip now: .* <<< .*\r\n/);
    silent.chip.powerCycle();
    const { status, text } = await running.ended;
    assert.equal(status, 0, text);
    assert.match(text, /Chip +BK7231N/);
    await silent.close();
  });

  it('stops at a sector boundary at Ctrl+C, and tells what flash holds', async () => {
    const image = noise(0x40000);
    const before = Buffer.from(held.chip.flash);
    const running = await writeUntil(AT / SECTOR + 20, image);
    running.type(CTRL_C);
    await running.hears(/Stopping at the next sector; press again to stop at once\./);
    held.release();
    const { status, text } = await running.ended;
    assert.equal(status, 130, text);
    assert.match(text, /CANCELLED /);
    assert.match(text, /Flash holds +the new bytes/);
    assert.match(text, /what was there before: 0x\w+-0x13ffff/);
    assert.match(text, /Code +BK_CANCELLED \(exit status 130\)/);

    const sectors = sectorsNow(held, image, before);
    assert.ok(sectors.indexOf('new') === 0 && sectors.lastIndexOf('new') >= 20);
    assert.ok(sectors.lastIndexOf('new') < sectors.indexOf('old'));

    // The same command goes on where it stopped.
    const programs = Uint32Array.from(held.chip.counters.programs);
    const words = [
      'write',
      '--port',
      port,
      '--offset',
      '0x100000',
      '--backup',
      'never',
      'image.bin',
    ];
    const again = await pipe(words, folder()).ended;
    assert.equal(again.status, 0, again.stderr);
    assert.ok(held.chip.flash.subarray(AT, AT + image.length).equals(image));
    assert.equal(held.chip.counters.programs[AT / SECTOR + 3], programs[AT / SECTOR + 3]);
  });

  it('stops at once at the second Ctrl+C', async () => {
    const running = await writeUntil(AT / SECTOR + 4, noise(0x20000));
    running.type(CTRL_C);
    await running.hears(/press again to stop at once/);
    running.type(CTRL_C);
    const { status, text } = await running.ended;
    assert.equal(status, 130);
    assert.match(text, /Stopped at once/);
  });

  it('examines a chip, and at Ctrl+C stops when flash is as it was', async () => {
    const before = Buffer.from(held.chip.flash);
    const words = ['doctor', '--port', port, 'report.json'];
    const isMidway = held.holdWhen(() => held.chip.counters.programs.some((count) => count > 0));
    const running = terminal([...words, '--write'], folder());
    await isMidway;
    running.type(CTRL_C);
    await running.hears(/Stopping as soon as flash is as it was/);
    held.release();
    const { status, text } = await running.ended;
    assert.equal(status, 130, text);
    assert.ok(held.chip.flash.equals(before));
    assert.ok(!existsSync(join(folder(), 'report.json')));

    const page = await terminal(words, folder()).ended;
    assert.equal(page.status, 0, page.text);
    assert.match(page.text, /Chip +BK7231N/);
    assert.match(page.text, /Not measured +rates: The rate of this port is set elsewhere/);
    assert.match(page.text, /Report +.*report\.json \(no secrets in it/);
    assert.ok(held.chip.flash.equals(before));
  });

  it('leaves no half of a file when a read is stopped', async () => {
    const isMidway = held.holdWhen(() => (held.chip.counters.commands.L09 ?? 0) > 40);
    const running = terminal(['read', '--port', port, 'dump.bin'], folder());
    await isMidway;
    running.type(CTRL_C);
    await running.hears(/Stopping at the next safe point/);
    held.release();
    const { status, text } = await running.ended;
    assert.equal(status, 130, text);
    assert.ok(!existsSync(join(folder(), 'dump.bin')));
    assert.deepEqual(
      readdirSync(folder()).filter((name) => !name.startsWith('.')),
      [],
    );
  });
});

/** What each sector below an image holds; nothing but one whole thing is right. */
function sectorsNow({ chip }: HeldChip, image: Buffer, before: Buffer): string[] {
  return Array.from({ length: image.length / SECTOR }, (_, index) => {
    const at = index * SECTOR;
    const now = chip.flash.subarray(AT + at, AT + at + SECTOR);
    if (now.equals(image.subarray(at, at + SECTOR))) return 'new';
    if (now.every((byte) => byte === 0xff)) return 'blank';
    assert.ok(now.equals(before.subarray(AT + at, AT + at + SECTOR)), `sector ${index} is torn`);
    return 'old';
  });
}
