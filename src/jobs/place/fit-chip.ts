import { isBkError } from '../../errors';
import type { DetectedImage } from '../../image/detect/detect';
import { mustBeForChip } from '../../placement/fit';
import type { CodeParts } from '../../placement/fit-evidence';
import type { PlaceOptions, PlaceTarget } from '../../placement/place-types';
import { distinct, say, sentence } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import { chipCalibration } from '../chip/chip-calibration';

const DATA: CodeParts = { app: false, bootloader: false };

/**
 * Refuses data of a dump for another chip. A dump of this very chip is its own, whatever else speaks
 * against it.
 * @throws BkError BK_WRONG_IMAGE
 */
export async function mustFitChip(
  context: JobContext,
  detected: DetectedImage,
  options: WriteOptions,
): Promise<void> {
  await mustFitParts(context, detected, DATA, options);
}

/**
 * Refuses what is for another chip, or code with another key, of what is to be written.
 * @throws BkError BK_WRONG_IMAGE
 */
export async function mustFitParts(
  context: JobContext,
  detected: DetectedImage,
  parts: CodeParts,
  options: PlaceOptions,
): Promise<void> {
  const target = await fitTarget(context, detected);
  const warnings = await explained(context, detected, () =>
    mustBeForChip(detected, target, parts, options),
  );
  context.warnings.push(...warnings);
}

/** What an image is compared with. Reads the chip's calibration only where the image has a MAC, too. */
export async function fitTarget(
  context: JobContext,
  { calibration }: DetectedImage,
): Promise<PlaceTarget> {
  const { chip, family, encryption } = context.session.identity;
  const mac = calibration?.mac == null ? null : (await chipCalibration(context)).mac;
  const { port } = context.session;
  return { chip, family, flashSize: context.flash.size, key: encryption, mac, port };
}

/** A refusal of this image gets what speaks for it, and its key is noted for the diagnosis. */
export async function explained<T>(
  { session }: JobContext,
  { encryptionKey, evidence, code }: DetectedImage,
  refuse: () => T | Promise<T>,
): Promise<T> {
  try {
    return await refuse();
  } catch (error) {
    if (!isBkError(error, 'BK_WRONG_IMAGE')) throw error;
    const key = encryptionKey === 'other' ? 'custom' : encryptionKey;
    session.exchanger.evidence.key(session.identity.encryption, key);
    const said = [...evidence, ...(code?.bootloader?.says ?? []), ...(code?.app?.says ?? [])];
    const says = distinct(said.map(sentence));
    if (says.length === 0 || error.cause.likely.length > 0) throw error;
    const likely = {
      cause: say('placement.imageForOtherChip'),
      confidence: 0.9,
      evidence: say('placement.evidence', { says }),
    };
    throw error.with({ likely: [likely] });
  }
}

/** The dump has the MAC of the connected chip. */
export async function isOwnDump(context: JobContext, detected: DetectedImage): Promise<boolean> {
  const mac = detected.calibration?.mac ?? null;
  return mac !== null && (await chipCalibration(context)).mac === mac;
}
