import { type Diagnosis, diagnose } from './diagnose';
import { EvidenceLog } from './evidence-log';

/** What came in while a chip was called and did not answer. */
export interface SilenceEvidence {
  /** Bytes received in all. */
  received: number;
  /** The latest of them that were no answer. */
  stray: Buffer;
}

/** Why a chip that is called does not answer, by what the line carries instead. */
export function diagnoseSilence({ received, stray }: SilenceEvidence): Diagnosis {
  const log = new EvidenceLog();
  log.failed('link', 0, 'silence');
  log.stray(stray);
  const { evidence } = log;
  // What was not kept is at least a sign that something was there.
  if (stray.length === 0) evidence.heard.noise = evidence.heard.bytes = received;
  return diagnose(evidence);
}
