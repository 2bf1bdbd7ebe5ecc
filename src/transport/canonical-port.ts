import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseNetworkAddress, schemeOf } from './address';
import { simulatorKey } from './simulated';

const WINDOWS_PORT = /^(?:\\\\\.\\)?(com\d+)$/i;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * One name for one physical port however it is spelled, so that all who use it can take turns. A port
 * that is not there has a name too.
 * @throws BkError BK_BAD_SETTING for what names no port
 */
export async function canonicalPort(port: string): Promise<string> {
  const trimmed = port.trim();
  const scheme = schemeOf(trimmed);
  if (scheme === 'sim') return simulatorKey(trimmed);
  if (scheme !== 'serial') {
    const address = parseNetworkAddress(trimmed);
    const host = LOOPBACK.has(address.host) ? 'localhost' : address.host;
    return `${scheme}://${host}:${address.port}`;
  }
  const windows = WINDOWS_PORT.exec(trimmed)?.[1];
  if (windows !== undefined) return windows.toUpperCase();
  return realpath(trimmed).catch(() => resolve(trimmed));
}
