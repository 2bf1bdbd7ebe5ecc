import type { Clock } from '../../clock';
import { say } from '../../texts/note';
import type { Transport } from '../../transport/transport';
import { BOOT_BAUD } from '../base/link-state';
import type { SessionReport } from '../base/report';
import type { FilledSettings } from '../base/settings';
import { changesFlash, type Step } from '../base/step';
import { STANDSTILL_MS } from '../exchange/calls-under-way';
import type { Exchanger } from '../exchange/exchanger';
import { answersWithin, link } from '../link/link';
import type { Found } from './recovery-policy';

/** How long a chip is called at one rate before the other one is tried, ms. */
const CALL_MS = 25;
/** A rebooted chip listens for some hundred milliseconds: so long it is called at least. */
const BOOT_WINDOW_MS = 450;

/** What finding a chip needs of a session. */
export interface Findable {
  readonly port: string;
  readonly settings: FilledSettings;
  readonly clock: Clock;
  readonly exchanger: Exchanger;
  readonly report: SessionReport;
  /** Opens the port again after it was lost. @throws BkError BK_PORT_LOST when it does not come back */
  reopen(signal: AbortSignal | undefined): Promise<Transport>;
}

/** A chip that answers again. */
export interface FoundChip {
  found: Found;
  /** It answered only after it had been called for a while, or its answer came after all: it is slow. */
  wasBusy: boolean;
}

/**
 * Looks after a chip that did not answer: is it alive at this rate, rebooted and listening at the boot rate, or
 * does it need a reset?
 * @throws BkError BK_NO_LINK, BK_PORT_LOST, BK_CANCELLED
 */
export async function findChip(
  session: Findable,
  step: Step,
  signal: AbortSignal | undefined,
): Promise<FoundChip> {
  const { exchanger, clock, report, port } = session;
  const start = clock.now();
  if (exchanger.lost !== null) {
    await exchanger.transport.close();
    report.onPhase('recover', say('session.portGone', { port }), true);
    exchanger.attach(await session.reopen(signal));
    exchanger.evidence.adapterBack();
    await linkAnew(session, start, signal);
    return { found: 'replugged', wasBusy: false };
  }
  const found = await call(session, step, signal);
  if (found !== null) return found;
  await linkAnew(session, start, signal);
  return { found: 'relinked', wasBusy: false };
}

/**
 * Calls the chip in turn at the rate of before and at the boot rate, for as long as it can be busy or
 * listen after a boot.
 */
async function call(
  { exchanger, clock, report }: Findable,
  step: Step,
  signal: AbortSignal | undefined,
): Promise<FoundChip | null> {
  const { transport } = exchanger;
  const working = transport.baudRate;
  // A network may just stand still: then a chip that works would be reset for nothing.
  const least = exchanger.line.isLate ? BOOT_WINDOW_MS + STANDSTILL_MS : BOOT_WINDOW_MS;
  const end = Math.max(exchanger.busyUntil, clock.now() + least);
  const twoRates = transport.canSetBaudRate && working !== BOOT_BAUD;
  // A chip reboots in the middle of an erase or a program: then its boot window is running out.
  const bootFirst = changesFlash(step);
  const rates = !twoRates ? [working] : bootFirst ? [BOOT_BAUD, working] : [working, BOOT_BAUD];
  let wasBusy = false;
  let known = 0;
  do {
    known = exchanger.lateness;
    for (const baudRate of rates) {
      if (transport.baudRate !== baudRate) await exchanger.setBaudRate(baudRate);
      exchanger.forgetInput();
      if (!(await answersWithin(exchanger, CALL_MS, signal))) continue;
      await exchanger.waitForQuiet(20, 200);
      const rebooted = twoRates && baudRate === BOOT_BAUD;
      const isLate = wasBusy || exchanger.watch.cameLate;
      return { found: rebooted ? 'rebooted' : 'alive', wasBusy: !rebooted && isLate };
    }
    if (!wasBusy) report.onPhase('recover', say('session.callingAgain'), false);
    wasBusy = true;
    // What was called while the line was thought to be quicker may have answered.
  } while (clock.now() < end || exchanger.lateness > known);
  return null;
}

/** The link from the start, within what is left of the link time-out. */
async function linkAnew(
  { exchanger, settings, clock, report }: Findable,
  since: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { transport } = exchanger;
  if (transport.canSetBaudRate) await exchanger.setBaudRate(BOOT_BAUD);
  exchanger.forgetInput();
  await link(exchanger, {
    reset: settings.reset,
    timeoutMs: Math.max(0, settings.linkTimeout * 1000 - (clock.now() - since)),
    signal,
    onStep: (message, waits, line) => report.onPhase('recover', message, waits, line),
  });
}
