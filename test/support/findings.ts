import * as inCodes from '../../src/diagnosis/diagnose';
import type { Evidence } from '../../src/diagnosis/evidence/evidence';
import { allEnglish, english } from './english';

/** What is found, as people read it. */
export function findings(evidence: Evidence) {
  return inCodes.findings(evidence).map((finding) => ({
    ...finding,
    cause: english(finding.cause),
    evidence: english(finding.evidence),
    action: english(finding.action),
  }));
}

export type Diagnosis = ReturnType<typeof diagnose>;

/** Causes and advice, as people read them. */
export function diagnose(evidence: Evidence) {
  const { likely, advice } = inCodes.diagnose(evidence);
  return {
    likely: likely.map((one) => ({
      ...one,
      cause: english(one.cause),
      evidence: english(one.evidence),
    })),
    advice: allEnglish(advice),
  };
}
