import { type Note, say } from '../../texts/note';
import type { Evidence } from '../evidence/evidence';
import { failures, isChange, sum } from '../evidence/facts';
import { type Finding, finding, type Rule } from './finding';
import { times } from './phrases';

/** The own commands come back. */
function joined({ heard, linked }: Evidence): Finding | null {
  if (heard.echoes === 0 || (linked && heard.echoes < 5)) return null;
  const confidence = linked ? 0.4 : heard.echoes >= 3 ? 0.9 : 0.7;
  const evidence = say('diagnosis.echoes', { times: times(heard.echoes) });
  return finding('joined', confidence, evidence, { plain: true });
}

function secondTalker(evidence: Evidence): Finding | null {
  const { heard, slow, linked, drops } = evidence;
  const controller = heard.controllerFrames + slow.controllerFrames;
  const frames = heard.tuyaFrames + slow.tuyaFrames + controller;
  if (frames === 0) return null;
  const trouble = drops.length + evidence.mismatches.length + sum(evidence.tallies, failures);
  if (linked && trouble === 0) return null;
  // Firmware that calls its controller is heard between a reboot and the next link as well.
  const confidence = linked ? (frames >= 5 && controller > 0 ? 0.8 : 0.4) : 0.85;
  return finding(
    'secondTalker',
    confidence,
    controller > 0
      ? say('diagnosis.framesOfController', { frames, count: controller })
      : say('diagnosis.framesOfModule', { frames }),
  );
}

function application({ heard, linked }: Evidence): Finding | null {
  if (linked || heard.text === 0) return null;
  const most = heard.text >= 0.6 * heard.bytes;
  // Where own commands come back, some text is the own as well: firmware is asked to restart by a line of it.
  if (heard.echoes > 0 && !most) return null;
  return finding(
    'application',
    most ? 0.75 : 0.45,
    say('diagnosis.textArrives', {
      text: heard.text,
      bytes: heard.bytes,
      excerpt: tellable(heard.excerpt),
    }),
  );
}

/**
 * Words that all devices with a firmware say, and nobody's password is. Sources: logs of Beken's SDK and bootloader, of
 * OpenBeken, ESPHome and Tuya's SDK, as for their names.
 */
const KNOWN_WORDS = [
  /^(?:V:BK72\w{0,4}|V:BOOT|0x10000|prvHeapInit-start|\[Flash\]init|sctrl_[a-z_]{1,24}|simulated|over|LibreTiny|ESPHome)$/,
  /^(?:Info|Warn|Error|Debug|ExtraDebug):[A-Z]{1,8}:/,
];

/** A log without what may be somebody's: OpenBeken's, as one, tells the name of its Wi-Fi network and the key. */
function tellable(excerpt: string): string {
  const words = excerpt.trim().split(/ +/);
  const told = words.map((word) => KNOWN_WORDS.map((known) => known.exec(word)?.[0]).find(Boolean));
  const all = told.map((word, index) => (word === words[index] ? word : `${word ?? ''}…`));
  return all.filter((word, index) => word !== '…' || !all[index - 1]?.endsWith('…')).join(' ');
}

/** Nothing at all: the wire cannot tell a chip that runs from one that is not there. */
function silence(evidence: Evidence): Finding | null {
  const { linked, calls, received, heard, adapter } = evidence;
  if (linked || calls === 0 || received + heard.bytes > 0 || adapter.lost > 0) return null;
  return finding('silence', 0.5, say('diagnosis.notOneByte', { count: calls }));
}

/** The port itself went away. */
function adapter({ adapter: { lost, back, isServed }, drops }: Evidence): Finding | null {
  if (lost === 0) return null;
  // What a module draws tells nothing of a network.
  if (isServed) return finding('server', 0.85, wentAway(lost, back), { plain: true });
  const changing = drops.filter((drop) => isChange(drop) && drop.found === 'replugged').length;
  const went = wentAway(lost, back);
  const evidence =
    changing === 0
      ? went
      : say('diagnosis.sentences', { sentences: [went, whileChanging(changing, lost)] });
  return finding('adapter', 0.85, evidence, { plain: true });
}

function wentAway(lost: number, back: number): Note {
  if (back === 0) return say('diagnosis.portStayedAway', { times: times(lost) });
  return back < lost
    ? say('diagnosis.portCameBackAtTimes', { times: times(lost), back: times(back) })
    : say('diagnosis.portCameBack', { times: times(lost) });
}

function whileChanging(count: number, lost: number): Note {
  return count === lost ? say('diagnosis.everyTimeChanging') : say('diagnosis.changing', { count });
}

/** Wires, and what else is on them. */
export const WIRING_RULES: readonly Rule[] = [joined, secondTalker, application, silence, adapter];
