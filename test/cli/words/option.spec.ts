import assert from 'node:assert/strict';
import { COMMANDS } from '../../../cli/run';
import { nearest, readWords } from '../../../cli/words/read-words';
import { english } from '../../support/english';

function grammar(name: string) {
  const found = COMMANDS.find((command) => command.name === name);
  assert.ok(found, name);
  return found;
}

/** What a command makes of words that it understands. */
function understood(name: string, words: string[]) {
  const read = readWords(grammar(name), words);
  assert.ok(read.ok, read.ok ? '' : english(read.why));
  return { options: read.options, operand: read.operand };
}

/** Why it refuses others. */
function refusal(name: string, words: string[]): string {
  const read = readWords(grammar(name), words);
  assert.ok(!read.ok, `${words.join(' ')} was understood`);
  return english(read.why);
}

const PORT = ['--port', 'COM4'];
const DEVICE = {
  port: 'COM4',
  chip: 'auto',
  baud: 'auto',
  reset: 'auto',
  linkTimeout: 60,
  after: 'reboot',
};

describe('bk72xx: words that are understood', () => {
  it('those that are left out stand for what the nodes do', () => {
    assert.deepEqual(understood('connect', PORT), {
      options: { ...DEVICE, json: false },
      operand: null,
    });
    assert.deepEqual(understood('read', PORT), {
      options: {
        ...DEVICE,
        memory: 'flash',
        keep: 0,
        keepDays: 0,
        keepFirst: true,
        incremental: true,
        fileMode: 'owner',
        json: false,
      },
      operand: null,
    });
    assert.deepEqual(understood('write', [...PORT, 'lamp.bin']), {
      options: {
        ...DEVICE,
        offset: 'auto',
        part: 'image',
        unchanged: 'skip',
        bootloader: 'keep',
        anyImage: false,
        dryRun: false,
        startCheck: false,
        fileMode: 'owner',
        backup: 'once',
        backupFolder: 'bk-backups',
        json: false,
      },
      operand: 'lamp.bin',
    });
    assert.deepEqual(understood('erase', PORT), {
      options: {
        ...DEVICE,
        region: 'app',
        calibration: 'keep',
        fileMode: 'owner',
        bootloader: 'keep',
        backup: 'once',
        backupFolder: 'bk-backups',
        dryRun: false,
        json: false,
      },
      operand: null,
    });
    assert.deepEqual(understood('inspect', ['x.bin']).options, { secrets: 'hide', json: false });
    assert.deepEqual(understood('ports', []), { options: { json: false }, operand: null });
  });

  it('values in the words of the nodes, as people type them', () => {
    const { options } = understood('write', [
      ...['--port=/dev/ttyUSB0', '--chip', 'bk7231n', '--baud', '921600', '--reset=rts-inverted'],
      ...['--link-timeout', '2.5', '--after', 'leave', '--offset', '0x11000', '--skip', '64K'],
      ...['--length', '2M', '--unchanged', 'rewrite', '--bootloader', 'replace', '--part', 'rf'],
      ...['--backup', 'never', '--backup-folder', '/safe', '--any-image', '--dry-run', '--json'],
      '--file-mode=group',
      ...['--openbeken', 'lamp.json', 'lamp.bin'],
    ]);
    assert.deepEqual(options, {
      port: '/dev/ttyUSB0',
      chip: 'BK7231N',
      baud: 921_600,
      reset: 'rts-inverted',
      linkTimeout: 2.5,
      after: 'leave',
      offset: 0x11000,
      part: 'rf',
      skip: 65_536,
      length: 2_097_152,
      unchanged: 'rewrite',
      bootloader: 'replace',
      anyImage: true,
      dryRun: true,
      startCheck: false,
      fileMode: 'group',
      backup: 'never',
      backupFolder: '/safe',
      openbeken: 'lamp.json',
      json: true,
    });
  });

  it('names as a flow file has them, too', () => {
    const { options } = understood('write', [
      ...PORT,
      ...['--linkTimeout=5', '--dryRun', '--backupFolder', 'x', '--ANY-IMAGE', 'y.bin'],
    ]);
    assert.equal(options.linkTimeout, 5);
    assert.equal(options.dryRun, true);
    assert.equal(options.backupFolder, 'x');
    assert.equal(options.anyImage, true);
  });

  it('names by which people know chips', () => {
    assert.equal(understood('connect', [...PORT, '--chip', 't2']).options.chip, 'BK7231N');
  });

  it('the opposite of what is on', () => {
    assert.equal(understood('read', [...PORT, '--no-incremental']).options.incremental, false);
    assert.equal(understood('read', [...PORT, '--incremental']).options.incremental, true);
  });

  it('names of files that look like options', () => {
    assert.equal(understood('read', [...PORT, '-']).operand, '-');
    assert.equal(understood('read', [...PORT, '--', '--port']).operand, '--port');
    assert.equal(understood('read', [...PORT, '--folder=-x']).options.folder, '-x');
  });
});

describe('bk72xx: words that are refused', () => {
  for (const [name, words, why] of [
    ['write', ['--prt', 'x'], '"--prt" is no option of write; did you mean --port?'],
    ['inspect', ['--port', 'x'], '"--port" is no option of inspect; it has --secrets, --json.'],
    ['inspect', ['-x'], '"-x" is no option of inspect; it has --secrets, --json.'],
    ['connect', [...PORT, '--port', 'COM5'], '--port is given twice.'],
    [
      'connect',
      [...PORT, '--linkTimeout', '1', '--link-timeout', '2'],
      '--link-timeout is given twice.',
    ],
    ['connect', [...PORT, '--json=yes'], '--json stands alone and takes no "yes".'],
    ['connect', ['--port'], '--port needs a value: a text.'],
    ['connect', ['--port', '--json'], '--port needs a value: a text.'],
    ['connect', ['--port', ''], '--port is "", but has to be a text.'],
    [
      'connect',
      [],
      '--port is missing: serial port, as /dev/ttyUSB0 or COM4; or rfc2217://host:port, tcp://host:port, sim://bk7231n, replay://file.',
    ],
    ['connect', [...PORT, 'COM5'], '"COM5" is one word too many: connect takes options only.'],
    ['write', PORT, 'write needs FILE.'],
    ['write', [...PORT, 'a', 'b'], '"b" is one word too many: write takes one FILE.'],
    [
      'read',
      [...PORT, '--length', '-5'],
      '--length needs a value: a whole number of bytes: decimal, hex like 0x11000, or like 64K or 2M.',
    ],
    [
      'read',
      [...PORT, '--length=1.5K'],
      '--length is "1.5K", but has to be a whole number of bytes: decimal, hex like 0x11000, or like 64K or 2M.',
    ],
    ['read', [...PORT, '--keep=-1'], '--keep is "-1", but has to be a whole number, 0 or more.'],
    [
      'read',
      [...PORT, '--memory', 'ram'],
      '--memory is "ram", but has to be one of flash, rom, efuse, otp, openbeken, littlefs.',
    ],
    [
      'connect',
      [...PORT, '--baud', 'fast'],
      '--baud is "fast", but has to be auto, or a whole number of bits per second.',
    ],
    [
      'connect',
      [...PORT, '--baud', '0'],
      '--baud is "0", but has to be auto, or a whole number of bits per second.',
    ],
    [
      'connect',
      [...PORT, '--link-timeout', '1m'],
      '--link-timeout is "1m", but has to be a number of seconds, 0 or more.',
    ],
    [
      'write',
      [...PORT, '--offset', 'here', 'x'],
      '--offset is "here", but has to be auto, or a whole number of bytes: decimal, hex like 0x11000, or like 64K or 2M.',
    ],
  ] as const) {
    it(`${name} ${words.join(' ')}`, () => assert.equal(refusal(name, [...words]), why));
  }

  it('and a chip that there is none of, with those that there are', () => {
    assert.match(
      refusal('connect', [...PORT, '--chip', 'ESP32']),
      /^--chip is "ESP32", but has to be one of auto, BK7231T, .*BK7258\.$/,
    );
  });

  it('and tell what was probably meant, unless it could be anything', () => {
    assert.equal(nearest('raed', ['read', 'erase']), 'read');
    assert.equal(nearest('wrte', ['read', 'write']), 'write');
    assert.equal(nearest('flash', ['read', 'write']), null);
    assert.equal(nearest('x', ['read', 'sim']), null);
  });
});

describe('bk72xx sim: words', () => {
  it('are those of a simulated chip, whether spelled as in its address or not', () => {
    const words = ['--chip', 'bk7238', '--tcp=0', '--srPunish', '--size', '0x400000'];
    assert.deepEqual(understood('sim', words).options, {
      host: '127.0.0.1',
      tcp: 0,
      chip: 'bk7238',
      srPunish: '',
      size: '0x400000',
    });
    const others = ['--sr-punish', 'false', '--baudLimit', '115200', '--dead-sector=64K'];
    assert.deepEqual(understood('sim', others).options, {
      host: '127.0.0.1',
      tcp: 7231,
      chip: 'bk7231n',
      srPunish: 'false',
      baudLimit: '115200',
      deadSector: '64K',
    });
    assert.equal(understood('sim', ['--sr-punish']).options.srPunish, '');
  });

  it('are refused where no port or chip is meant', () => {
    assert.match(refusal('sim', ['--tcp', '70000']), /tcp.*0 to 65535/);
    assert.match(refusal('sim', ['bk7231n']), /"bk7231n" is one word too many/);
  });
});
