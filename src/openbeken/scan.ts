import { networkInterfaces } from 'node:os';
import { chipsOfFirmware } from '../chip/known/chip-queries';
import type { ChipName } from '../chip/known/chips';
import { type Clock, systemClock } from '../clock';
import { BkError, isBkError, shown } from '../errors';
import { ask } from '../http/ask';
import { type Note, say } from '../texts/note';
import { type DeviceInfo, LONGEST_INFO, readInfo } from './base/device-info';

/** As many hosts are asked at once. */
const AT_ONCE = 32;
/** How long one of them may take to answer, ms: a device that does something else just then needs a second or two. */
const ANSWER_MS = 3_000;
/** Networks of this computer are looked through as far as this; wider ones are cut to where the computer is, bits. */
const NARROWEST = 22;
/** More addresses than this are not asked for, also where somebody names them. */
const MOST_HOSTS = 4096;
const HTTP_PORT = 80;

/** A device that was found. */
export interface FoundDevice {
  /** To be used as a port: `http://192.168.1.20`. */
  address: string;
  /** Null where it tells none. */
  name: string | null;
  /** Null for a chip that this package is not for; null, too, where a password kept it secret. */
  chip: ChipName | null;
  /** As its firmware has it, also for chips of other makes; null where a password kept it secret. */
  chipset: string | null;
  version: string | null;
  build: string | null;
  mac: string | null;
  /** It wants a password, and was told none or a wrong one. */
  locked: boolean;
}

export interface ScanOptions {
  /**
   * Which: addresses and networks apart by commas or blanks, as `192.168.1.0/24, 10.0.0.7, 192.168.2.10-50`. Default: all
   * private networks that this computer is in.
   */
  hosts?: string | undefined;
  /** Default 80. */
  ports?: readonly number[] | undefined;
  signal?: AbortSignal | undefined;
  /** Is told to devices of OpenBeken that ask for one, and to nobody else. */
  password?: string | undefined;
  /** Is told of each where it is found. */
  onFound?: ((device: FoundDevice) => void) | undefined;
  /** Is told what a person should know of how it was looked. */
  onWarning?: ((warning: Note) => void) | undefined;
}

/** What a scan takes from the world. */
export interface ScanEnvironment {
  readonly clock: Clock;
  /** The networks of this computer; default its own. */
  interfaces?(): ReturnType<typeof networkInterfaces>;
}

/**
 * Looks for OpenBeken devices: each address is asked once for /api/info, and nothing else. A scan is over in bounded
 * time: hosts that do not answer cost three seconds, thirty-two of them at once.
 * @returns them by address
 * @throws BkError BK_BAD_SETTING for what names no hosts, BK_CANCELLED
 */
export async function scanNetwork(
  options: ScanOptions = {},
  environment: ScanEnvironment = { clock: systemClock },
): Promise<FoundDevice[]> {
  const { ports = [HTTP_PORT], signal } = options;
  const hosts = options.hosts?.trim()
    ? hostsIn(options.hosts)
    : ownHosts(environment.interfaces?.() ?? networkInterfaces(), options.onWarning);
  const waiting = hosts.flatMap((host) => ports.map((port) => ({ host, port })));
  const found: FoundDevice[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (signal?.aborted) throw cancelled();
      const device = await look(next, options, environment.clock);
      if (device === null) continue;
      found.push(device);
      options.onFound?.(device);
    }
  };
  // Forward: `shift` is dear on long lists only, and these have some thousands at most.
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, work));
  const order = new Map(hosts.map((host, index) => [host, index]));
  return found.sort(
    (one, other) => (order.get(hostOf(one)) ?? 0) - (order.get(hostOf(other)) ?? 0),
  );
}

type Place = { host: string; port: number };

/** What is at one address; null for nobody, and for whatever else. */
async function look(
  place: Place,
  { signal, password }: ScanOptions,
  clock: Clock,
): Promise<FoundDevice | null> {
  const open = await info(place, undefined, signal, clock);
  if (open !== 'locked') return open === null ? null : foundAt(place, open);
  if (password !== undefined && password !== '') {
    const told = await info(place, password, signal, clock);
    if (told === null) return null;
    if (told !== 'locked') return foundAt(place, told);
  }
  return lockedAt(place);
}

/** Whoever wants a password is told it only where it says that it is OpenBeken. */
async function info(
  { host, port }: Place,
  password: string | undefined,
  signal: AbortSignal | undefined,
  clock: Clock,
): Promise<DeviceInfo | 'locked' | null> {
  try {
    const { status, body } = await ask(
      {
        host,
        port,
        method: 'GET',
        path: '/api/info',
        limit: LONGEST_INFO,
        idleMs: ANSWER_MS,
        totalMs: ANSWER_MS,
        password,
        signal,
      },
      clock,
    );
    return status === 200 ? readInfo(body) : null;
  } catch (error) {
    if (!isBkError(error)) throw error;
    if (error.code === 'BK_CANCELLED') throw error;
    return error.code === 'BK_PORT_DENIED' && isOpenBeken(error) ? 'locked' : null;
  }
}

/** A page for which somebody else wants a password is none of ours. */
function isOpenBeken(error: BkError): boolean {
  return /OpenBeken/i.test(String(error.cause.reason ?? ''));
}

function foundAt(place: Place, { chipset, version, build, mac, shortName }: DeviceInfo) {
  const chip = chipsOfFirmware(chipset, null)[0] ?? null;
  const address = addressOf(place);
  return { address, name: shortName, chip, chipset, version, build, mac, locked: false };
}

function lockedAt(place: Place): FoundDevice {
  const secret = { name: null, chip: null, chipset: null, version: null, build: null, mac: null };
  return { address: addressOf(place), ...secret, locked: true };
}

function addressOf({ host, port }: Place): string {
  return port === HTTP_PORT ? `http://${host}` : `http://${host}:${port}`;
}

function hostOf({ address }: FoundDevice): string {
  return address.replace(/^http:\/\//, '').replace(/:\d+$/, '');
}

/** All hosts of the private networks in which this computer is, but itself. */
function ownHosts(
  interfaces: ReturnType<typeof networkInterfaces>,
  onWarning: ScanOptions['onWarning'],
): string[] {
  const hosts = new Set<number>();
  const own = new Set<number>();
  for (const { family, internal, address, cidr } of Object.values(interfaces).flatMap(
    (all) => all ?? [],
  )) {
    if (family !== 'IPv4' || internal || !isPrivate(numberOf(address))) continue;
    own.add(numberOf(address));
    const bits = Number(cidr?.split('/')[1] ?? 24);
    const cut = Math.max(bits, NARROWEST);
    if (cut !== bits)
      onWarning?.(say('openbeken.networkCut', { network: cidr ?? address, bits: cut }));
    for (const host of hostsOfNetwork(numberOf(address), cut)) hosts.add(host);
  }
  for (const host of own) hosts.delete(host);
  return [...hosts].sort((one, other) => one - other).map(textOf);
}

/** @throws BkError BK_BAD_SETTING */
function hostsIn(text: string): string[] {
  const hosts = new Set<string>();
  for (const part of text.split(/[\s,;]+/).filter((one) => one !== '')) {
    for (const host of hostsOfPart(part)) hosts.add(host);
    if (hosts.size > MOST_HOSTS)
      throw badHosts(part, say('openbeken.tooManyHosts', { most: MOST_HOSTS }));
  }
  return [...hosts];
}

function* hostsOfPart(part: string): Generator<string> {
  const network = /^([\d.]+)\/(\d{1,2})$/.exec(part);
  const range = /^([\d.]+\.)(\d{1,3})-([\d.]+\.)?(\d{1,3})$/.exec(part);
  if (network !== null && isAddress(network[1]) && Number(network[2]) <= 32) {
    if (2 ** (32 - Number(network[2])) > MOST_HOSTS)
      throw badHosts(part, say('openbeken.tooManyHosts', { most: MOST_HOSTS }));
    for (const host of hostsOfNetwork(numberOf(network[1] ?? ''), Number(network[2])))
      yield textOf(host);
  } else if (range !== null) {
    const [, net = '', from, otherNet = net, to] = range;
    const [first, last] = [Number(from), Number(to)];
    if (!isAddress(`${net}${from}`) || last > 255 || last < first || otherNet !== net)
      throw badHosts(part, say('openbeken.wantedHosts'));
    for (let host = first; host <= last; host++) yield `${net}${host}`;
  } else if (isAddress(part) || /^(?=.*[a-z])[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i.test(part)) {
    yield part;
  } else {
    throw badHosts(part, say('openbeken.wantedHosts'));
  }
}

function badHosts(given: string, wanted: Note): BkError {
  return new BkError('BK_BAD_SETTING', say('openbeken.badHosts', { given: shown(given), wanted }), {
    phase: 'open',
    advice: [say('openbeken.correctHosts')],
  });
}

/** Without the addresses of the network itself and of all its hosts at once, where it has them. */
function* hostsOfNetwork(address: number, bits: number): Generator<number> {
  const size = 2 ** (32 - bits);
  const first = Math.floor(address / size) * size;
  const spare = size > 2 ? 1 : 0;
  for (let host = first + spare; host < first + size - spare; host++) yield host;
}

function isAddress(text: string | undefined): boolean {
  const parts = text?.split('.') ?? [];
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** Networks that nobody reaches from outside. Source: RFC 1918, and RFC 3927 for those without a router. */
function isPrivate(address: number): boolean {
  const inNetwork = (network: string, bits: number) =>
    Math.floor(address / 2 ** (32 - bits)) === Math.floor(numberOf(network) / 2 ** (32 - bits));
  return (
    inNetwork('10.0.0.0', 8) ||
    inNetwork('172.16.0.0', 12) ||
    inNetwork('192.168.0.0', 16) ||
    inNetwork('169.254.0.0', 16)
  );
}

function cancelled(): BkError {
  return new BkError('BK_CANCELLED', say('openbeken.scanCancelled'));
}
