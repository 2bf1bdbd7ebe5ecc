import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { BkError, type ErrorCode, textOf } from '../../errors';
import { type Note, say } from '../../texts/note';
import { listPorts } from './serial-ports';

/**
 * The library's errors carry no codes, only the operating system's words: the first row that fits tells.
 * Sources: the messages of serialport 13's bindings on Linux, macOS and Windows.
 */
const WORDS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/permission denied|operation not permitted|EACCES|EPERM/i, 'BK_PORT_DENIED'],
  [/lock port|temporarily unavailable|resource busy|access denied|EBUSY|EAGAIN/i, 'BK_PORT_BUSY'],
  [/no such (file|device)|file not found|not found|ENOENT|ENXIO|ENODEV/i, 'BK_PORT_NOT_FOUND'],
  [/inappropriate ioctl|not a (tty|typewriter)/i, 'BK_PORT_NOT_FOUND'],
  [
    /input\/output|disconnected|not open|closed|EIO|bad file descriptor|cancell?ed/i,
    'BK_PORT_LOST',
  ],
  [/invalid argument|baud/i, 'BK_BAD_SETTING'],
];

/** Which code fits an error of the serial port library; null where its words are not known. */
export function codeOf(reason: unknown): ErrorCode | null {
  const text = textOf(reason);
  return WORDS.find(([words]) => words.test(text))?.[1] ?? null;
}

/** The error for a port that could not be opened. */
export async function openingError(
  port: string,
  baudRate: number,
  reason: unknown,
): Promise<BkError> {
  switch (codeOf(reason)) {
    case 'BK_PORT_DENIED':
      return deniedError(port, reason);
    case 'BK_PORT_BUSY':
      return busyError(port, reason);
    case 'BK_PORT_LOST':
      return new BkError('BK_PORT_LOST', say('transport.portSilent', { port }), {
        phase: 'open',
        reason,
        advice: [say('transport.plugInAnew'), ...(await portAdvice())],
      });
    case 'BK_BAD_SETTING':
      return new BkError(
        'BK_BAD_SETTING',
        say('transport.notAtThatRate', { port, baud: baudRate }),
        {
          phase: 'open',
          reason,
          advice: [say('transport.chooseOtherBaud')],
        },
      );
    default:
      return notFoundError(whyNotFound(port, reason), reason);
  }
}

function whyNotFound(port: string, reason: unknown): Note {
  const text = textOf(reason);
  if (/inappropriate ioctl|not a (tty|typewriter)/i.test(text)) {
    return say('transport.isNoPort', { port });
  }
  return codeOf(reason) === null
    ? say('transport.notOpened', { port, reason: text })
    : say('transport.noSuchPort', { port });
}

export async function notFoundError(what: Note, reason?: unknown): Promise<BkError> {
  return new BkError('BK_PORT_NOT_FOUND', what, {
    phase: 'open',
    ...(reason === undefined ? {} : { reason }),
    advice: await portAdvice(),
  });
}

export function deniedError(port: string, reason: unknown): BkError {
  return new BkError('BK_PORT_DENIED', say('transport.mayNotOpen', { port }), {
    phase: 'open',
    reason,
    advice: [
      say('transport.addToDialout'),
      say('transport.passThrough', { port }),
      say('transport.addOnNeedsUart'),
    ],
  });
}

async function busyError(port: string, reason: unknown): Promise<BkError> {
  const holders = await processesHolding(port);
  const text =
    holders.length === 0
      ? say('transport.inUseByAnother', { port })
      : say('transport.inUseBy', {
          port,
          holders: holders.reduce((one, other) => say('transport.comma', { one, other })),
        });
  return new BkError('BK_PORT_BUSY', text, {
    phase: 'open',
    reason,
    advice: [say('transport.closeOtherProgram')],
  });
}

/** The error for a port that went away while it was open. */
export function lostError(port: string, reason: unknown): BkError {
  return new BkError('BK_PORT_LOST', say('transport.portGone', { port }), {
    ...(reason === null || reason === undefined ? {} : { reason }),
    advice: [say('transport.plugInAndLook')],
  });
}

async function portAdvice(): Promise<Note[]> {
  const ports = await listPorts();
  if (ports.length === 0) {
    return [say('transport.noPortsHere'), say('transport.passAnyThrough')];
  }
  return [
    say('transport.portsHere', { ports: ports.map(({ path }) => path).join(', ') }),
    say('transport.pathsById'),
  ];
}

/**
 * The other processes that have a device open, by name and number. Linux only, and only those that
 * this user may look at; empty where nothing can be told. Never fails.
 * @param proc where the kernel tells of processes; tests put their own in
 */
export async function processesHolding(path: string, proc = '/proc'): Promise<Note[]> {
  const device = await realpath(path).catch(() => path);
  const processes = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const holders: Note[] = [];
  for (const id of processes) {
    if (Number(id) === process.pid || !(await holds(join(proc, id), device))) continue;
    const name = (await readFile(join(proc, id, 'comm'), 'utf8').catch(() => '')).trim();
    holders.push(
      name === ''
        ? say('transport.namelessProcess', { id })
        : say('transport.process', { name, id }),
    );
  }
  return holders;
}

async function holds(process: string, device: string): Promise<boolean> {
  for (const descriptor of await readdir(join(process, 'fd')).catch(() => [])) {
    const target = await readlink(join(process, 'fd', descriptor)).catch(() => null);
    if (target === device) return true;
  }
  return false;
}
