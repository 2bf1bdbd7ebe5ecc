import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { until } from '../until';
import type { ServedChip } from './served-chip';

/** A program that serves a serial port by RFC 2217, as people have it. */
export interface RealServer {
  name: string;
  /** For command lines. */
  id: string;
  /** The fastest rate that its own table has of those in use, bits per second. */
  fastest: number;
  /** What has to be installed. */
  needs: readonly string[];
  /** Serves a chip on a port of loopback until it is stopped. */
  start(served: ServedChip, port?: number): Promise<Running>;
}

export interface Running {
  port: number;
  stop(): Promise<void>;
}

const SCRIPT = '/usr/share/doc/python3-serial/examples/rfc2217_server.py';
/** Debian's own, for which its python3-serial is installed. */
const PYTHON = '/usr/bin/python3';

export const REAL_SERVERS: readonly RealServer[] = [
  {
    name: 'ser2net',
    id: 'ser2net',
    fastest: 921_600,
    needs: ['/usr/sbin/ser2net'],
    start: (served, port) => startSer2net(served, 'telnet(rfc2217),tcp', port),
  },
  {
    name: 'sredird',
    id: 'sredird',
    // It knows those of old systems only; asked for another it takes 9600, and says so.
    fastest: 460_800,
    needs: ['/usr/sbin/sredird'],
    start: startSredird,
  },
  {
    name: "pyserial's rfc2217_server.py",
    id: 'pyserial',
    fastest: 921_600,
    needs: [SCRIPT, PYTHON],
    start: async (served, port) => {
      const own = port ?? (await freePort());
      return listening(own, PYTHON, [SCRIPT, '-p', String(own), served.path], served);
    },
  },
];

/** The same ser2net, without commands for rate and modem lines. */
export const RAW_SER2NET: RealServer = {
  name: 'ser2net with raw bytes',
  id: 'ser2net-raw',
  fastest: 115_200,
  needs: ['/usr/sbin/ser2net'],
  start: (served, port) => startSer2net(served, 'tcp', port),
};

/** What is missing to run a server here, as a sentence; null where nothing is. */
export function missingFor({ name, needs }: RealServer): string | null {
  if (process.platform !== 'linux') return `${name} is tried on Linux only`;
  const missing = needs.filter((path) => !existsSync(path));
  if (!hasCompiler()) missing.push('a C compiler (cc)');
  return missing.length === 0 ? null : `${name} is not tried without ${missing.join(' and ')}`;
}

function hasCompiler(): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'cc'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function startSer2net(served: ServedChip, accepter: string, port?: number): Promise<Running> {
  const own = port ?? (await freePort());
  const config = join(served.folder, 'ser2net.yaml');
  const lines = [
    '%YAML 1.1',
    '---',
    'connection: &chip',
    `  accepter: ${accepter},127.0.0.1,${own}`,
    `  connector: serialdev,${served.path},115200n81,local`,
    '  options:',
    '    chardelay: false',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const pid = join(served.folder, 'ser2net.pid');
  return listening(own, '/usr/sbin/ser2net', ['-n', '-u', '-c', config, '-P', pid], served);
}

/** inetd's part: a process for each connection, which has it as standard input and output. */
async function startSredird(served: ServedChip, port = 0): Promise<Running> {
  served.addModemLines();
  const children = new Set<ChildProcess>();
  const lock = join(served.folder, 'lock');
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    const stdio: StdioOptions = [socket, socket, 'ignore'];
    const child = spawn('/usr/sbin/sredird', ['0', served.path, lock], { env: served.env, stdio });
    children.add(child);
    child.once('exit', () => children.delete(child));
    // The process has it now: here it would only keep it open.
    socket.destroy();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      await Promise.all([...children].map(ended));
    },
  };
}

async function listening(
  port: number,
  program: string,
  args: readonly string[],
  served: ServedChip,
): Promise<Running> {
  served.addModemLines();
  const child = spawn(program, args, { env: served.env, stdio: 'ignore' });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`${program} has ended with ${child.exitCode}`);
    return isListening(port);
  }, `${program} listens`);
  return { port, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** As Linux tells it: connecting would be the first client, and some serve no second one. */
function isListening(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const row = new RegExp(`:${hex} [0-9A-F]+:0000 0A `);
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) => row.test(readFileSync(table, 'utf8')));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
