import { isSameSilicon } from '../../chip/known/chip-queries';
import { CHIPS, type ChipName } from '../../chip/known/chips';
import type { EvidenceLog } from '../../diagnosis/evidence/evidence-log';
import { BkError } from '../../errors';
import { anyOf, type Note, say } from '../../texts/note';
import { cleanNote } from '../../trace/clean-words';
import type { ChipLine } from '../../trace/record-lines';
import { type Identity, nameOf } from '../base/identity';
import type { FilledSettings } from '../base/settings';

/**
 * Compares a chip with the one that the device is set to. A chip that does not tell its model is believed to be
 * that one, with a warning, where it is of the same kind; so is one that only a key tells from its twin which is
 * neither's, or which nobody knows.
 * @throws BkError BK_WRONG_CHIP
 */
export function mustBeExpected(
  identity: Identity,
  expected: FilledSettings['chip'],
  port: string,
): void {
  if (expected === 'auto') return;
  const { chip } = identity;
  if (chip === expected) return;
  const doubt =
    chip === null ? whichModel(identity, expected) : whichTwin(identity, chip, expected);
  if (doubt !== null) {
    identity.chip = expected;
    identity.warnings.push(doubt);
    return;
  }
  throw new BkError(
    'BK_WRONG_CHIP',
    say('session.wrongChip', { port, found: nameOf(identity), expected }),
    {
      phase: 'identify',
      likely: [
        { cause: say('session.anotherChip'), confidence: 0.9, evidence: evidenceOf(identity) },
      ],
      advice: [chip === null ? say('session.setRightChip') : say('session.setChip', { chip })],
    },
  );
}

/** What is taken from the setting of a chip that does not tell its model; null where it cannot be this one. */
function whichModel({ family, models = [] }: Identity, expected: ChipName): Note | null {
  if (models.length === 0)
    return CHIPS[expected].family === family
      ? say('session.chipOfSetting', { chip: expected })
      : null;
  return models.includes(expected)
    ? say('session.chipAmongSeveral', { chip: expected, chips: anyOf(models) })
    : null;
}

function whichTwin({ encryption }: Identity, chip: ChipName, expected: ChipName): Note | null {
  const isTold = encryption === 'tuya' || encryption === 'none';
  if (isTold || !isSameSilicon(chip, expected)) return null;
  return say('session.twinOfSetting', { chip: expected, other: chip });
}

function evidenceOf({ bootloader, chipId, key, encryption }: Identity): Note {
  const { name, crc } = bootloader;
  if (chipId === null) return say('session.showsBootloader', { name, crc });
  if (key === null) return say('session.showsBootloaderAndId', { name, crc, chipId });
  return say('session.showsBootloaderIdAndKey', { name, crc, chipId, key: String(encryption) });
}

/** What identification concluded, for a record; of the key only what kind it is. */
export function chipLine(identity: Identity): Omit<ChipLine, 't'> {
  const { family, chip, chipId, bootloader, flash, encryption, warnings } = identity;
  const { name, version, crc, known } = bootloader;
  return {
    kind: 'chip',
    family,
    chip,
    chipId,
    bootloader: { name, version, crc, known },
    flash: { id: flash.id, size: flash.size },
    encryption,
    warnings: warnings.map(cleanNote),
  };
}

/** Takes down who answered and who should have. */
export function noteIdentity(
  evidence: EvidenceLog,
  { bootloader, family, flash, chip, encryption }: Identity,
  expected: FilledSettings['chip'],
): void {
  evidence.bootloader(Number.parseInt(bootloader.crc, 16), bootloader.known);
  evidence.family(family);
  evidence.flashId(flash.id);
  evidence.chip(expected === 'auto' ? null : expected, chip);
  evidence.key(encryption, null);
}
