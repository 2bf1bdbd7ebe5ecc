import { type Note, say } from './note';

/** What code is stored with, by the names that chips and images have for it: completes "code with …". */
export const KEY_WORDS: Readonly<Record<'tuya' | 'none' | 'custom' | 'other', Note>> = {
  tuya: say('common.tuyaKey'),
  none: say('common.noKey'),
  custom: say('common.ownKey'),
  other: say('common.otherKey'),
};
