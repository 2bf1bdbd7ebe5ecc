import { checkCrc, encodeRequest, linkCheck } from '../protocol/commands/command-table';
import { requestIn } from '../trace/known-requests';
import type { Stretch } from '../trace/record-lines';
import { type Act, fits, type HostStep, isHostStep } from './host-acts';
import type { Step } from './script';

const LINK_CHECK = encodeRequest(linkCheck, undefined);

/**
 * What may be asked more or less often than in the record, as that depends on the time that a computer takes: link
 * checks, and the checksums of short stretches that prove a rate.
 */
export type Probe = 'link' | 'rate';

/** Stretches that prove a rate are shorter, bytes. */
const LONGEST_PROOF = 64;

/** What kind of probe something is that is written; null for all else. */
export function probeOf(one: Act | HostStep): Probe | null {
  if (one.kind !== 'out') return null;
  const bytes = Buffer.isBuffer(one.bytes) ? one.bytes : bytesTold(one.bytes);
  if (bytes?.equals(LINK_CHECK)) return 'link';
  const request = bytes === null ? null : requestIn(bytes);
  if (request === null || (request.command as unknown) !== checkCrc) return null;
  const { payload } = request;
  return payload.readUInt32LE(4) - payload.readUInt32LE(0) < LONGEST_PROOF ? 'rate' : null;
}

/** Null where some of them are not told. */
function bytesTold([head, ...more]: readonly Stretch[]): Buffer | null {
  return typeof head === 'string' && more.length === 0 ? Buffer.from(head, 'hex') : null;
}

/** So much longer or shorter than in the record probes may go on, ms: timers of a busy computer are so late. */
export const SLACK_MS = 100;

/**
 * The index of the step that an act is: the next one, or one behind probes that are not made now; null for none.
 * @param latest what was written last, where it is a probe
 */
export function stepOf(
  act: Act,
  steps: readonly Step[],
  next: number,
  latest: LatestProbe | null,
): number | null {
  for (let index = next; index < steps.length; index++) {
    const step = steps[index] as Step;
    if (!isHostStep(step)) continue;
    if (fits(step, act)) return index;
    if (latest === null || probeOf(step) !== latest.kind) return null;
    if (step.t - (steps[next]?.t ?? 0) > SLACK_MS) return null;
  }
  return null;
}

/** The latest probe, and what came of it. */
export class LatestProbe {
  readonly kind: Probe;
  readonly #sentAt: number;
  /** What arrived first after it, and how many ms later. */
  #answer: { bytes: Buffer; ms: number } | null = null;

  constructor(kind: Probe, sentAt: number) {
    this.kind = kind;
    this.#sentAt = sentAt;
  }

  arrived(bytes: Buffer, now: number): void {
    this.#answer ??= { bytes, ms: now - this.#sentAt };
  }

  get answer(): { readonly bytes: Buffer; readonly ms: number } | null {
    return this.#answer;
  }
}
