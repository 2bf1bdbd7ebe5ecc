import { possibleModels } from '../../chip/known/chip-queries';
import { CHIPS } from '../../chip/known/chips';
import { readBootloader } from '../../image/code/bootloader';
import { bootloaderHints, weighHints } from '../../image/evidence/chip-evidence';
import type { LikelyModels } from '../../session/base/identity';
import { anyOf, say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { readSector } from './read-sector';

/**
 * What speaks for the model of a chip that does not tell it: its key, and what the beginning of its bootloader calls
 * itself, as bk-inspect would say of its dump. Likely, not certain: bootloaders are used for more than one model, and
 * what is missing says nothing. One sector is read, once for a link.
 * @returns null where the model is known
 */
export async function likelyModels(context: JobContext): Promise<LikelyModels | null> {
  const { identity } = context.session;
  if (identity.chip !== null) return null;
  identity.likely ??= await look(context);
  return identity.likely;
}

async function look(context: JobContext): Promise<LikelyModels> {
  const { family, encryption, models = [] } = context.session.identity;
  const able = possibleModels(null, family).filter(
    ({ name }) => models.length === 0 || models.includes(name),
  );
  // A key that only one of them comes with.
  const withKey = able.filter(({ codeKey }) => codeKey.usual === encryption);
  const byKey = withKey.length === 1 ? withKey.map(({ name }) => name) : [];
  const { chips, evidence } = weighHints([
    ...(byKey.length === 0
      ? []
      : [{ chips: byKey, evidence: say('job.onlyWithKey', { chips: anyOf(byKey) }) }]),
    ...bootloaderHints(readBootloader(await readSector(context, 0)), null),
  ]);
  const likely = chips.filter((chip) => CHIPS[chip].family === family);
  const fitting = likely.filter((chip) => able.some(({ name }) => name === chip));
  return { chips: fitting, says: fitting.length === 0 ? [] : evidence };
}
