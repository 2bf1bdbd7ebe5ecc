import { BkError, shown } from '../../errors';
import { say } from '../../texts/note';

/** Where a serial line is served over the network. */
export interface NetworkAddress {
  host: string;
  port: number;
}

const HTTP_PORT = 80;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Host and port of `tcp://host:port`; the host in lower case, an IPv6 address in brackets.
 * @throws BkError BK_BAD_SETTING
 */
export function parseNetworkAddress(url: string): NetworkAddress {
  const match = /^[a-z0-9]+:\/\/(\[[0-9a-f:.]+\]|[^/:?#@\s[\]]+):(\d{1,5})\/?$/i.exec(url.trim());
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || !(port >= 1 && port <= 65535)) {
    throw new BkError('BK_BAD_SETTING', say('transport.noHostAndPort', { url: shown(url) }), {
      phase: 'open',
      advice: [say('transport.giveHostAndPort')],
    });
  }
  return { host: match[1].toLowerCase(), port };
}

/**
 * Host and port of `http://host[:port]`, with nothing behind it but a slash.
 * @throws BkError BK_BAD_SETTING
 */
export function parseWebAddress(url: string): NetworkAddress {
  const address = url.trim().replace(/\/$/, '');
  return parseNetworkAddress(/:\d+$/.test(address) ? address : `${address}:${HTTP_PORT}`);
}

/** The same for all spellings of one server. @param scheme what is to stand before `://` */
export function canonicalNetworkPort(scheme: string, url: string): string {
  return canonicalName(scheme, parseNetworkAddress(url));
}

export function canonicalWebPort(url: string): string {
  return canonicalName('http', parseWebAddress(url));
}

function canonicalName(scheme: string, { host, port }: NetworkAddress): string {
  return `${scheme}://${LOOPBACK.has(host) ? 'localhost' : host}:${port}`;
}
