import { crc32 } from 'node:zlib';
import { BkError, hex } from '../errors';
import { type Note, say } from '../texts/note';
import { requestIn } from '../trace/known-requests';
import type { Stretch } from '../trace/record-lines';
import type { ModemLines } from '../transport/transport';
import type { Step } from './script';
import { standInFor } from './stand-ins';

/** What the host does to a port. */
export type Act =
  | { kind: 'open' }
  | { kind: 'close' }
  | { kind: 'out'; bytes: Buffer }
  | { kind: 'baud'; baud: number }
  | ({ kind: 'lines' } & ModemLines);

/** A step of a record that the host brought about; all others come from the port. */
export type HostStep = Extract<Step, { kind: Act['kind'] }>;

const HOST_KINDS: readonly Step['kind'][] = ['open', 'close', 'out', 'baud', 'lines'];

export function isHostStep(step: Step): step is HostStep {
  return HOST_KINDS.includes(step.kind);
}

/** The index of the first step from here on that the host brought about; their number where there is none. */
export function nextHostStep(steps: readonly Step[], from: number): number {
  let index = from;
  while (index < steps.length && !isHostStep(steps[index] as Step)) index++;
  return index;
}

/** Whether what the host does is what the record has. */
export function fits(step: HostStep, act: Act): boolean {
  if (step.kind === 'out' && act.kind === 'out') return bytesFit(step.bytes, act.bytes);
  if (step.kind === 'baud' && act.kind === 'baud') return step.baud === act.baud;
  if (step.kind === 'lines' && act.kind === 'lines') {
    return step.rts === act.rts && step.dtr === act.dtr;
  }
  return step.kind === act.kind;
}

/** Bytes that are told have to be the same; of all others it is their number, and their checksum where it is told. */
function bytesFit(stretches: readonly Stretch[], bytes: Buffer): boolean {
  let at = 0;
  for (const one of stretches) {
    const length = typeof one === 'string' ? one.length / 2 : one.n;
    const part = bytes.subarray(at, at + length);
    if (part.length < length) return false;
    if (typeof one === 'string') {
      if (part.toString('hex') !== one) return false;
    } else if (one.crc !== undefined && crc32(part) !== Number.parseInt(one.crc, 16)) {
      return false;
    }
    at += length;
  }
  return at === bytes.length;
}

/** Where a record and what happens now part. */
export interface Parting {
  file: string;
  /** What the record has there; null where it ends. */
  step: HostStep | null;
  /** In the record, ms. */
  t: number;
  act: Act;
}

/** The error of a difference. Its message tells the line, the time, what the record has, and what came. */
export function differs({ file, step, t, act }: Parting): BkError {
  const came = nameOf(act);
  const text =
    step === null
      ? say('replay.recordEnds', { file, seconds: secondsOf(t), came })
      : say('replay.differs', {
          file,
          line: step.line,
          seconds: secondsOf(step.t),
          expected: nameOf(step),
          came,
        });
  return new BkError('BK_REPLAY', text, {
    advice: [say('replay.giveSameJob'), say('replay.lookBefore')],
  });
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function nameOf(one: Act | HostStep): string | Note {
  switch (one.kind) {
    case 'open':
      return say('replay.opening');
    case 'close':
      return say('replay.closing');
    case 'baud':
      return say('replay.rate', { baud: one.baud });
    case 'lines':
      return say('replay.lines', { rts: onOff(one.rts), dtr: onOff(one.dtr) });
    case 'out':
      return Buffer.isBuffer(one.bytes)
        ? commandOf(one.bytes, null)
        : commandOf(standInFor(one.bytes), one.bytes);
  }
}

function onOff(on: boolean): Note {
  return on ? say('replay.on') : say('replay.off');
}

/** @param told what the record has of it; null where the bytes are the true ones */
function commandOf(bytes: Buffer, told: readonly Stretch[] | null): Note {
  const request = requestIn(bytes);
  if (request === null) return say('replay.bytes', { count: bytes.length });
  const { command, payload, data } = request;
  const values = payload.toString('hex');
  if (data === 0) return say('replay.command', { name: command.name, values });
  const crc = told === null ? crc32(bytes.subarray(bytes.length - data)) : null;
  const last = told?.at(-1);
  const hidden = typeof last === 'object' ? last.crc : undefined;
  return say('replay.commandWithData', {
    name: command.name,
    address: hex(payload.readUInt32LE(0)),
    bytes: data,
    crc: crc === null ? (hidden ?? '?') : crc.toString(16).padStart(8, '0'),
  });
}
