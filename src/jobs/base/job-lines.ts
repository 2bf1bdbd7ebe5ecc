import type { BkError, LikelyCause } from '../../errors';
import { cleanNote } from '../../trace/clean-words';
import type { DoneLine, FailedLine } from '../../trace/record-lines';
import type { JobFacts } from './job-types';

/** How a job that went well is recorded. */
export function doneLine(facts: JobFacts): Omit<DoneLine, 't'> {
  const { bytes, baud, recoveries, warningCodes, likely = [] } = facts;
  return {
    kind: 'done',
    bytes,
    // Where there is no line there is no rate.
    baud: baud ?? 0,
    recoveries: recoveries.length,
    warnings: warningCodes.map(cleanNote),
    likely: likely.map(causeOf),
  };
}

/** How a job that failed is recorded. */
export function failedLine(error: BkError): Omit<FailedLine, 't'> {
  const { phase, address, attempts, likely, adviceCodes, state } = error.cause;
  const { refusal } = error.details;
  return {
    kind: 'failed',
    error: error.code,
    text: cleanNote(error.text),
    phase,
    address,
    attempts,
    ...(refusal === undefined ? {} : { refusal }),
    likely: likely.map(causeOf),
    advice: adviceCodes.map(({ code }) => code),
    ...(state === null ? {} : { state }),
  };
}

function causeOf({ code, confidence }: LikelyCause): { code: string; confidence: number } {
  return { code, confidence };
}
