import type { CauseId } from '../../../../src/diagnosis/rules/finding';
import type { ScriptedTransport } from '../../../support/scripted-transport';
import type { VirtualClock } from '../../../support/virtual-clock';
import { type Case, run, runAgain, runScript, type Seen } from '../rig';

/** A fault, and the cause that should be named first. */
export interface Scenario {
  name: string;
  /** Any of these is right; an empty list means that nothing is wrong and nothing may be named. */
  expected: readonly CauseId[];
  run(seed: number): Promise<Seen>;
  /** The same against the record of such a run. @param file absolute path */
  runAgain(seed: number, file: string): Promise<Seen>;
}

/** A job on a simulated chip, whose address gets the seed. */
export function onChip(
  name: string,
  expected: readonly CauseId[],
  caseOf: (seed: number) => Case,
): Scenario {
  const seeded = (seed: number): Case => {
    const own = caseOf(seed);
    const join = own.sim.includes('?') ? '&' : '?';
    return { ...own, sim: `${own.sim}${join}seed=${seed}` };
  };
  return {
    name,
    expected,
    run: (seed) => run(seeded(seed)),
    runAgain: (seed, file) => runAgain(file, seeded(seed)),
  };
}

/** The same with CEN on the adapter's RTS, so that nobody need be asked for a reset. */
export function onWiredChip(
  name: string,
  expected: readonly CauseId[],
  caseOf: (seed: number) => Case,
): Scenario {
  return onChip(name, expected, (seed) => {
    const own = caseOf(seed);
    return { ...own, settings: { reset: 'rts', ...own.settings } };
  });
}

/** A line on which something talks that is no chip. */
export function withoutChip(
  name: string,
  expected: readonly CauseId[],
  script: (line: ScriptedTransport, clock: VirtualClock, seed: number) => void,
): Scenario {
  return {
    name,
    expected,
    run: (seed) => runScript((line, clock) => script(line, clock, seed)),
    runAgain: (_seed, file) => runAgain(file),
  };
}
