import { BOOTLOADER_END } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
import { isBkError } from '../../errors';
import type { DetectedImage } from '../../image/detect/detect';
import type { ConnectedTarget, FactsToAsk } from '../../placement/base/place-types';
import { keyOf, withEvidence } from '../../placement/fit/fit-evidence';
import type { JobContext } from '../base/job-context';
import { chipCalibration } from '../chip/chip-calibration';
import { blankCrc } from '../chip/chip-checksum';
import { likelyModels } from '../chip/chip-hints';
import { chipPartitions } from '../chip/chip-layout';
import { readSector } from '../chip/read-sector';

/** The connected chip as placing an image sees it, with what it has to be asked for. */
export async function targetOf(
  context: JobContext,
  facts: FactsToAsk = {},
): Promise<ConnectedTarget> {
  const { port, identity } = context.session;
  const { chip, models, family, encryption } = identity;
  const own = facts.calibration ? await chipCalibration(context) : null;
  return {
    chip,
    models,
    likely: await likelyModels(context),
    family,
    flashSize: context.flash.size,
    key: encryption,
    blankBootloader: identity.bootloader.blank,
    port,
    mac: own?.mac,
    adopted: context.adopted,
    calibration: own?.offset,
    partitions: facts.partitions ? await chipPartitions(context) : [],
    bootloaderCrc: facts.bootloaderCrc
      ? await crcOf(context, { offset: 0, length: BOOTLOADER_END })
      : null,
  };
}

/** The chip's own checksum of a stretch of its flash. */
export function crcOf(context: JobContext, { offset, length }: Region): Promise<number> {
  return context.step({ phase: 'identify', address: offset }, () =>
    context.flash.crc(offset, length),
  );
}

/** By the chip's checksum. */
export async function isBlank(context: JobContext, region: Region): Promise<boolean> {
  return (await crcOf(context, region)) === blankCrc(region.length);
}

/** Whole sectors of flash, each confirmed by the chip's checksum. */
export async function readSectors(context: JobContext, region: Region): Promise<Buffer> {
  const sectors: Buffer[] = [];
  for (const address of sectorsOf(region)) sectors.push(await readSector(context, address));
  return Buffer.concat(sectors);
}

/** A refusal of this image gets what speaks for it, and its key is noted for the diagnosis. */
export function explained<T>({ session }: JobContext, image: DetectedImage, judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (!isBkError(error, 'BK_WRONG_IMAGE')) throw error;
    session.exchanger.evidence.key(session.identity.encryption, keyOf(image));
    throw withEvidence(error, image);
  }
}
