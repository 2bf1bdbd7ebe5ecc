import type { Clock } from '../../clock';
import { BkError, shown } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Transport } from '../transport';
import { UnstuckTransport } from '../unstuck';
import { openBekenScheme } from './openbeken';
import type { OpenOptions, PortNames, PortScheme } from './port-scheme';
import { replayScheme } from './replay';
import { rfc2217Scheme } from './rfc2217';
import { serialScheme } from './serial';
import { simulatedScheme } from './simulated';
import { tcpScheme } from './tcp';
import { tcpByOpenBekenScheme } from './tcp-by-openbeken';
import { usbScheme } from './usb';

/** Every kind of port that there is, in the order in which people are told of them. */
const SCHEMES: readonly PortScheme[] = [
  serialScheme,
  usbScheme,
  tcpByOpenBekenScheme,
  tcpScheme,
  rfc2217Scheme,
  openBekenScheme,
  simulatedScheme,
  replayScheme,
];

const SCHEME = /^(?:([a-z][a-z0-9+.-]*):\/\/|(usb):)/i;
/** A line break or a zero byte, as a paste or a broken file leaves it. */
const UNPRINTABLE = /\p{Cc}/u;

/** What kind of port a setting names. @throws BkError BK_BAD_SETTING for an empty or unknown one */
export function schemeOf(port: string): PortScheme {
  const address = port.trim();
  if (address === '') throw noPort(say('transport.noPort'));
  if (UNPRINTABLE.test(address)) {
    throw noPort(say('transport.unprintablePort', { port: shown(port) }));
  }
  const [, scheme, bare] = SCHEME.exec(address) ?? [];
  const name = (scheme ?? bare)?.toLowerCase();
  const found = SCHEMES.find(({ names, claims }) => {
    if (name === undefined) return names.length === 0;
    return names.includes(name) && (claims === undefined || claims(address));
  });
  if (found !== undefined) return found;
  throw noPort(say('transport.unknownScheme', { port: shown(port), scheme: name ?? '' }));
}

/**
 * One name for one physical port however it is spelled. A port that is not there has a name too.
 * @throws BkError BK_BAD_SETTING for what names no port
 */
export async function canonicalPort(port: string): Promise<string> {
  return schemeOf(port).canonical(port.trim());
}

/** All that a port is called now. @throws BkError BK_BAD_SETTING for what names no port */
export async function namesOfPort(port: string): Promise<PortNames> {
  const scheme = schemeOf(port);
  const address = port.trim();
  if (scheme.called !== undefined) return scheme.called(address);
  return { canonical: await scheme.canonical(address), isHere: false, own: [], others: [] };
}

/**
 * Whether two ports are surely two: both are plugged in, and not the same.
 * @throws BkError BK_BAD_SETTING for what names no port
 */
export async function areApart(one: string, other: string): Promise<boolean> {
  if (one === other) return false;
  const [a, b] = await Promise.all([namesOfPort(one), namesOfPort(other)]);
  return a.isHere && b.isHere && a.canonical !== b.canonical;
}

/** The clock of all that happens on a port: for most of them the usual one. @throws BkError BK_BAD_SETTING for no port */
export function clockOfPort(port: string, usual: Clock): Clock {
  return schemeOf(port).clock?.(usual) ?? usual;
}

/** Whether a port is asked over HTTP and is no line of bytes; false for what names no port. */
export function isWebPort(port: string): boolean {
  try {
    return schemeOf(port).isWeb === true;
  } catch {
    return false;
  }
}

/** The files of this computer that a port would be made from; none for what names no port. */
export function filesOfPort(port: string): string[] {
  try {
    return schemeOf(port).filesIn(port.trim());
  } catch {
    return [];
  }
}

/**
 * Opens a port, of the kind that its name tells. No call of it waits for ever: a port that takes no bytes any
 * more counts as lost.
 * @throws BkError BK_PORT_NOT_FOUND, BK_PORT_DENIED, BK_PORT_BUSY, BK_PORT_LOST, BK_BAD_SETTING, BK_STORAGE
 *   (the file of a simulated chip or a record), BK_REPLAY, BK_CANCELLED
 */
export async function openTransport(port: string, options: OpenOptions): Promise<Transport> {
  const scheme = schemeOf(port);
  const transport = await scheme.open(port.trim(), options);
  return new UnstuckTransport(transport, options.clock, scheme.isServed);
}

function noPort(what: Note): BkError {
  return new BkError('BK_BAD_SETTING', what, { phase: 'open', advice: [useForms()] });
}

function useForms(): Note {
  const forms = SCHEMES.flatMap(({ form }) => (form === null ? [] : [form]));
  const last = forms.pop() ?? '';
  const rest = forms.reduce((one, other) => say('transport.comma', { one, other }));
  return say('transport.useForms', { forms: rest, last });
}
