import {
  type BkError,
  durationText,
  type FlashState,
  hex,
  type JobFacts,
  type LikelyCause,
  type Note,
  render,
  say,
} from '../../src';
import { STATUS_OF } from '../exit-status';
import { type Row, rows, spans } from './rows';

/** Of all that may be the cause, the likeliest few. */
const MOST_CAUSES = 3;

const HOLDS: readonly (readonly [keyof FlashState, Note])[] = [
  ['fresh', say('cli.holdsFresh')],
  ['written', say('cli.holdsWritten')],
  ['blank', say('cli.holdsBlank')],
  ['old', say('cli.holdsOld')],
  ['uncertain', say('cli.holdsUncertain')],
];

/** What happened, why it probably did, what to do, what flash holds now, and the code. */
export function failure(error: BkError): string {
  const { code, text, cause } = error;
  const { likely, adviceCodes, reason, state } = cause;
  const isCancelled = code === 'BK_CANCELLED';
  const isTold = reason === null || error.message.includes(reason);
  return rows([
    [say(isCancelled ? 'cli.rowCancelled' : 'cli.rowFailed'), text],
    [say('cli.rowReason'), isTold ? null : reason],
    causeRow(likely),
    adviceRow(adviceCodes),
    [say('cli.rowHolds'), state && holds(state)],
    [say('cli.rowCode'), say('cli.codeAndStatus', { code, status: STATUS_OF[code] })],
    [say('cli.rowStack'), code === 'BK_INTERNAL' ? error.stack : null],
  ]);
}

/** Nothing where a job went smoothly; else what its result does not show: warnings, and what was mended. */
export function remarks(facts: JobFacts): string {
  const { warningCodes, recoveries, likely = [], adviceCodes = [] } = facts;
  return rows([
    ...warningCodes.map((note): Row => [say('cli.rowWarning'), note]),
    [say('cli.rowMended'), recoveries.map(mended).join('\n') || null],
    causeRow(likely),
    adviceRow(adviceCodes),
  ]);
}

function mended({ address, phase, causeCode, actionCode, ms }: JobFacts['recoveries'][number]) {
  const at = address === null ? '' : ` ${hex(address)}`;
  const time = durationText(ms);
  const what = say('cli.mended', { where: phase + at, cause: causeCode, action: actionCode, time });
  return render(what);
}

function causeRow(likely: readonly LikelyCause[]): Row {
  const causes = likely.slice(0, MOST_CAUSES).map(({ code, params, confidence, evidenceCode }) => {
    const percent = Math.round(confidence * 100);
    return render(say('cli.likely', { cause: { code, params }, percent, evidence: evidenceCode }));
  });
  return [say('cli.rowLikely'), causes.join('\n') || null];
}

function adviceRow(advice: readonly Note[]): Row {
  const steps = advice.map((note, index) => `${index + 1}. ${render(note)}`);
  return [say('cli.rowAdvice'), steps.join('\n') || null];
}

function holds(state: FlashState): string {
  return HOLDS.flatMap(([name, what]) =>
    state[name].length === 0 ? [] : [`${render(what)}: ${spans(state[name])}`],
  ).join('\n');
}
