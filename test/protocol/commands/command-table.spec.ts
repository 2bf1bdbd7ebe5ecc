import assert from 'node:assert/strict';
import * as commands from '../../../src/protocol/commands/command-table';
import {
  COMMANDS,
  type Command,
  encodeRequest,
} from '../../../src/protocol/commands/command-table';
import { fromHex, understood } from '../../support/decode';

const SECTOR_HEX = Array.from({ length: 4096 }, (_, at) =>
  ((at * 7 + 3) & 0xff).toString(16).padStart(2, '0'),
).join('');
const SECTOR = fromHex(SECTOR_HEX);
const PAGE = SECTOR.subarray(0, 256);

/** One row of the protocol's description, written out by hand with an example. */
interface Row {
  // biome-ignore lint/suspicious/noExplicitAny: rows of every kind
  command: Command<any, any>;
  code: string;
  args: unknown;
  request: string;
  /** Its answer; null where none comes. */
  answer: string | null;
  /** What the answer says. */
  says?: unknown;
  /** Payload bytes (behind the status of a long answer) that repeat the request, from and to. */
  echo?: readonly [from: number, to: number];
}

const ROWS: readonly Row[] = [
  {
    command: commands.linkCheck,
    code: 'S 00',
    args: undefined,
    request: '01e0fc 01 00',
    answer: '040e 05 01e0fc 01 00',
    says: true,
    echo: [0, 1],
  },
  {
    command: commands.writeRegister,
    code: 'S 01',
    args: { address: 0x800074, value: 0x80000f01 },
    request: '01e0fc 09 01 74008000 010f0080',
    answer: '040e 0c 01e0fc 01 74008000 010f0080',
    says: true,
    echo: [0, 8],
  },
  {
    command: commands.readRegister,
    code: 'S 03',
    args: { address: 0x44010004 },
    request: '01e0fc 05 03 04000144',
    answer: '040e 0c 01e0fc 03 04000144 1c2307ff',
    says: 0xff07231c,
    echo: [0, 4],
  },
  {
    command: commands.reboot,
    code: 'S 0e',
    args: undefined,
    request: '01e0fc 02 0e a5',
    answer: null,
  },
  {
    command: commands.setBaudRate,
    code: 'S 0f',
    args: { baudRate: 921600, delayMs: 20 },
    request: '01e0fc 06 0f 00100e00 14',
    answer: '040e 09 01e0fc 0f 00100e00 14',
    says: true,
    echo: [0, 5],
  },
  {
    command: commands.checkCrc,
    code: 'S 10',
    args: { start: 0x11000, end: 0x11fff },
    request: '01e0fc 09 10 00100100 ff1f0100',
    answer: '040e 08 01e0fc 10 456ebe1e',
    says: 0x1ebe6e45,
  },
  {
    command: commands.readBootVersion,
    code: 'S 11',
    args: undefined,
    request: '01e0fc 01 11',
    answer: '040e 0a 01e0fc 11 312e302e3600',
    says: '1.0.6',
  },
  {
    command: commands.registerReboot,
    code: 'S fe',
    args: undefined,
    request: '01e0fc 05 fe 95279527',
    answer: null,
  },
  {
    command: commands.flashWrite,
    code: 'L 06',
    args: { address: 0x12300, data: PAGE },
    request: `01e0fc fff4 0501 06 00230100 ${SECTOR_HEX.slice(0, 512)}`,
    // Eight bits count 256 bytes as 0.
    answer: '040eff 01e0fc f4 0700 06 00 00230100 00',
    says: true,
    echo: [0, 5],
  },
  {
    command: commands.flashWrite4K,
    code: 'L 07',
    args: { address: 0x1f0000, data: SECTOR },
    request: `01e0fc fff4 0510 07 00001f00 ${SECTOR_HEX}`,
    answer: '040eff 01e0fc f4 0600 07 00 00001f00',
    says: true,
    echo: [0, 4],
  },
  {
    command: commands.flashRead4K,
    code: 'L 09',
    args: { address: 0x200000 },
    request: '01e0fc fff4 0500 09 00002000',
    answer: `040eff 01e0fc f4 0610 09 00 00002000 ${SECTOR_HEX}`,
    says: SECTOR,
    echo: [0, 4],
  },
  {
    command: commands.readStatusRegister,
    code: 'L 0c',
    args: { register: 0x35 },
    request: '01e0fc fff4 0200 0c 35',
    answer: '040eff 01e0fc f4 0400 0c 00 35 06',
    says: 6,
    echo: [0, 1],
  },
  {
    command: commands.writeStatusRegister,
    code: 'L 0d',
    args: { register: 0x01, value: fromHex('8006') },
    request: '01e0fc fff4 0400 0d 01 8006',
    answer: '040eff 01e0fc f4 0500 0d 00 01 8006',
    says: true,
    echo: [0, 3],
  },
  {
    command: commands.readJedecId,
    code: 'L 0e',
    args: undefined,
    request: '01e0fc fff4 0500 0e 9f000000',
    answer: '040eff 01e0fc f4 0600 0e 00 00 eb6015',
    says: fromHex('eb6015'),
  },
  {
    command: commands.flashErase,
    code: 'L 0f',
    args: { size: 0xd8, address: 0x120000 },
    request: '01e0fc fff4 0600 0f d8 00001200',
    answer: '040eff 01e0fc f4 0700 0f 00 d8 00001200',
    says: true,
    echo: [0, 5],
  },
];

const headerOf = (row: Row) => (row.code.startsWith('S') ? 7 : 11);

function withAnswer(each: (row: Row, answer: Buffer) => void): void {
  for (const row of ROWS) {
    if (row.answer !== null) each(row, fromHex(row.answer));
  }
}

describe('the table of commands', () => {
  it('holds the commands of the protocol, each once, with its form and code', () => {
    const key = ({ form, code }: Command<never, unknown>) =>
      `${form === 'short' ? 'S' : 'L'} ${code.toString(16).padStart(2, '0')}`;
    assert.deepEqual(COMMANDS.map(key).sort(), ROWS.map(({ code }) => code).sort());
    for (const row of ROWS) assert.equal(key(row.command), row.code, row.command.name);
  });

  it('gives every command a name of its own', () => {
    assert.equal(new Set(COMMANDS.map(({ name }) => name)).size, COMMANDS.length);
  });

  it('holds no command that erases the whole chip', () => {
    assert.ok(!COMMANDS.some(({ form, code }) => form === 'long' && code === 0x0a));
  });

  it('encodes every request byte for byte', () => {
    for (const { command, args, request } of ROWS) {
      assert.equal(
        encodeRequest(command, args).toString('hex'),
        request.replaceAll(' ', ''),
        command.name,
      );
    }
  });

  it('knows which commands have no answer', () => {
    for (const { command, answer } of ROWS) {
      assert.equal(command.answer === null, answer === null, command.name);
      if (answer === null) assert.equal(command.answerBytes, 0, command.name);
    }
  });

  it('understands the answer of every command', () => {
    withAnswer((row, answer) => {
      assert.deepEqual(understood(row.command, row.args, answer), { answer: row.says }, row.code);
    });
  });

  it('reckons with the bytes that an answer has', () => {
    withAnswer((row, answer) => {
      assert.ok(row.command.answerBytes >= answer.length, row.command.name);
    });
  });

  it('accepts no answer in which any bit of what it repeats is another', () => {
    withAnswer((row, answer) => {
      const [from, to] = row.echo ?? [0, 0];
      for (let at = headerOf(row) + from; at < headerOf(row) + to; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const other = Buffer.from(answer);
          other[at] = (other[at] as number) ^ (1 << bit);
          const got = understood(row.command, row.args, other);
          assert.equal(got, undefined, `${row.command.name}, byte ${at}, bit ${bit}`);
        }
      }
    });
  });

  it('accepts no answer of another command', () => {
    withAnswer((row, answer) => {
      for (const other of ROWS) {
        if (other === row) continue;
        assert.equal(
          understood(other.command, other.args, answer),
          undefined,
          `${row.command.name}'s answer to ${other.command.name}`,
        );
      }
    });
  });

  it('takes a status other than 0 for a refusal, with the echo or without it', () => {
    withAnswer((row, answer) => {
      if (!row.code.startsWith('L')) return;
      for (const status of [1, 6, 255]) {
        const refusal = Buffer.from(answer);
        refusal[10] = status;
        assert.deepEqual(understood(row.command, row.args, refusal), { refused: status }, row.code);
        const bare = Buffer.from(refusal.subarray(0, 11));
        bare.writeUInt16LE(2, 7);
        assert.deepEqual(understood(row.command, row.args, bare), { refused: status }, row.code);
      }
    });
  });

  it("does not take another address' or register's refusal for its own", () => {
    withAnswer((row, answer) => {
      if (!row.code.startsWith('L') || row.echo === undefined) return;
      const refusal = Buffer.from(answer);
      refusal[10] = 1;
      refusal[11] = (refusal[11] as number) ^ 0x40;
      assert.equal(understood(row.command, row.args, refusal), undefined, row.command.name);
    });
  });

  it('takes status registers of one byte and of two', () => {
    const args = { register: 0x01, value: fromHex('00') };
    const request = encodeRequest(commands.writeStatusRegister, args);
    assert.equal(request.toString('hex'), '01e0fcfff403000d0100');
    const one = '040eff01e0fcf404000d000100';
    assert.deepEqual(understood(commands.writeStatusRegister, args, one), { answer: true });
    const two = '040eff01e0fcf405000d00010000';
    assert.equal(understood(commands.writeStatusRegister, args, two), undefined);
  });

  it('counts a short page in the answer of FlashWrite', () => {
    const args = { address: 0x11000, data: PAGE.subarray(0, 16) };
    const answer = (count: string) => `040eff01e0fcf40700060000100100${count}`;
    assert.deepEqual(understood(commands.flashWrite, args, answer('10')), { answer: true });
    assert.equal(understood(commands.flashWrite, args, answer('00')), undefined);
  });

  it('takes a lone 07 for a bootloader that tells no version', () => {
    assert.deepEqual(understood(commands.readBootVersion, undefined, '040e0501e0fc1107'), {
      answer: null,
    });
    assert.deepEqual(understood(commands.readBootVersion, undefined, '040e0901e0fc11312e302e36'), {
      answer: '1.0.6',
    });
  });
});
