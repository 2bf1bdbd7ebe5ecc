import { CHIPS, type ChipName, type Family } from '../../chip/families';
import { BkError } from '../../errors';
import type { DetectedImage } from '../../image/detect';
import { chipCalibration } from '../calibration';
import type { JobContext } from '../context';
import type { WriteOptions } from '../types';

const KEYS = {
  tuya: "Tuya's key",
  none: 'no key',
  custom: 'a key of its own',
  other: 'a key that is not known',
} as const;

/**
 * An image for another chip, or stored with another key, would not start; it is refused before anything
 * is erased. A dump of this very chip is its own, whatever else speaks against it.
 * @throws BkError BK_WRONG_IMAGE
 */
export async function mustFitChip(
  context: JobContext,
  detected: DetectedImage,
  { anyImage, part }: WriteOptions,
): Promise<void> {
  if (anyImage) return;
  const { chip, family, encryption } = context.session.identity;
  const wrongChip = isForOthers(detected, chip, family);
  const { encryptionKey } = detected;
  const wrongKey =
    (part ?? 'image') === 'image' &&
    encryptionKey !== null &&
    encryption !== null &&
    encryptionKey !== (encryption === 'custom' ? 'other' : encryption);
  if (!wrongChip && !wrongKey) return;
  if (await isOwnDump(context, detected)) return;
  noteKeys(context, detected);
  const { port } = context.session;
  const what = wrongChip
    ? `is for a ${detected.chips.join(' or ')}, but the chip on ${port} is a ${chip ?? `${family} one`}`
    : `is stored with ${KEYS[encryptionKey ?? 'none']}, but the chip on ${port} (${chip ?? family}) needs code with ${KEYS[encryption ?? 'none']}`;
  throw new BkError(
    'BK_WRONG_IMAGE',
    `The image, ${detected.description}, ${what}; nothing was changed`,
    {
      likely: [
        {
          cause: 'An image for another chip',
          confidence: 0.9,
          evidence: detected.evidence.join(' '),
        },
      ],
      advice: [
        `Use an image for ${chip ?? 'this chip'}. To write this one all the same, set anyImage.`,
      ],
    },
  );
}

/** What the code of a refused image and of the chip is stored with, for the diagnosis. */
export function noteKeys({ session }: JobContext, { encryptionKey }: DetectedImage): void {
  const { encryption } = session.identity;
  session.exchanger.evidence.key(encryption, encryptionKey === 'other' ? 'custom' : encryptionKey);
}

/** The dump has the MAC of the connected chip. */
export async function isOwnDump(context: JobContext, detected: DetectedImage): Promise<boolean> {
  const mac = detected.calibration?.mac ?? null;
  return mac !== null && (await chipCalibration(context)).mac === mac;
}

function isForOthers({ chips }: DetectedImage, chip: ChipName | null, family: Family): boolean {
  if (chips.length === 0) return false;
  return !chips.some((other) => (chip === null ? CHIPS[other].family === family : other === chip));
}
