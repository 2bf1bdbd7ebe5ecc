import { likelyCause } from '../../errors';
import type { Inspection } from '../../image/inspect/inspect-types';
import { type Catalogue, render, renderAll } from '../../texts/render';
import type { BackupsCheck } from './backups-check';
import type { JobFacts, Recovery, WriteSummary } from './job-types';
import type { Progress } from './progress';

/*
 * What flows get, with its sentences in a language instead of English. Without a language it is what was given, so
 * that a face need not ask whether it has one. Codes, values and all that is not said to people stay.
 */

export function factsIn(language: Catalogue | undefined, facts: JobFacts): JobFacts {
  if (language === undefined) return facts;
  const { likely, adviceCodes } = facts;
  return {
    ...facts,
    warnings: renderAll(facts.warningCodes, language),
    recoveries: facts.recoveries.map((recovery) => recoveryIn(language, recovery)),
    ...(likely === undefined
      ? {}
      : {
          likely: likely.map(({ code, params, confidence, evidenceCode }) =>
            likelyCause({ cause: { code, params }, confidence, evidence: evidenceCode }, language),
          ),
        }),
    ...(adviceCodes === undefined ? {} : { advice: renderAll(adviceCodes, language) }),
  };
}

function recoveryIn(language: Catalogue, recovery: Recovery): Recovery {
  const { causeCode, actionCode } = recovery;
  return {
    ...recovery,
    cause: render(causeCode, language),
    action: render(actionCode, language),
  };
}

export function summaryIn(language: Catalogue | undefined, summary: WriteSummary): WriteSummary {
  const { startCheck } = summary;
  if (language === undefined || startCheck === undefined) return summary;
  return { ...summary, startCheck: { ...startCheck, message: render(startCheck, language) } };
}

export function progressIn(language: Catalogue | undefined, progress: Progress): Progress {
  if (language === undefined) return progress;
  return { ...progress, message: render(progress, language) };
}

export function checkIn(language: Catalogue | undefined, check: BackupsCheck): BackupsCheck {
  if (language === undefined) return check;
  const backups = check.backups.map((one) => ({
    ...one,
    reason: one.reasonCode && render(one.reasonCode, language),
  }));
  return { ...check, backups };
}

export function inspectionIn(language: Catalogue | undefined, inspection: Inspection): Inspection {
  if (language === undefined) return inspection;
  return {
    ...inspection,
    description: render(inspection.descriptionCode, language),
    chipEvidence: renderAll(inspection.chipEvidenceCodes, language),
    warnings: renderAll(inspection.warningCodes, language),
  };
}
