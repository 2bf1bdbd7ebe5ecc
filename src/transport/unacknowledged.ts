import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** The connections of this computer, as Linux tells of them. Source: proc(5), Documentation/networking/proc_net_tcp. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;
/** Number, local and remote address with port, state (01: established), bytes to be sent; all in hex. */
const ROW = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) 01 ([0-9A-F]{8}):/;

/**
 * How many bytes of a connection the other computer has not said to have got. A computer that was switched off says
 * nothing at all, and Linux goes on sending to it for a quarter of an hour without a word to the program.
 * @returns null where the system does not tell
 */
export async function unacknowledged({
  localPort,
  remotePort,
}: Pick<Socket, 'localPort' | 'remotePort'>): Promise<number | null> {
  for (const table of TABLES) {
    const text = await readFile(table, 'latin1').catch(() => '');
    for (const line of text.split('\n')) {
      const [, local = '', remote = '', bytes = ''] = ROW.exec(line) ?? [];
      if (Number.parseInt(local, 16) !== localPort) continue;
      if (Number.parseInt(remote, 16) === remotePort) return Number.parseInt(bytes, 16);
    }
  }
  return null;
}
