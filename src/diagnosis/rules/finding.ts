import type { Likely } from '../../errors';
import type { DIAGNOSIS } from '../../texts/en-US/diagnosis-texts';
import { type Note, type ParamsOf, say } from '../../texts/note';
import type { Evidence } from '../evidence/evidence';

type Key = keyof typeof DIAGNOSIS;

/** Everything that can be wrong: each text that has another one of what to do about it. */
export type CauseId = { [Id in Key]: `${Id}Action` extends Key ? Id : never }[Key];

/** A cause with what speaks for it; `id` is the same in every wording. */
export interface Finding extends Likely {
  id: CauseId;
  cause: Note;
  evidence: Note;
  action: Note;
  /** It was read and compared, not concluded: nothing else makes it less so. */
  plain: boolean;
}

/** Looks for one cause. */
export type Rule = (evidence: Evidence) => Finding | null;

/** Causes about which there is always the same to do. */
type Usual = {
  [Id in CauseId]: keyof ParamsOf<`diagnosis.${Id}Action`> extends never ? Id : never;
}[CauseId];

interface More {
  /** What to do, where it is not what is usual. */
  action?: Note | undefined;
  plain?: boolean;
}

/** @param evidence whole sentences with numbers and addresses */
export function finding(id: Usual, confidence: number, evidence: Note, more?: More): Finding;
export function finding(
  id: CauseId,
  confidence: number,
  evidence: Note,
  more: More & { action: Note },
): Finding;
export function finding(
  id: CauseId,
  confidence: number,
  evidence: Note,
  { action, plain = false }: More = {},
): Finding {
  return {
    id,
    cause: say(`diagnosis.${id}`),
    confidence,
    evidence,
    action: action ?? say(`diagnosis.${id as Usual}Action`),
    plain,
  };
}
