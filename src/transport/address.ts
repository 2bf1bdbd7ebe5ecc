import { BkError, shown } from '../errors';

/** Where a serial line is served over the network. */
export interface NetworkAddress {
  host: string;
  port: number;
}

export type PortScheme = 'sim' | 'tcp' | 'rfc2217' | 'serial';

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** A line break or a zero byte, as a paste or a broken file leaves it. */
const UNPRINTABLE = /\p{Cc}/u;
const FORMS =
  'Use a serial path (/dev/ttyUSB0, COM4), tcp://host:port, or sim://bk7231n for a simulated chip.';

/** What kind of port a setting names. @throws BkError BK_BAD_SETTING for an empty or unknown one */
export function schemeOf(port: string): PortScheme {
  if (port.trim() === '') throw noPort('No port is set');
  if (UNPRINTABLE.test(port.trim())) {
    throw noPort(`${shown(port)} is no port: it has characters in it that cannot be printed`);
  }
  const scheme = SCHEME.exec(port.trim())?.[1]?.toLowerCase();
  if (scheme === undefined) return 'serial';
  if (scheme === 'sim' || scheme === 'tcp' || scheme === 'rfc2217') return scheme;
  throw noPort(`${shown(port)} is no port: ${scheme}:// is not known`);
}

function noPort(what: string): BkError {
  return new BkError('BK_BAD_SETTING', what, { phase: 'open', advice: [FORMS] });
}

/**
 * Host and port of `tcp://host:port`; the host in lower case, an IPv6 address in brackets.
 * @throws BkError BK_BAD_SETTING
 */
export function parseNetworkAddress(url: string): NetworkAddress {
  const match = /^[a-z0-9]+:\/\/(\[[0-9a-f:.]+\]|[^/:?#@\s[\]]+):(\d{1,5})\/?$/i.exec(url.trim());
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || !(port >= 1 && port <= 65535)) {
    throw new BkError(
      'BK_BAD_SETTING',
      `${shown(url)} does not name a host and a port; it looks like tcp://192.168.1.20:7231`,
      { phase: 'open', advice: ['Give the address of the serial server, and its port number.'] },
    );
  }
  return { host: match[1].toLowerCase(), port };
}
