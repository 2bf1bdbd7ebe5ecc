import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBkError } from '../../src';
import { COMMANDS, type Command } from '../../src/protocol/commands/command-table';
import { Replays } from '../../src/replay/replays';
import { Exchanger } from '../../src/session/exchange/exchanger';
import { identify } from '../../src/session/identify/identify';
import { link } from '../../src/session/link/link';
import { type RecordedJob, Recorder } from '../../src/trace/recorder';
import { ScriptedTransport } from '../../test/support/scripted-transport';
import { VirtualClock } from '../../test/support/virtual-clock';
import type { Outcome, Section, SurviveOptions } from './section';

type Random = () => number;
// biome-ignore lint/suspicious/noExplicitAny: a list of commands of every kind
type AnyCommand = Command<any, any>;

/** No answer may take longer than the slowest work with its reserve, ms. */
const LONGEST_MS = 130_000;
/** One whole linking and identifying for so many single answers. */
const ANSWERS_PER_SESSION = 250;
const SESSION_LIMIT_MS = 10 * 60_000;
/** Of so many of them the record is played again. */
const REPLAYED = 100;
const RECORDED: RecordedJob = {
  operation: 'connect',
  options: {},
  port: 'scripted',
  settings: {
    chip: 'auto',
    baud: 'auto',
    reset: 'none',
    linkTimeout: 5,
    idle: 0,
    after: 'leave',
  },
  recording: 'all',
  onLine: undefined,
};

const ARGUMENTS: Readonly<Record<string, unknown>> = {
  WriteReg: { address: 0x800074, value: 0x101 },
  ReadReg: { address: 0x800000 },
  SetBaudRate: { baudRate: 921_600, delayMs: 20 },
  CheckCRC: { start: 0x11000, end: 0x12000 },
  FlashWrite: { address: 0x11000, data: Buffer.alloc(256, 0x5a) },
  FlashWrite4K: { address: 0x11000, data: Buffer.alloc(4096, 0x5a) },
  FlashRead4K: { address: 0x11000 },
  FlashReadSR: { register: 5 },
  FlashWriteSR: { register: 1, value: Buffer.from([0, 0]) },
  FlashErase: { size: 0x20, address: 0x11000 },
};

/** Random and mutated answers to every command. */
export const fuzz: Section = {
  name: 'fuzz',
  about: 'random and mutated answers: only typed errors, no timer left, an end in bounded time',
  run: async (options: SurviveOptions): Promise<Outcome> => {
    const misses: string[] = [];
    const random = randomFrom(options.seeds);
    const asked = COMMANDS.filter((command) => command.answer !== null);
    const table = [['command', 'answers', 'taken', 'silence', 'refused', 'other']];
    const each = Math.ceil(options.fuzz / asked.length);
    for (const command of asked) {
      const counts = { taken: 0, silence: 0, refused: 0, other: 0 };
      for (let index = 0; index < each && misses.length < 20; index++) {
        counts[await oneAnswer(command, random, misses)]++;
      }
      table.push([command.name, String(each), ...Object.values(counts).map(String)]);
    }
    const sessions = Math.max(1, Math.ceil(options.fuzz / ANSWERS_PER_SESSION));
    const ends = new Map<string, number>();
    const replays = { same: 0, parted: 0 };
    for (let index = 0; index < sessions && misses.length < 20; index++) {
      const end = await oneSession(random, misses, index < REPLAYED ? replays : null);
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    const list = [...ends].map(([end, count]) => `${end} ${count}`).join(', ');
    const notes = [
      `link and identify ${sessions} times: ${list}`,
      `${replays.same} of their records replayed to the same end, ${replays.parted} told a difference`,
    ];
    return { table, misses, notes };
  },
};

async function oneAnswer(
  command: AnyCommand,
  random: Random,
  misses: string[],
): Promise<'taken' | 'silence' | 'refused' | 'other'> {
  const clock = new VirtualClock();
  const transport = new ScriptedTransport(clock);
  const exchanger = new Exchanger(transport, clock);
  const args = ARGUMENTS[command.name];
  const answer = madeUp(command, args, random);
  transport.onWrite = () => say(transport, answer, random);
  const start = clock.now();
  let end: 'taken' | 'silence' | 'refused' | 'other';
  try {
    await exchanger.sendOnce(command, args);
    end = 'taken';
  } catch (error) {
    if (!isBkError(error)) {
      misses.push(`${command.name}: ${String(error)} on ${answer.toString('hex').slice(0, 80)}`);
      return 'other';
    }
    if (error.code === 'BK_NO_RESPONSE') end = 'silence';
    else end = error.code === 'BK_BAD_RESPONSE' ? 'refused' : 'other';
  }
  const ms = clock.now() - start;
  if (ms > LONGEST_MS) misses.push(`${command.name}: ended only after ${ms} ms`);
  // What is still to be said is the script's own timer.
  await clock.advance(LONGEST_MS);
  if (clock.pending > 0) misses.push(`${command.name}: ${clock.pending} timers left`);
  return end;
}

/**
 * A talker that has an answer to everything, always the same one as a chip would, and that is spoilt now and
 * then: from hardly ever to most of the time.
 */
async function oneSession(
  random: Random,
  misses: string[],
  replays: { same: number; parted: number } | null,
): Promise<string> {
  const clock = new VirtualClock();
  const transport = new ScriptedTransport(clock);
  const recorder = new Recorder(clock);
  recorder.beginJob(RECORDED);
  recorder.beginLink();
  const exchanger = new Exchanger(recorder.tap(transport), clock);
  const spoiling = random() ** 2;
  const said = new Map<string, Buffer>();
  transport.onWrite = (request) => {
    const key = request.toString('hex');
    const command = byCode(request);
    if (command === undefined) return;
    let answer = said.get(key) ?? rightAnswer(command, argumentsOf(command, request), random);
    said.set(key, answer);
    if (command.name === 'LinkCheck') answer = LINK_ANSWER;
    else if (random() < spoiling) answer = spoil(answer, random);
    say(transport, answer, random);
  };
  const start = clock.now();
  const end = await linkAndIdentify(exchanger, misses);
  if (end === 'fault') return end;
  if (replays !== null) {
    recorder.endJob();
    const again = await endAgain(recorder.record.text(), misses);
    if (again === end) replays.same++;
    // Bytes that are part of no answer are in no record: a half of one may have become whole by them.
    else if (again === 'BK_REPLAY') replays.parted++;
    else misses.push(`identify ended with ${again} against its record, not ${end}`);
  }
  return await ended();

  async function ended(): Promise<string> {
    const ms = clock.now() - start;
    if (ms > SESSION_LIMIT_MS)
      misses.push(`identify ended only after ${Math.round(ms)} ms (${end})`);
    await clock.advance(LONGEST_MS);
    if (clock.pending > 0) misses.push(`identify: ${clock.pending} timers left (${end})`);
    return end;
  }
}

/** @returns `identified`, a code, or `fault` where it is one of the program */
async function linkAndIdentify(exchanger: Exchanger, misses: string[]): Promise<string> {
  let linked = false;
  try {
    await link(exchanger, { reset: 'none', timeoutMs: 5000 });
    linked = true;
    await identify(exchanger);
    return 'identified';
  } catch (error) {
    if (isBkError(error)) return error.code;
    misses.push(`${linked ? 'identify' : 'link'}: ${String(error)}`);
    return 'fault';
  }
}

/** How the same ends against the record of it. */
async function endAgain(record: string, misses: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bk72xx-fuzz-'));
  const file = join(folder, 'record.jsonl');
  try {
    writeFileSync(file, record);
    const clock = new VirtualClock();
    const line = new Replays().open(`replay://${file}`, clock);
    return await linkAndIdentify(new Exchanger(line, clock), misses);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const LINK_ANSWER = Buffer.from('040e0501e0fc0100', 'hex');

/** Only their bytes count: an answer echoes what was sent. */
function argumentsOf(command: AnyCommand, request: Buffer): unknown {
  const own = ARGUMENTS[command.name];
  if (own === undefined || !('address' in (own as object))) return own;
  const head = command.form === 'long' ? 8 : 5;
  const at = command.name === 'FlashErase' ? head + 1 : head;
  return { ...(own as object), address: request.readUInt32LE(at) };
}

function byCode(request: Buffer): AnyCommand | undefined {
  const long = request[3] === 0xff && request[4] === 0xf4;
  const code = request[long ? 7 : 4];
  return COMMANDS.find((one) => one.code === code && (one.form === 'long') === long && one.answer);
}

/** Pieces of any size, soon or late. */
function say(transport: ScriptedTransport, bytes: Buffer, random: Random): void {
  let at = 0;
  let ms = random() * 5;
  for (let piece = 0; at < bytes.length && piece < 6; piece++) {
    const left = bytes.length - at;
    const length = piece === 5 ? left : 1 + Math.floor(random() * left);
    transport.say(Buffer.from(bytes.subarray(at, at + length)), ms);
    at += length;
    ms += random() < 0.05 ? random() * 3000 : random() * 3;
  }
}

/** The right answer, and what fate makes of it. */
function madeUp(command: AnyCommand, args: unknown, random: Random): Buffer {
  if (random() < 0.15) return bytesOf(Math.floor(random() * 64), random);
  let answer = rightAnswer(command, args, random);
  const spoilings = Math.floor(random() * 4);
  for (let count = 0; count < spoilings; count++) answer = spoil(answer, random);
  return answer;
}

function rightAnswer(command: AnyCommand, args: unknown, random: Random): Buffer {
  const shape = command.answer;
  if (shape === null) return Buffer.alloc(0);
  const length = command.name === 'FlashWriteSR' ? shape.maximum : shape.minimum;
  const payload = bytesOf(length, random);
  // Most answers begin with an echo of what was asked.
  const echo = args === undefined ? Buffer.alloc(1) : Buffer.from(command.payload(args));
  payload.set(echo.subarray(0, payload.length));
  if (command.name === 'FlashWrite') payload[4] = 0; // 256 bytes, counted in eight bits
  if (shape.form === 'short') {
    return Buffer.from([4, 0x0e, payload.length + 4, 1, 0xe0, 0xfc, shape.code, ...payload]);
  }
  const stated = payload.length + 2;
  const status = random() < 0.8 ? 0 : Math.floor(random() * 256);
  const head = [4, 0x0e, 0xff, 1, 0xe0, 0xfc, 0xf4, stated & 0xff, stated >> 8, shape.code, status];
  return Buffer.concat([Buffer.from(head), payload]);
}

function spoil(answer: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * answer.length);
  const copy = Buffer.from(answer);
  switch (Math.floor(random() * 6)) {
    case 0:
      copy[at] = Math.floor(random() * 256);
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1)]);
    case 3:
      return Buffer.concat([bytesOf(Math.floor(random() * 20), random), copy]);
    case 4:
      return Buffer.concat([copy, copy]);
    default:
      if (copy.length > 8) copy[Math.floor(random() * 11)] = Math.floor(random() * 256);
      return copy;
  }
}

function bytesOf(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

/** Source: mulberry32. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
