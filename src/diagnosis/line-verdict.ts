import type { ChipName } from '../chip/known/chips';
import { type Note, say } from '../texts/note';
import { findings } from './diagnose';
import type { Evidence } from './evidence/evidence';
import type { CauseId } from './rules/finding';

/**
 * What a line carries, for a person at the wires.
 *
 * - `echo`: the own bytes come back, TX and RX are joined.
 * - `tuyaMcu`: firmware and a second controller talk; `baud` in bits per second, null where the rate is not ours to know.
 * - `appLog`: an application logs, as it does on UART2.
 * - `noise`: bytes that are nothing: no common ground, a wrong level, or another rate.
 * - `silence`: not one byte.
 * - `sound`: a chip answers; `chip` is null where it does not tell its model.
 */
export type LineVerdict =
  | { readonly code: 'echo' | 'appLog' | 'noise' | 'silence' }
  | { readonly code: 'tuyaMcu'; readonly baud: number | null }
  | { readonly code: 'sound'; readonly chip: ChipName | null };

export type LineCode = LineVerdict['code'];

/** The rate at which most second controllers are spoken to, bits per second; the others have that of the boot. */
export const SLOW_BAUD = 9600;
/** Fewer stray bytes are the click of a switch. */
const NOISE = 12;

/** What each cause says of the line. */
const CAUSES: { readonly [Id in CauseId]?: Exclude<LineCode, 'sound'> } = {
  joined: 'echo',
  secondTalker: 'tuyaMcu',
  application: 'appLog',
  line: 'noise',
  silence: 'silence',
};

/**
 * What a line carries on which a chip was called and did not answer; null as long as nothing speaks for anything.
 * @param baud at which it was called; null where that is not known
 */
export function judgeLine(evidence: Evidence, baud: number | null): LineVerdict | null {
  for (const { id } of findings(evidence)) {
    const code = CAUSES[id];
    if (code === undefined) continue;
    if (code === 'noise' && evidence.heard.noise < NOISE) continue;
    if (code !== 'tuyaMcu') return { code };
    const { slow } = evidence;
    const isSlow = slow.tuyaFrames + slow.controllerFrames > 0;
    return { code, baud: isSlow ? SLOW_BAUD : baud };
  }
  return null;
}

/** The same for people: what it is, and what to do. */
export function lineSentence(verdict: LineVerdict): Note {
  switch (verdict.code) {
    case 'tuyaMcu':
      return verdict.baud === null
        ? say('diagnosis.hearTuyaMcu')
        : say('diagnosis.hearTuyaMcuAt', { baud: verdict.baud });
    case 'sound':
      return verdict.chip === null
        ? say('diagnosis.hearChip')
        : say('diagnosis.hearModel', { chip: verdict.chip });
    case 'echo':
      return say('diagnosis.hearEcho');
    case 'appLog':
      return say('diagnosis.hearLog');
    case 'noise':
      return say('diagnosis.hearNoise');
    case 'silence':
      return say('diagnosis.hearSilence');
  }
}
