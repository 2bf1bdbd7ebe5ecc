import type { Likely } from '../../errors';
import type { Said } from '../../texts/note';
import type { Evidence } from '../evidence/evidence';
import { CAUSES, type CauseId } from './causes';

/** A cause with what speaks for it; `id` is the same in every wording. */
export interface Finding extends Likely {
  id: CauseId;
  action: Said;
}

/** Looks for one cause. */
export type Rule = (evidence: Evidence) => Finding | null;

/** @param evidence whole sentences with numbers and addresses */
export function finding(id: CauseId, confidence: number, evidence: Said, action?: Said): Finding {
  const { cause } = CAUSES[id];
  return { id, cause, confidence, evidence, action: action ?? CAUSES[id].action };
}
