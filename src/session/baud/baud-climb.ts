import type { Identity } from '../base/identity';
import type { SessionReport } from '../base/report';
import type { FilledSettings } from '../base/settings';
import type { Exchanger } from '../exchange/exchanger';
import { BOOT_BAUD } from '../link/link';
import type { Flash } from '../memory/flash';
import { changeBaud, wayBack } from './baud';
import { nextBaud } from './baud-ladder';
import type { BaudMemories } from './baud-memory';
import { type BaudProof, proveBaud } from './baud-proof';

/** What going to another rate needs of a session. */
export interface Climber {
  readonly exchanger: Exchanger;
  readonly flash: Flash;
  readonly identity: Identity;
  readonly settings: Pick<FilledSettings, 'baud'>;
  readonly bauds: BaudMemories;
  /** Where it is recorded what was known of rates. */
  readonly report?: Pick<SessionReport, 'decisions'>;
  /** The rate that worked until now. */
  readonly workingBaud: number;
  forgetLocks(): void;
  /** Links anew at the boot rate. */
  relink(signal: AbortSignal | undefined): Promise<void>;
}

/**
 * Goes to the best rate for a setting that proves itself on this wiring, and ends at a proved one. What
 * worked and what did not is remembered for this chip on this port: a rate that failed is not tried again
 * for an hour, unless it is the one that is set.
 * @returns the rate
 */
export async function climb(
  session: Climber,
  setting: number | 'auto',
  signal: AbortSignal | undefined,
): Promise<number> {
  const { exchanger, identity, workingBaud } = session;
  const { transport } = exchanger;
  const chip = `${identity.chip} ${identity.flash.id} ${identity.bootloader.crc}`;
  const memory = session.bauds.of(transport.port, chip);
  const known = { proved: memory.proved, failed: [...memory.failed()] };
  session.report?.decisions?.decide({ kind: 'rates', ...known });
  // Whoever asks for less than there was, and is not the person, has seen errors there.
  const down =
    typeof setting === 'number' && setting < workingBaud && setting !== session.settings.baud;
  if (down) memory.fails(workingBaud);
  const { proved: remembered } = memory;
  const proved = new Set<number>();
  const failed = setting === 'auto' ? memory.failed() : new Set<number>();
  for (;;) {
    const next = nextBaud(setting, proved, failed, remembered);
    if (next === null) break;
    const unsure = down || next === transport.baudRate;
    const home = proved.size > 0 ? Math.max(...proved) : unsure ? BOOT_BAUD : transport.baudRate;
    // What has worked before gets a second chance: one garbled byte must not condemn it.
    const tries = next === remembered || next === workingBaud ? 2 : 1;
    if ((await tryBaud(session, next, home, tries, signal)) === 'good') {
      proved.add(next);
    } else {
      failed.add(next);
      memory.fails(next);
    }
  }
  // A rate below the boot rate is somebody's wish, for a line that carries no more.
  const wished = typeof setting === 'number' && proved.has(setting);
  const best = wished ? setting : Math.max(BOOT_BAUD, ...proved);
  if (transport.baudRate !== best) await goTo(session, best, signal);
  if (proved.has(best)) memory.works(best);
  return transport.baudRate;
}

/**
 * Goes to a rate and has it proved; where it is not, goes home.
 * @param home a rate that is proved
 * @returns `notReached` where the adapter does not have it, or the chip did not answer at it at all
 */
export async function tryBaud(
  session: Climber,
  baudRate: number,
  home: number,
  tries: number,
  signal: AbortSignal | undefined,
): Promise<BaudProof | 'notReached'> {
  const { exchanger, flash } = session;
  let result: BaudProof | 'notReached' = 'notReached';
  for (let left = tries; left > 0; left--) {
    const outcome = await changeBaud(exchanger, baudRate);
    if (outcome === 'changed') {
      const proof = await proveBaud(exchanger, flash);
      if (proof === 'good') {
        exchanger.evidence.baudTried(baudRate, 'proved');
        return proof;
      }
      result = proof;
      exchanger.evidence.baudTried(baudRate, 'failed');
      if (left === 1) await goHome(session, home, proof === 'unheard', signal);
      continue;
    }
    exchanger.evidence.baudTried(baudRate, outcome === 'lost' ? 'lost' : 'failed');
    if (outcome === 'rebooted') session.forgetLocks();
    if (outcome === 'lost') await session.relink(signal);
    await goTo(session, home, signal);
  }
  return result;
}

async function goHome(
  session: Climber,
  home: number,
  byReboot: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { exchanger } = session;
  const outcome = await wayBack(exchanger, home, byReboot);
  if (outcome === 'kept') return;
  session.forgetLocks();
  if (outcome === 'lost') await session.relink(signal);
  await goTo(session, home, signal);
}

/** To a rate that has carried answers before; by way of a reset if the chip is lost on the way. */
export async function goTo(
  session: Climber,
  baudRate: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const outcome = await changeBaud(session.exchanger, baudRate);
  if (outcome === 'changed') return;
  session.forgetLocks();
  if (outcome === 'lost') await session.relink(signal);
  await changeBaud(session.exchanger, baudRate);
}
