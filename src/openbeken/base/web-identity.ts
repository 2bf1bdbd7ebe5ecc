import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { calibrationOrder } from '../../chip/known/chip-places';
import { chipsOfFirmware } from '../../chip/known/chip-queries';
import { CHIPS, type ChipName, type Family } from '../../chip/known/chips';
import type { PartitionEntry } from '../../chip/layouts';
import { keyOfFlash, storedKey } from '../../chip/marker';
import { BkError } from '../../errors';
import { readCalibration } from '../../image/calibration';
import { type BootloaderImage, readBootloader } from '../../image/code/bootloader';
import type { ChipReport } from '../../jobs/base/job-types';
import { slotInTable, slotOf, usualCalibrations } from '../../placement/base/place-target';
import type { PlaceTarget } from '../../placement/base/place-types';
import type { FilledSettings } from '../../session/base/settings';
import { say } from '../../texts/note';
import type { DeviceInfo } from './device-info';
import type { OpenBekenClient } from './openbeken-client';

/** So much of flash the device lets be read, bytes. Source: OpenBeken's source text. */
const READABLE = 0x200000;

/** What is known of a chip by what its firmware says, and by its flash. */
export interface WebIdentity {
  info: DeviceInfo;
  /** The name that people gave the device; null where it does not tell. */
  name: string | null;
  chip: ChipName;
  family: Family;
  key: PlaceTarget['key'];
  /** Of the model, bytes: the device does not tell its own. */
  flashSize: number;
  /** What of it can be read, from the start on. */
  readable: number;
  bootloader: ChipReport['bootloader'];
  partitions: readonly PartitionEntry[];
  /** Flash address of the calibration sector; null where none was found. */
  calibration: number | null;
  /** The MAC in it, by which backups are told. */
  mac: string | null;
  /** How long it took until it was known, ms. */
  tookMs: number;
}

/**
 * Asks a device what it is, and reads what of its flash tells the rest: bootloader, the beginning of the application,
 * calibration. Changes nothing.
 * @throws BkError BK_UNKNOWN_CHIP for a chip of another make, BK_WRONG_CHIP
 */
export async function identifyDevice(
  client: OpenBekenClient,
  expected: FilledSettings['chip'],
): Promise<Omit<WebIdentity, 'tookMs'>> {
  const info = await client.info();
  mustBeOurs(info, client.port);
  const name = await client.name();
  const code = await client.readFlash({ offset: 0, length: BOOTLOADER_END + SECTOR }, 'identify');
  const key = keyOfFlash(storedKey(code, 0, 'bootloader'), storedKey(code, BOOTLOADER_END, 'app'));
  const chip = chipOf(info, key === 'other' ? null : key, expected, client.port);
  const bootloader = readBootloader(code.subarray(0, BOOTLOADER_END));
  const { family, flashSize } = CHIPS[chip];
  const { partitions } = bootloader;
  const found = await findCalibration(client, { chip, flashSize: READABLE, partitions });
  return {
    info,
    name: name ?? info.shortName,
    chip,
    family,
    key: key === 'other' ? 'custom' : key,
    flashSize,
    readable: Math.min(flashSize, READABLE),
    bootloader: namedBootloader(bootloader, family),
    partitions,
    calibration: found.offset,
    mac: found.mac,
  };
}

/** The same for people, in the shape of any other port. */
export function reportOf(identity: WebIdentity): ChipReport {
  const { chip, family, bootloader, flashSize, key, mac, partitions, calibration, info } = identity;
  const target = { chip, flashSize, partitions, calibration };
  return {
    chip,
    aliases: CHIPS[chip].aliases,
    family,
    chipId: null,
    bootloader,
    flash: { id: null, name: null, size: flashSize },
    encryptionKey: key,
    mac,
    layout: {
      app: slotOf(target, 'app'),
      download: slotOf(target, 'download'),
      calibration,
      from: slotInTable(target, 'download') === null ? 'model' : 'table',
    },
    baud: null,
    linkMs: identity.tookMs,
    openbeken: {
      version: info.version,
      build: info.build,
      name: identity.name,
      shortName: info.shortName,
      mqttTopic: info.mqttTopic,
      mac: info.mac,
      ip: info.ip,
      uptimeSeconds: info.uptimeSeconds,
    },
  };
}

function mustBeOurs({ chipset }: DeviceInfo, port: string): void {
  if (chipsOfFirmware(chipset, null).length > 0) return;
  throw new BkError('BK_UNKNOWN_CHIP', say('openbeken.otherMake', { port, chipset }), {
    phase: 'identify',
    advice: [say('openbeken.ownUpdate')],
  });
}

/** The firmware tells its model; twins that only the key tells apart are told by that, or by the setting. */
function chipOf(
  { chipset }: DeviceInfo,
  key: Parameters<typeof chipsOfFirmware>[1],
  expected: FilledSettings['chip'],
  port: string,
): ChipName {
  const able = chipsOfFirmware(chipset, key);
  if (expected === 'auto') return able[0] as ChipName;
  if (able.includes(expected)) return expected;
  const found = able[0] as ChipName;
  throw new BkError('BK_WRONG_CHIP', say('session.wrongChip', { port, found, expected }), {
    phase: 'identify',
    advice: [say('session.setChip', { chip: found })],
  });
}

/** Where the model has its calibration as a rule, and else where any chip has it. A sector with a MAC outranks one without. */
async function findCalibration(
  client: OpenBekenClient,
  target: Parameters<typeof usualCalibrations>[0],
): Promise<{ offset: number | null; mac: string | null }> {
  let best: { offset: number | null; mac: string | null } = { offset: null, mac: null };
  const places = new Set([...usualCalibrations(target), ...calibrationOrder(target.chip)]);
  for (const offset of places) {
    if (offset + SECTOR > target.flashSize) continue;
    const found = readCalibration(await client.readFlash({ offset, length: SECTOR }, 'identify'));
    if (found === null) continue;
    if (found.mac !== null) return { offset, mac: found.mac };
    if (best.offset === null) best = { offset, mac: null };
  }
  return best;
}

function namedBootloader(
  { crc, known, name }: BootloaderImage,
  family: Family,
): WebIdentity['bootloader'] {
  const [own, version] = name?.split('_') ?? [];
  return {
    name: own ?? known?.name ?? 'unknown',
    version: version ?? known?.version ?? null,
    crc: (crc[family] ?? 0).toString(16).padStart(8, '0'),
    known: known !== null,
  };
}
