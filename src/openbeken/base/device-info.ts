import { BkError } from '../../errors';
import { say } from '../../texts/note';

/** What an OpenBeken device says of itself. Texts that it leaves empty are null. Source: its /api/info. */
export interface DeviceInfo {
  /** What its firmware was built for, as its makers call it. */
  chipset: string;
  /** `1.18.2`; null where the build does not tell. */
  version: string | null;
  /** As it stands there: when it was built, and its version. */
  build: string;
  /** `aa:bb:cc:dd:ee:ff`; null where it has none. */
  mac: string | null;
  /** Its address as it sees it. */
  ip: string | null;
  shortName: string | null;
  mqttTopic: string | null;
  /** Seconds since its last start; null where it does not tell. */
  uptimeSeconds: number | null;
}

/** More than this is no such answer, bytes. */
export const LONGEST_INFO = 16 * 1024;
const VERSION = /\bversion\s+(?:[A-Za-z0-9]+_)?v?(\d[\w.+-]*)\s*$/;
const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;
/** As long a text of its may be; the rest is cut off. */
const LONGEST_TEXT = 128;

/**
 * Reads the answer to /api/info. It is made without care for quotes in names, so that it need not be JSON: each field
 * is looked for by itself then.
 * @returns null for what is no such answer
 */
export function readInfo(body: Buffer): DeviceInfo | null {
  const text = body.toString('utf8').trim();
  if (!text.startsWith('{')) return null;
  const field = fieldsOf(text);
  const [chipset, build] = [field('chipset'), field('build')];
  if (chipset === null || build === null || !/^[A-Za-z0-9_-]{1,32}$/.test(chipset)) return null;
  const mac = field('mac')?.replaceAll('-', ':').toLowerCase() ?? '';
  const uptime = Number(field('uptime_s') ?? Number.NaN);
  return {
    chipset,
    version: VERSION.exec(build)?.[1] ?? null,
    build,
    mac: MAC.test(mac) ? mac : null,
    ip: field('ip'),
    shortName: field('shortName'),
    mqttTopic: field('mqtttopic'),
    uptimeSeconds: Number.isSafeInteger(uptime) && uptime >= 0 ? uptime : null,
  };
}

/** The full name that the device has for people, in its answer to the command STATUS; null where it is not there. */
export function nameInStatus(body: Buffer): string | null {
  try {
    const status = JSON.parse(body.toString('utf8')) as {
      Status?: { DeviceName?: unknown; FriendlyName?: unknown };
    };
    const { DeviceName: device, FriendlyName: friendly } = status.Status ?? {};
    const name = typeof device === 'string' ? device : Array.isArray(friendly) ? friendly[0] : null;
    return shortText(name);
  } catch {
    return null;
  }
}

/** @throws BkError BK_BAD_RESPONSE */
export function noOpenBeken(port: string): BkError {
  return new BkError('BK_BAD_RESPONSE', say('openbeken.noOpenBeken', { port }), {
    phase: 'identify',
    advice: [say('openbeken.checkAddress'), say('openbeken.otherFirmware')],
  });
}

function fieldsOf(text: string): (name: string) => string | null {
  try {
    const parsed = JSON.parse(text) as Record<string, unknown>;
    return (name) => shortText(parsed[name]);
  } catch {
    return (name) => {
      const found = new RegExp(`"${name}":(?:"([^"\\n]*)"|(-?\\d+))`).exec(text);
      return shortText(found?.[1] ?? found?.[2]);
    };
  }
}

/** Printable, and not endless: a device says what somebody typed into it. */
function shortText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const clean = value.replace(/\p{Cc}/gu, ' ').trim();
  return clean === '' ? null : clean.slice(0, LONGEST_TEXT);
}
