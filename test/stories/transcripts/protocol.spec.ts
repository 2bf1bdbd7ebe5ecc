import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as commands from '../../../src/protocol/commands/command-table';
import { type Command, encodeRequest } from '../../../src/protocol/commands/command-table';
import { fromHex, understood } from '../../support/decode';

const FOLDER = path.resolve('../shared/data/transcripts');

/** How the arguments stand in a request's payload, by the protocol's description. */
const ARGUMENTS: Readonly<
  // biome-ignore lint/suspicious/noExplicitAny: commands of every kind
  Record<string, [Command<any, any>, (payload: Buffer) => unknown]>
> = {
  S00: [commands.linkCheck, () => undefined],
  S01: [
    commands.writeRegister,
    (payload) => ({ address: payload.readUInt32LE(0), value: payload.readUInt32LE(4) }),
  ],
  S03: [commands.readRegister, (payload) => ({ address: payload.readUInt32LE(0) })],
  S0f: [
    commands.setBaudRate,
    (payload) => ({ baudRate: payload.readUInt32LE(0), delayMs: payload.readUInt8(4) }),
  ],
  S10: [
    commands.checkCrc,
    (payload) => ({ start: payload.readUInt32LE(0), end: payload.readUInt32LE(4) }),
  ],
  S11: [commands.readBootVersion, () => undefined],
  L07: [
    commands.flashWrite4K,
    (payload) => ({ address: payload.readUInt32LE(0), data: payload.subarray(4) }),
  ],
  L09: [commands.flashRead4K, (payload) => ({ address: payload.readUInt32LE(0) })],
  L0c: [commands.readStatusRegister, (payload) => ({ register: payload.readUInt8(0) })],
  L0d: [
    commands.writeStatusRegister,
    (payload) => ({ register: payload.readUInt8(0), value: payload.subarray(1) }),
  ],
  L0e: [commands.readJedecId, () => undefined],
  L0f: [
    commands.flashErase,
    (payload) => ({ size: payload.readUInt8(0), address: payload.readUInt32LE(1) }),
  ],
};

/** Form, code and payload of a request, without the help of what is tested. */
function taken(request: Buffer): { key: string; payload: Buffer } {
  const long = request.subarray(3, 5).toString('hex') === 'fff4';
  const at = long ? 7 : 4;
  const code = request.subarray(at, at + 1).toString('hex');
  return { key: `${long ? 'L' : 'S'}${code}`, payload: request.subarray(at + 1) };
}

interface Spoken {
  line: number;
  request: Buffer;
  answers: Buffer[];
}

function spoken(text: string): Spoken[] {
  const all: Spoken[] = [];
  text.split('\n').forEach((row, index) => {
    const bytes = fromHex(row.slice(2).trim());
    if (row.startsWith('>')) all.push({ line: index + 1, request: bytes, answers: [] });
    if (row.startsWith('<')) all.at(-1)?.answers.push(bytes);
  });
  return all;
}

describe('what public tools recorded', () => {
  const names = existsSync(FOLDER)
    ? readdirSync(FOLDER).filter((name) => name.endsWith('.txt') && name.includes('-bk7231'))
    : [];
  if (names.length === 0) {
    it('is sent and understood in the same way', function () {
      console.log('      no recordings at', FOLDER);
      this.skip();
    });
  }
  for (const name of names) {
    it(`is sent and understood in the same way: ${name}`, () => {
      const all = spoken(readFileSync(path.join(FOLDER, name), 'utf8'));
      assert.ok(all.length > 5);
      for (const { line, request, answers } of all) {
        const { key, payload } = taken(request);
        const entry = ARGUMENTS[key];
        assert.ok(entry, `line ${line}: ${key}`);
        const [command, argumentsOf] = entry;
        const args = argumentsOf(payload);
        assert.ok(encodeRequest(command, args).equals(request), `line ${line}: ${command.name}`);
        assert.ok(answers.length > 0, `line ${line}: ${command.name} has an answer`);
        for (const answer of answers) {
          const got = understood(command, args, answer);
          assert.ok(got !== undefined && 'answer' in got, `line ${line}: ${command.name}'s answer`);
          assert.ok(command.answerBytes >= answer.length, `line ${line}: ${answer.length} bytes`);
        }
      }
    });
  }
});
