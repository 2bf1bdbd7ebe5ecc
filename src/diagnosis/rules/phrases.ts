import { hex, type Phase } from '../../errors';
import { type Note, say } from '../../texts/note';

/** Addresses that are told one by one. */
const TOLD = 6;

/** What a job was doing: completes "during the …" and "in the phase …". */
export const PHASE_WORDS: Readonly<Record<Phase, Note>> = {
  open: say('session.phaseOpen'),
  link: say('session.phaseLink'),
  identify: say('session.phaseIdentify'),
  compare: say('session.phaseCompare'),
  backup: say('session.phaseBackup'),
  read: say('session.phaseRead'),
  erase: say('session.phaseErase'),
  write: say('session.phaseWrite'),
  verify: say('session.phaseVerify'),
  recover: say('session.phaseRecover'),
  reboot: say('session.phaseReboot'),
};

/** `once`, `3 times`. */
export function times(count: number): Note {
  return say('diagnosis.times', { count });
}

/** `0x1000, 0x3000`; of many the first, and how many more there are. */
export function listed(addresses: readonly number[]): string | Note {
  const shown = addresses.slice(0, TOLD).map(hex).join(', ');
  const count = addresses.length - TOLD;
  return count > 0 ? say('diagnosis.more', { addresses: shown, count }) : shown;
}

/** Clauses in one sentence, one after the other. @param clauses one at least */
export function joined(
  clauses: readonly Note[],
  by: 'diagnosis.comma' | 'diagnosis.semicolon',
): Note {
  return clauses.reduce((first, second) => say(by, { first, second }));
}
