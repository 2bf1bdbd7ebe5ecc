import { isUint8Array } from 'node:util/types';
import type { BkError, ChipReport, Note } from '../../src';
import type { SaidNote, ShownChip, ShownError } from './messages';

/* What of the engine's facts goes to a browser: as it is, without bytes of flash. Keys and passwords are in none of it. */

export function shownNote({ code, params }: Note): SaidNote {
  return { code, params };
}

export function shownError({ code, cause }: BkError): ShownError {
  return {
    code,
    message: shownNote(cause.text),
    likely: cause.likely.map(({ code: what, params, confidence, evidenceCode }) => ({
      cause: { code: what, params },
      confidence,
      evidence: [shownNote(evidenceCode)],
    })),
    advice: cause.adviceCodes.map(shownNote),
    state: cause.state === null ? null : { ...cause.state },
  };
}

export function shownChip(report: ChipReport): ShownChip {
  const { chip, aliases, family, chipId, bootloader, flash, encryptionKey, mac, baud } = report;
  return { chip, aliases, family, chipId, bootloader, flash, encryptionKey, mac, baud };
}

/** The payload of a job as a flow gets it; null where it is bytes. */
export function shownResult(payload: unknown): unknown {
  return isUint8Array(payload) ? null : payload;
}
