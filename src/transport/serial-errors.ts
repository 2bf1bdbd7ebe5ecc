import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { BkError, type ErrorCode, textOf } from '../errors';
import { listPorts } from './ports';

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
      return new BkError('BK_PORT_LOST', `${port} is there but does not answer`, {
        phase: 'open',
        reason,
        advice: ['Take the adapter out and plug it in again.', ...(await portAdvice())],
      });
    case 'BK_BAD_SETTING':
      return new BkError('BK_BAD_SETTING', `${port} cannot be opened at ${baudRate} baud`, {
        phase: 'open',
        reason,
        advice: ['Choose another baud.'],
      });
    default:
      return notFoundError(port, whyNotFound(reason), reason);
  }
}

function whyNotFound(reason: unknown): string {
  const text = textOf(reason);
  if (/inappropriate ioctl|not a (tty|typewriter)/i.test(text)) return 'it is no serial port';
  return codeOf(reason) === null ? text : 'there is no such port';
}

/** @param why completes "/dev/ttyUSB0 cannot be opened: …" */
export async function notFoundError(port: string, why: string, reason?: unknown): Promise<BkError> {
  return new BkError('BK_PORT_NOT_FOUND', `${port} cannot be opened: ${why}`, {
    phase: 'open',
    ...(reason === undefined ? {} : { reason }),
    advice: await portAdvice(),
  });
}

export function deniedError(port: string, reason: unknown): BkError {
  return new BkError('BK_PORT_DENIED', `This user may not open ${port}`, {
    phase: 'open',
    reason,
    advice: [
      'Add the user that runs Node-RED to the group "dialout" (sudo usermod -aG dialout <user>), and start Node-RED anew.',
      `In a container: pass the device through (--device ${port}).`,
      'In a Home Assistant add-on: it needs "uart: true".',
    ],
  });
}

async function busyError(port: string, reason: unknown): Promise<BkError> {
  const holders = await processesHolding(port);
  const who = holders.length > 0 ? holders.join(', ') : 'another program';
  return new BkError('BK_PORT_BUSY', `${port} is in use by ${who}`, {
    phase: 'open',
    reason,
    advice: [
      'Close the program that uses the port (a serial monitor, another flasher, ModemManager), and start the job again.',
    ],
  });
}

/** The error for a port that went away while it was open. */
export function lostError(port: string, reason: unknown): BkError {
  return new BkError('BK_PORT_LOST', `${port} is gone`, {
    ...(reason === null || reason === undefined ? {} : { reason }),
    advice: [
      'Plug the adapter in again. If it went away by itself, look at its cable and its supply.',
    ],
  });
}

async function portAdvice(): Promise<string[]> {
  const ports = await listPorts();
  if (ports.length === 0) {
    return [
      'This computer has no serial port: plug the adapter in.',
      'In a container: pass the device through; in a Home Assistant add-on it needs "uart: true".',
    ];
  }
  return [
    `Ports of this computer: ${ports.map(({ path }) => path).join(', ')}.`,
    'A path below /dev/serial/by-id stays the same when the adapter is plugged in elsewhere.',
  ];
}

/**
 * The other processes that have a device open, as `name (process 123)`. Linux only, and only those that
 * this user may look at; empty where nothing can be told. Never fails.
 * @param proc where the kernel tells of processes; tests put their own in
 */
export async function processesHolding(path: string, proc = '/proc'): Promise<string[]> {
  const device = await realpath(path).catch(() => path);
  const processes = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const holders: string[] = [];
  for (const id of processes) {
    if (Number(id) === process.pid || !(await holds(join(proc, id), device))) continue;
    const name = await readFile(join(proc, id, 'comm'), 'utf8').catch(() => '');
    holders.push(`${name.trim() || 'a program'} (process ${id})`);
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
