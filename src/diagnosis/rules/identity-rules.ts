import { KEY_WORDS } from '../../texts/key-words';
import { type Note, say } from '../../texts/note';
import type { Evidence } from '../evidence/evidence';
import { type Finding, finding, type Rule } from './finding';

/** What answered is another model than the device is set to. */
function wrongChip({ chip }: Evidence): Finding | null {
  if (chip === null || chip.expected === null || chip.found === null) return null;
  const { expected, found } = chip;
  if (expected === found) return null;
  return finding('wrongChip', 0.9, say('diagnosis.otherChip', { expected, found }), {
    action: say('diagnosis.wrongChipAction', { found }),
    plain: true,
  });
}

/**
 * Both keys are known, and they differ: what the chip would make of such code is noise.
 */
function wrongKey({ key }: Evidence): Finding | null {
  if (key === null || key.chip === null || key.image === null) return null;
  if (key.chip === key.image) return null;
  const needed = wordOf(key.chip);
  const given = wordOf(key.image);
  return finding('wrongKey', 0.9, say('diagnosis.otherKey', { needed, given }), { plain: true });
}

/** As people call it, where they have a word for it. */
function wordOf(key: string): Note | string {
  return WORDS[key] ?? key;
}

const WORDS: Readonly<Record<string, Note>> = KEY_WORDS;

/** The chip or its key is not what was expected. */
export const IDENTITY_RULES: readonly Rule[] = [wrongChip, wrongKey];
