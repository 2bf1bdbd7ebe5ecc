import { throwIfAborted } from '../base/abort';
import { BOOT_BAUD } from '../link/link';
import { type Climber, goTo, tryBaud } from './baud-climb';
import { BAUD_LADDER } from './baud-ladder';
import type { BaudProof } from './baud-proof';

/** Which ways a rate has proved itself. Null: it was not tried, or what came before it failed already. */
export interface RateFinding {
  baud: number;
  toHost: boolean | null;
  toChip: boolean | null;
}

/** After so many rates in a row that fail, faster ones are left alone: each of them can cost the link. */
const FAILURES = 2;

const WAYS: Readonly<Record<BaudProof | 'notReached', Pick<RateFinding, 'toHost' | 'toChip'>>> = {
  good: { toHost: true, toChip: true },
  poorToHost: { toHost: false, toChip: null },
  poorToChip: { toHost: true, toChip: false },
  unheard: { toHost: false, toChip: false },
  notReached: { toHost: false, toChip: false },
};

/**
 * Has every usual rate prove itself, slowest first, each from one that is proved; changes nothing on the chip, and
 * ends at the rate that it began with. Only where the host sets the rate.
 * @throws BkError as linking does, BK_CANCELLED
 */
export async function surveyRates(
  session: Climber,
  signal: AbortSignal | undefined,
): Promise<RateFinding[]> {
  const { exchanger, workingBaud } = session;
  const { transport } = exchanger;
  const findings: RateFinding[] = [];
  let home = BOOT_BAUD;
  let failures = 0;
  await goTo(session, home, signal);
  for (const baud of [...BAUD_LADDER].reverse()) {
    throwIfAborted(signal, transport.port);
    if (failures === FAILURES) {
      findings.push({ baud, toHost: null, toChip: null });
      continue;
    }
    const proof = await tryBaud(session, baud, home, 1, signal);
    findings.push({ baud, ...WAYS[proof] });
    failures = proof === 'good' ? 0 : failures + 1;
    if (proof === 'good') home = baud;
  }
  await goTo(session, workingBaud, signal);
  return findings;
}
