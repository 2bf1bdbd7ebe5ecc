import type { ChipName } from '../chip/known/chips';

/** What a name or a sidecar says of the chip a backup is of. */
export interface ChipId {
  /** Null where the chip does not tell its model. */
  chip: ChipName | null;
  /** `aa:bb:cc:dd:ee:ff`; null where it has none. */
  mac: string | null;
}

/** The parts of a name that this package gave. */
export interface ParsedName {
  chip: string;
  /** As in the name: twelve hex digits or `nomac`. */
  mac: string;
  /** `full`, or `<offset>-<length>` in hex. */
  kind: string;
  /** `YYYYMMDD-HHmmss`, local time. */
  time: string;
  /** 1, or the number at the end that kept names apart. */
  number: number;
}

const NAME =
  /^([A-Za-z0-9]+)_([0-9a-f]{12}|nomac)_(full|[0-9a-f]+-[0-9a-f]+)_(\d{8}-\d{6})(?:-(\d{1,9}))?\.bin$/;

/** `full` for a whole flash, else `<offset>-<length>` in hex. */
export function kindOf(backup: { kind: 'full' | 'part'; offset: number; length: number }): string {
  if (backup.kind === 'full') return 'full';
  return `${backup.offset.toString(16)}-${backup.length.toString(16)}`;
}

/** `<chip>_<mac or "nomac">_<kind>_<YYYYMMDD-HHmmss>`, without its ending; local time. */
export function backupStem(id: ChipId, kind: string, date: Date): string {
  return [chipPart(id.chip), macPart(id.mac), kind, timePart(date)].join('_');
}

/** Null for any name that this package did not give. */
export function parseName(name: string): ParsedName | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, chip = '', mac = '', kind = '', time = '', number = '1'] = match;
  return { chip, mac, kind, time, number: Number(number) };
}

export function chipPart(chip: ChipName | null): string {
  return chip ?? 'unknown';
}

export function macPart(mac: string | null): string {
  return mac === null ? 'nomac' : mac.replaceAll(':', '').toLowerCase();
}

function timePart(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
