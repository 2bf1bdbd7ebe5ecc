import type { Evidence } from '../evidence/evidence';
import { failures, isChange, plural, sum, times } from '../evidence/facts';
import { type Finding, finding } from './finding';

/** A chip that boots, or is at work, has answered long before so many calls. */
const LONG_CALLED = 50;

/** The own commands come back. */
export function joined({ heard, linked }: Evidence): Finding | null {
  if (heard.echoes === 0 || (linked && heard.echoes < 5)) return null;
  const confidence = linked ? 0.4 : heard.echoes >= 3 ? 0.9 : 0.7;
  return finding(
    'joined',
    confidence,
    `The own commands come back as they were sent (${heard.echoes === 1 ? 'once' : `${heard.echoes} times`}).`,
  );
}

export function secondTalker(evidence: Evidence): Finding | null {
  const { heard, linked, drops } = evidence;
  const frames = heard.tuyaFrames + heard.controllerFrames;
  if (frames === 0) return null;
  const trouble = drops.length + evidence.mismatches.length + sum(evidence.tallies, failures);
  if (linked && trouble === 0) return null;
  // Firmware that calls its controller is heard between a reboot and the next link as well.
  const confidence = linked ? (frames >= 5 && heard.controllerFrames > 0 ? 0.8 : 0.4) : 0.85;
  const who =
    heard.controllerFrames > 0
      ? `${plural(heard.controllerFrames, 'frame')} of a second controller`
      : "they are the module's own firmware calling its second controller";
  return finding(
    'secondTalker',
    confidence,
    `Frames that begin with 55 AA arrive (${frames}): ${who}.`,
  );
}

export function application({ heard, linked }: Evidence): Finding | null {
  if (linked || heard.text === 0) return null;
  const most = heard.text >= 0.6 * heard.bytes;
  // Where own commands come back, some text is the own as well: firmware is asked to restart by a line of it.
  if (heard.echoes > 0 && !most) return null;
  return finding(
    'application',
    most ? 0.75 : 0.45,
    `Text arrives (${heard.text} of ${heard.bytes} bytes): "${heard.excerpt.trim()}".`,
  );
}

/** Nothing at all: the wire cannot tell a chip that runs from one that is not there. */
export function silence(evidence: Evidence): Finding | null {
  const { linked, calls, received, heard, adapter } = evidence;
  if (linked || calls === 0 || received + heard.bytes > 0 || adapter.lost > 0) return null;
  return finding('silence', 0.5, `Not one byte arrived in answer to ${plural(calls, 'call')}.`);
}

/** A chip that was linked and no longer answers. What made it stop is for other rules to tell, and comes first. */
export function gone({ linked, calls }: Evidence): Finding | null {
  if (!linked || calls < LONG_CALLED) return null;
  return finding('gone', 0.35, `The chip was linked, and did not answer the last ${calls} calls.`);
}

/** The port itself went away. */
export function adapter({ adapter: { lost, back }, drops }: Evidence): Finding | null {
  if (lost === 0) return null;
  const came =
    back === 0 ? 'did not come back' : back < lost ? `came back ${times(back)}` : 'came back';
  const changing = drops.filter((drop) => isChange(drop) && drop.found === 'replugged').length;
  const when =
    changing > 0
      ? ` ${changing === lost ? 'Each time' : `${times(changing)} of them`} flash was being changed, when the module draws most current.`
      : '';
  return finding('adapter', 0.85, `The port went away ${times(lost)} and ${came}.${when}`);
}
