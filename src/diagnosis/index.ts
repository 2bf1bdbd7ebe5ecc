/** Evidence in, ranked causes and advice out. */

export { CAUSES, type CauseId } from './causes';
export { type Diagnosis, diagnose, findings } from './diagnose';
export type * from './evidence';
export { EvidenceLog } from './evidence-log';
export type { Finding } from './finding';
