import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { STATUS_OF } from '../../../cli/exit-status';
import type { ErrorCode } from '../../../src';
import { noise, scratchFolder } from '../../support/bench-device';
import { type Ended, pipe } from '../../support/command';
import { HeldChip } from '../../support/held-chip';
import { OpenBekenServer } from '../../support/openbeken-server';
import { openBekenRelease, ReleaseStandIn } from '../../support/release-server';
import { nextSeed } from '../../support/seed';
import { UsbBus } from '../../support/usb-bus';

/** A chip that takes no time, in the process of the command. */
function fastChip(options = ''): string {
  return `sim://bk7231n?speed=fast&seed=${nextSeed()}${options}`;
}

describe('bk72xx in a pipe', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  const run = (...words: string[]): Promise<Ended> => pipe(words, folder()).ended;

  it('connects, and tells what the chip is', async () => {
    const { status, stdout, stderr } = await run('connect', '--port', fastChip());
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Chip +BK7231N$/m);
    assert.match(stdout, /^MAC +([0-9a-f]{2}:){5}[0-9a-f]{2}$/m);
    assert.match(stderr, /^link: Calling the chip/m);
  });

  it('tells of a device on the network which OpenBeken it runs, and how it is called', async () => {
    const server = await new OpenBekenServer({ model: 'BK7231N' }).listen();
    try {
      const { status, stdout, stderr } = await run('connect', '--port', server.url);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^OpenBeken +\d+\.\d+/m);
      assert.match(stdout, /^ {2}name +\S/m);
      assert.match(stdout, /^ {2}MAC on the network +([0-9a-f]{2}:){5}[0-9a-f]{2}$/m);
    } finally {
      await server.close();
    }
  });

  it('tests the wiring: says what the line carries, and that a chip is found', async () => {
    const found = await run('listen', '--port', fastChip());
    assert.equal(found.status, 0, found.stderr);
    assert.match(found.stdout, /^Line +The wiring is sound\. Found: BK7231N$/m);

    const joined = ['--port', fastChip('&joined'), '--link-timeout', '1'];
    const echo = await run('listen', ...joined);
    assert.equal(echo.status, 0, echo.stderr);
    assert.match(echo.stderr, /^>>> Your own bytes come back: .*<<<$/m);
    assert.match(echo.stdout, /^Line +Your own bytes come back/m);

    const { stdout } = await run('listen', ...joined, '--json');
    assert.deepEqual(JSON.parse(stdout).result.line, { code: 'echo' });
  });

  it('examines the chip, shows a page, and leaves a report that a simulated chip takes', async () => {
    const found = await run('doctor', '--port', fastChip('&mac=381f8d123456'), '--write', 'r.json');
    assert.equal(found.status, 0, found.stderr);
    assert.match(found.stdout, /^Chip +BK7231N$/m);
    assert.match(found.stdout, /^ +takes a link +[\d.]+ to [\d.]+ ms after a reset$/m);
    assert.match(found.stdout, /^ +erase 32 KiB +not known to this chip$/m);
    assert.match(found.stdout, /^Report +.*r\.json \(no secrets in it: it may be posted\)$/m);
    const report = readFileSync(join(folder(), 'r.json'), 'utf8');
    assert.equal(JSON.parse(report).format, 'bk72xx-report');
    assert.ok(!report.includes('12:34:56'));
    const again = await run('connect', '--port', fastChip('&profile=r.json'));
    assert.equal(again.status, 0, again.stderr);

    const named = await run('doctor', '--port', fastChip('&window=100'), '--json');
    assert.equal(named.status, 0, named.stderr);
    const { result, facts } = JSON.parse(named.stdout);
    assert.match(facts.filename, /BK7231N_report_[\dT-]+\.json$/);
    assert.deepEqual(JSON.parse(readFileSync(facts.filename, 'utf8')), result);
  });

  it('saves the record of a job that goes well and of one that fails, and plays one again', async () => {
    const read = ['read', '--offset', '0x11000', '--length', '16K', '--reset', 'rts'];
    const well = await run(...read, '--port', fastChip(), '--record', 'well.jsonl', 'a.bin');
    assert.equal(well.status, 0, well.stderr);
    assert.match(well.stderr, /^The record is in .*well\.jsonl$/m);
    assert.equal(statSync(join(folder(), 'well.jsonl')).mode & 0o777, 0o600);

    const again = await run(...read, '--port', `replay://${join(folder(), 'well.jsonl')}`, 'b.bin');
    assert.equal(again.status, 0, again.stderr);
    const crc = /^CRC-32 +(.*)$/m;
    assert.equal(crc.exec(again.stdout)?.[1], crc.exec(well.stdout)?.[1]);

    const other = await run('connect', '--port', 'replay://well.jsonl', '--reset', 'dtr');
    assert.equal(other.status, STATUS_OF.BK_REPLAY);
    assert.match(other.stderr, /at line \d+, /);

    const silent = fastChip('&reset=none&app=silent');
    const words = ['--port', silent, '--link-timeout', '1', '--record', 'failed.jsonl', '--json'];
    const failed = await run('connect', ...words);
    assert.equal(failed.status, STATUS_OF.BK_NO_LINK);
    assert.match(failed.stderr, /^\{"topic":"notice",.*failed\.jsonl/m);
    assert.match(readFileSync(join(folder(), 'failed.jsonl'), 'utf8'), /"error":"BK_NO_LINK"/);
  });

  it('lists ports', async () => {
    const { status, stderr } = await run('ports');
    assert.equal(status, 0);
    assert.equal(stderr, '');
  });

  it('tells which adapters come and go, until somebody ends it', async function () {
    // The kernel's folders are made up.
    if (process.platform !== 'linux') this.skip();
    const bus = new UsbBus();
    const preload = bus.forProcess();
    try {
      bus.plugIn('1-1', 'ttyUSB0', { named: true });
      const watching = pipe(['ports', '--watch'], folder(), preload);
      const asJson = pipe(['ports', '--watch', '--json'], folder(), preload);
      await Promise.all([watching.prints(/ttyUSB0/), asJson.prints(/ttyUSB0/)]);
      bus.plugIn('1-2', 'ttyUSB1', { serial: 'LAMP7' });
      await Promise.all([watching.prints(/ttyUSB1/), asJson.prints(/ttyUSB1/)]);
      bus.unplug('1-2');
      await Promise.all([watching.prints(/gone/), asJson.prints(/gone/)]);
      for (const one of [watching, asJson]) one.kill('SIGINT');
      const { status, stdout } = await watching.ended;
      assert.equal(status, 0);
      assert.match(stdout, /^appeared: \S+by-path\S+ \(usb-1a86_7523-if00-port0 \(ttyUSB0\)\)$/m);
      assert.match(stdout, /^appeared: usb:1a86:7523:LAMP7 \(ttyUSB1\)$/m);
      assert.match(stdout, /^gone: usb:1a86:7523:LAMP7 \(ttyUSB1\)$/m);
      const lines = (await asJson.ended).stdout.trim().split('\n');
      const told = lines.map((line) => JSON.parse(line));
      assert.deepEqual(
        told.map(({ topic, payload }) => [topic, payload.usb]),
        [
          ['appeared', 'usb:1a86:7523'],
          ['appeared', 'usb:1a86:7523:LAMP7'],
          ['gone', 'usb:1a86:7523:LAMP7'],
        ],
      );
      const { stdout: list } = await pipe(['ports'], folder(), preload).ended;
      assert.match(list, /by-id\/usb-1a86_7523-if00-port0\n.*\n {4}usb:1a86:7523\n {4}\S+by-path/);
    } finally {
      bus.remove();
    }
  });

  it('reads to a file that is named, and to a new backup otherwise', async () => {
    const port = fastChip();
    const named = await run(
      'read',
      '--port',
      port,
      '--offset',
      '0x11000',
      '--length',
      '64K',
      'a.bin',
    );
    assert.equal(named.status, 0, named.stderr);
    const bytes = readFileSync(join(folder(), 'a.bin'));
    assert.equal(bytes.length, 65_536);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.match(named.stdout, new RegExp(`^SHA-256 +${sha256}$`, 'm'));
    assert.equal(JSON.parse(readFileSync(join(folder(), 'a.bin.json'), 'utf8')).sha256, sha256);
    assert.match(named.stderr, /^read: 100 %/m);

    const backup = await run('read', '--port', port);
    assert.equal(backup.status, 0, backup.stderr);
    const names = readdirSync(join(folder(), 'bk-backups')).sort();
    assert.equal(names.length, 2);
    assert.match(names[0] ?? '', /^BK7231N_[0-9a-f]{12}_full_\d{8}-\d{6}\.bin$/);
    assert.ok(backup.stdout.includes(join('bk-backups', names[0] ?? '')));
  });

  it('reads to standard output: the bytes and nothing else', async () => {
    const { status, bytes, stderr } = await run(
      'read',
      '--port',
      fastChip(),
      '--length',
      '8K',
      '-',
    );
    assert.equal(status, 0, stderr);
    assert.equal(bytes.length, 8192);
    assert.match(stderr, /^SHA-256/m);
  });

  it('reads other memories to a file', async () => {
    const { status, stdout, stderr } = await run(
      ...['read', '--port', fastChip(), '--memory', 'efuse', 'efuse.bin'],
    );
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(join(folder(), 'efuse.bin')).length, 32);
    assert.ok(stdout.includes(join(folder(), 'efuse.bin')));
  });

  it('writes a release by its name, and again without its server', async () => {
    const server = await ReleaseStandIn.start();
    server.publish(openBekenRelease());
    const held = new HeldChip({ seed: nextSeed() });
    const port = await held.listen();
    const words = ['--port', port, '--backup', 'never', '--release-server', server.url];
    const first = await run('write', ...words, '--release', 'openbeken');
    assert.equal(first.status, 0, first.stderr);
    assert.match(
      first.stdout,
      /^Release +.*bk-firmware.OpenBK7231N_QIO_1\.18\.2\.bin, fetched now$/m,
    );
    await server.close();
    const again = await run('write', ...words, '--release', 'openbeken');
    assert.equal(again.status, 0, again.stderr);
    assert.match(again.stdout, /^Release .*, kept from before$/m);
    assert.match(again.stderr, /does not answer/);
    const none = await run('write', ...words, '--release', 'kickstart', '--json');
    assert.equal(none.status, 8, none.stderr);
    assert.equal(JSON.parse(none.stdout).error.code, 'BK_DOWNLOAD');
    for (const [wrong, says] of [
      [['--release', 'openbeken', 'x.bin'], /either the file x\.bin or --release/],
      [['x.bin'], /--release-server goes with a release only/],
    ] as const) {
      const refused = await run('write', ...words, ...wrong);
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, says);
    }
    await held.close();
  });

  it('puts the own backup of a chip back', async () => {
    const held = new HeldChip({ seed: nextSeed() });
    const port = await held.listen();
    const { flash } = held.chip;
    const before = Buffer.from(flash);
    assert.equal((await run('read', '--port', port)).status, 0);
    noise(0x8000).copy(flash, 0x11000);
    const words = ['write', '--port', port, '--source', 'backup'];
    const { status, stdout, stderr } = await run(...words);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Own backup +.*bk-backups.BK7231N_.*, told by its MAC$/m);
    assert.ok(flash.equals(before));
    const missing = await run(...words, 'x.bin');
    assert.equal(missing.status, 7);
    await held.close();
  });

  it('plans, writes after a backup, and erases', async () => {
    const held = new HeldChip({ seed: nextSeed() });
    const port = await held.listen();
    const { flash } = held.chip;
    const before = Buffer.from(flash);
    const image = noise(0x8000);
    writeFileSync(join(folder(), 'image.bin'), image);
    const words = ['--port', port, '--offset', '0x100000', 'image.bin'];

    const plan = await run('write', ...words, '--dry-run', '--backup', 'never');
    assert.equal(plan.status, 0, plan.stderr);
    assert.match(plan.stdout, /^To write +32 KiB$/m);
    assert.match(plan.stdout, /nothing was written/);
    assert.ok(flash.equals(before));

    const written = await run('write', ...words, '--backup-folder', 'safe');
    assert.equal(written.status, 0, written.stderr);
    assert.match(written.stdout, /^Verified/m);
    assert.match(written.stderr, /^backup: 100 %/m);
    assert.ok(flash.subarray(0x100000, 0x108000).equals(image));
    const [backup = ''] = readdirSync(join(folder(), 'safe')).sort();
    assert.ok(readFileSync(join(folder(), 'safe', backup)).equals(before));

    const erased = await run(
      ...['erase', '--port', port, '--region', 'range', '--offset', '0x100000', '--length', '16K'],
      ...['--backup', 'never'],
    );
    assert.equal(erased.status, 0, erased.stderr);
    assert.match(erased.stdout, /^Regions +0x100000-0x103fff$/m);
    assert.ok(flash.subarray(0x100000, 0x104000).every((byte) => byte === 0xff));
    assert.ok(flash.subarray(0x104000, 0x108000).equals(image.subarray(0x4000)));
    await held.close();
  });

  it('checks a folder of backups, and ends otherwise where one is damaged', async () => {
    const port = fastChip();
    await run('read', '--port', port, '--length', '4K');
    const first = await run('read', '--port', port, '--length', '4K', '--keep', '1');
    assert.match(first.stdout, /^Removed +BK7231N_\S+\.bin$/m);
    const sound = await run('inspect', 'bk-backups');
    assert.equal(sound.status, 0, sound.stderr);
    assert.match(sound.stdout, /^Backups +sound: 1$/m);
    assert.match(sound.stderr, /^verify: /m);
    const [name = ''] = readdirSync(join(folder(), 'bk-backups'));
    writeFileSync(join(folder(), 'bk-backups', name), 'x');
    const damaged = await run('inspect', 'bk-backups');
    assert.equal(damaged.status, STATUS_OF.BK_STORAGE);
    assert.match(damaged.stdout, /^Not sound +BK7231N_\S+ \(damaged\): It has 1 bytes/m);
    const told = await run('inspect', 'bk-backups', '--json');
    assert.equal(JSON.parse(told.stdout).result.counts.damaged, 1);
    rmSync(join(folder(), 'bk-backups'), { recursive: true });
    mkdirSync(join(folder(), 'bk-backups'));
    assert.match((await run('inspect', 'bk-backups')).stderr, /There is no backup in the folder/);
  });

  it('inspects a file', async () => {
    await run('read', '--port', fastChip(), 'dump.bin');
    const { status, stdout, stderr } = await run('inspect', 'dump.bin');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Kind +dump$/m);
    assert.match(stdout, /^Chip +BK7231N$/m);
    assert.match(stdout, /0x11000-0x\w+ +app/);
    assert.equal(stderr, '');
  });

  it('shows its help, of all and of one command, and its version', async () => {
    const help = await run('--help');
    assert.equal(help.status, 0);
    assert.match(help.stdout, /^Usage: bk72xx COMMAND/m);
    assert.equal((await run('help')).stdout, help.stdout);
    const own = await run('write', 'x.bin', '--help');
    assert.equal(own.status, 0);
    assert.match(own.stdout, /^Usage: bk72xx write FILE --port PORT/m);
    assert.equal((await run('help', 'write')).stdout, own.stdout);
    assert.match((await run('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
    const nothing = await run();
    assert.equal(nothing.status, 2);
    assert.equal(nothing.stdout, '');
    assert.equal(nothing.stderr, help.stdout);
  });

  describe('with --json', () => {
    it('gives result and facts as one document, and progress as lines', async () => {
      const { status, stdout, stderr } = await run(
        ...['read', '--port', fastChip(), '--length', '64K', '--json', 'a.bin'],
      );
      assert.equal(status, 0, stderr);
      const { result, facts } = JSON.parse(stdout);
      assert.equal(result, join(folder(), 'a.bin'));
      assert.equal(facts.operation, 'read');
      assert.equal(facts.bytes, 65_536);
      const lines = stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual([...new Set(lines.map(({ topic }) => topic))], ['progress']);
      const phases = lines.map(({ payload }) => payload.phase);
      for (const phase of ['open', 'link', 'identify', 'read']) assert.ok(phases.includes(phase));
      assert.equal(lines.at(-1).payload.percent, 100);
    });

    it('gives what the nodes give in the payload', async () => {
      writeFileSync(join(folder(), 'image.bin'), noise(0x2000));
      const port = fastChip();
      const chip = JSON.parse((await run('connect', '--port', port, '--json')).stdout);
      assert.equal(chip.result.chip, 'BK7231N');
      const words = ['--port', port, '--offset', '0x100000', '--backup', 'never', '--json'];
      const { result } = JSON.parse((await run('write', ...words, 'image.bin')).stdout);
      assert.equal(result.verified, true);
      assert.deepEqual(result.regions, [{ offset: 0x100000, length: 0x2000 }]);
      const seen = JSON.parse((await run('inspect', 'image.bin', '--json')).stdout);
      assert.equal(seen.result.size, 0x2000);
      assert.equal(seen.facts, null);
      assert.ok(Array.isArray(JSON.parse((await run('ports', '--json')).stdout).result));
    });

    it('gives a failure as one document, also of words', async () => {
      const lost = await run('connect', '--port', '/dev/nowhere', '--json');
      assert.equal(lost.status, 3);
      const { error } = JSON.parse(lost.stdout);
      assert.equal(error.code, 'BK_PORT_NOT_FOUND');
      assert.match(error.message, /\/dev\/nowhere/);
      assert.equal(error.cause.phase, 'open');
      const misused = await run('connect', '--prt', 'x', '--json');
      assert.equal(misused.status, 2);
      assert.equal(JSON.parse(misused.stdout).error.code, 'BK_BAD_SETTING');
      assert.equal(misused.stderr, '');
    });
  });

  describe('ends with an exit status by kind of failure', () => {
    const fails = async (code: ErrorCode, ...words: string[]): Promise<string> => {
      const { status, stdout, stderr } = await run(...words);
      assert.equal(status, STATUS_OF[code], stderr);
      assert.equal(stdout, '');
      assert.match(stderr, new RegExp(`^Code +${code} \\(exit status ${status}\\)$`, 'm'));
      assert.match(stderr, /^To do +1\. /m);
      return stderr;
    };

    it('misspelt words, in a line and where the right ones stand', async () => {
      const { status, stdout, stderr } = await run('write', '--prt', 'x', 'y.bin');
      assert.equal(status, 2);
      assert.equal(stdout, '');
      assert.equal(
        stderr,
        '"--prt" is no option of write; did you mean --port?\nHelp: bk72xx write --help\n',
      );
      for (const [word, hint] of [
        ['raed', '"raed" is no command; did you mean read?'],
        [
          'flash',
          '"flash" is no command; there are ports, listen, connect, read, write, erase, inspect, doctor, sim.',
        ],
        ['--port', '"--port" stands where a command has to be: one of ports, '],
      ] as const) {
        const other = await run(word, 'x');
        assert.equal(other.status, 2);
        assert.ok(other.stderr.startsWith(hint), other.stderr);
        assert.ok(other.stderr.endsWith('\nHelp: bk72xx --help\n'));
      }
    });

    it('settings that contradict each other', async () => {
      const port = fastChip();
      await fails('BK_BAD_SETTING', 'erase', '--port', port, '--offset', '0', '--length', '4096');
      await fails('BK_BAD_SETTING', 'read', '--port', port, '--folder', 'x', 'y.bin');
      await fails('BK_BAD_SETTING', 'read', '--port', port, '--keep', '3', 'y.bin');
      await fails('BK_BAD_SETTING', 'read', '--port', port, '--memory', 'efuse');
      const { status, stdout } = await run('read', '--port', port, '--json', '-');
      assert.equal(status, 2);
      assert.equal(JSON.parse(stdout).error.code, 'BK_BAD_SETTING');
      assert.ok(!existsSync(join(folder(), 'y.bin')));
    });

    it('settings of OpenBeken that are none, without a word of what is in them', async () => {
      writeFileSync(join(folder(), 'image.bin'), noise(0x2000));
      writeFileSync(join(folder(), 'lamp.json'), '{ "password": "opensesame", }');
      const words = ['--port', fastChip(), '--openbeken', 'lamp.json', 'image.bin'];
      const said = await fails('BK_BAD_SETTING', 'write', ...words);
      assert.match(said, /lamp\.json holds no JSON object/);
      assert.ok(!said.includes('opensesame'));
    });

    it('a port that is not there', async () => {
      const said = await fails('BK_PORT_NOT_FOUND', 'connect', '--port', '/dev/nowhere');
      assert.match(said, /^FAILED +\/dev\/nowhere cannot be opened: there is no such port$/m);
    });

    it('a chip that does not answer', async () => {
      await fails(
        ...(['BK_NO_LINK', 'connect', '--port', fastChip('&window=0&app=silent')] as const),
        ...['--reset', 'none', '--link-timeout', '0'],
      );
    });

    it('another chip', async () => {
      await fails('BK_WRONG_CHIP', 'connect', '--port', fastChip(), '--chip', 'BK7231T');
    });

    it('no image, a range out of flash, a bootloader that is kept', async () => {
      writeFileSync(join(folder(), 'page.html'), '<!DOCTYPE html><html></html>');
      writeFileSync(join(folder(), 'image.bin'), noise(0x2000));
      const port = fastChip();
      await fails('BK_BAD_IMAGE', 'write', '--port', port, 'page.html');
      await fails(
        'BK_OUT_OF_RANGE',
        'read',
        '--port',
        port,
        '--offset',
        '2M',
        '--length',
        '1',
        'x',
      );
      const words = ['--port', port, '--offset', '0', '--backup', 'never', 'image.bin'];
      await fails('BK_BOOTLOADER_PROTECTED', 'write', ...words);
    });

    it('a sector that is broken, with what flash holds', async () => {
      writeFileSync(join(folder(), 'image.bin'), noise(0x4000));
      const port = fastChip('&deadSector=0x102000');
      const words = ['--port', port, '--offset', '0x100000', '--backup', 'never', 'image.bin'];
      const said = await fails('BK_BAD_SECTOR', 'write', ...words);
      assert.match(said, /^Likely +Worn or broken flash sector \(\d+ %\): /m);
      assert.match(said, /^Flash holds +the new bytes, confirmed: 0x100000-0x101fff, 0x103000/m);
    });

    it('a file that cannot be read or written, a backup that cannot be made', async () => {
      writeFileSync(join(folder(), 'image.bin'), noise(0x2000));
      const port = fastChip();
      await fails('BK_STORAGE', 'inspect', 'nowhere.bin');
      await fails('BK_STORAGE', 'read', '--port', port, 'image.bin/x.bin');
      await fails('BK_STORAGE', 'read', '--port', port, '--memory', 'efuse', 'image.bin/x.bin');
      await fails(
        ...(['BK_BACKUP_FAILED', 'write', '--port', port, '--offset', '0x100000'] as const),
        ...['--backup-folder', 'image.bin/x', 'image.bin'],
      );
    });
  });

  it('comes to a sector boundary when it is told to end, and gives the state as JSON', async () => {
    const held = new HeldChip({ seed: nextSeed() });
    const port = await held.listen();
    writeFileSync(join(folder(), 'image.bin'), noise(0x20000));
    const isMidway = held.holdWhen(() => (held.chip.counters.programs[0x105] ?? 0) > 0);
    const running = pipe(
      [
        ...['write', '--port', port, '--offset', '0x100000', '--backup', 'never'],
        ...['--json', 'image.bin'],
      ],
      folder(),
    );
    await isMidway;
    running.kill('SIGTERM');
    await running.hears(/"topic":"notice"/);
    held.release();
    const { status, stdout } = await running.ended;
    assert.equal(status, 130);
    const { error } = JSON.parse(stdout);
    assert.equal(error.code, 'BK_CANCELLED');
    assert.ok(error.cause.state.old.length > 0);
    await held.close();
  });

  it('serves a simulated chip until it is told to end', async () => {
    const serving = pipe(['sim', '--chip', 't1', '--tcp', '0', '--speed', 'fast'], folder());
    const said = await serving.prints(/listens on tcp:.*\n/);
    const port = /tcp:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
    assert.equal(said, `Simulated BK7238 listens on ${port} (Ctrl+C ends it)\n`);
    const { status, stdout, stderr } = await run('connect', '--port', port);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Chip +BK7238$/m);
    await serving.prints(/ disconnected\n/);
    serving.kill('SIGINT');
    const ended = await serving.ended;
    assert.equal(ended.status, 0);
    assert.equal(ended.stderr, '');
  });

  it('says what a simulated chip cannot be', async () => {
    const { status, stderr } = await run('sim', '--lose', '1.5');
    assert.equal(status, 2);
    assert.match(stderr, /lose cannot be "1\.5"; allowed: a probability from 0 to 1/);
  });

  it('does not mind when nobody listens any more', async () => {
    writeFileSync(join(folder(), 'dump.bin'), noise(0x2000));
    const running = pipe(['inspect', 'dump.bin'], folder());
    running.deafen();
    const { status, stderr } = await running.ended;
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
  });
});
