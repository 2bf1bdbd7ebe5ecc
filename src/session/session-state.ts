import type { Identity } from './base/identity';
import { BOOT_BAUD } from './base/link-state';
import type { Fingerprint } from './identify/fingerprint';
import type { LinkOutcome } from './link/link';
import type { Flash } from './memory/flash';

/** The chip is not identified yet. */
export interface Opening {
  readonly state: 'opening';
  /** Null until it has answered once. */
  readonly link: LinkOutcome | null;
  readonly workingBaud: number;
}

/** What is known of a chip that was identified. */
interface Known {
  /** The latest. */
  readonly link: LinkOutcome;
  readonly identity: Identity;
  readonly flash: Flash;
  /** What tells this chip from others of its model; null until it has been looked at. */
  readonly fingerprint: Fingerprint | null;
  /** The rate that both sides have agreed on, bits per second. */
  readonly workingBaud: number;
}

export interface Linked extends Known {
  readonly state: 'linked';
}

/** The chip rebooted or was away; what answers now may be another one, at another rate. */
export interface Lost extends Known {
  readonly state: 'lost';
}

/**
 * ```
 * opening ─ identified → linked ─ mistrusted → lost
 *    ↑                     ↑                     │
 *    └ begun anew          └───── recognised ────┘
 * ```
 */
export type SessionState = Opening | Linked | Lost;

export const UNOPENED: Opening = { state: 'opening', link: null, workingBaud: BOOT_BAUD };

/** All of it is done once more, as after the port was away before anything was changed. */
export function begunAnew({ link, workingBaud }: SessionState): Opening {
  return { state: 'opening', link, workingBaud };
}

/** The chip answered for the first time, at the rate that it has. */
export function answered(state: Opening, link: LinkOutcome, workingBaud: number): Opening {
  return { ...state, link, workingBaud };
}

/** Also once more, where it may have been another one the last time. */
export function identified(state: SessionState, identity: Identity, flash: Flash): SessionState {
  const { link, workingBaud } = state;
  if (link === null) return state;
  return { state: 'linked', link, identity, flash, fingerprint: null, workingBaud };
}

export function fingerprinted(state: SessionState, fingerprint: Fingerprint): SessionState {
  return state.state === 'opening' ? state : { ...state, fingerprint };
}

/** It was reset and answers again. That alone does not tell whether it is the same chip. */
export function relinked(state: SessionState, link: LinkOutcome): SessionState {
  return { ...state, link };
}

export function atRate(state: SessionState, workingBaud: number): SessionState {
  return { ...state, workingBaud };
}

/** It was found as it is after a boot, or behind a port that was away. */
export function mistrusted(state: SessionState): SessionState {
  return state.state === 'opening' ? state : { ...state, state: 'lost' };
}

/** It is the same chip, and has its rate again. */
export function recognised(state: SessionState): SessionState {
  return state.state === 'opening' ? state : { ...state, state: 'linked' };
}
