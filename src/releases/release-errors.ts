import type { KnownRelease } from '../chip/known/known-releases';
import { BkError } from '../errors';
import { type Note, say, verbatim } from '../texts/note';
import type { WebAnswer, WebFailure, WebFault } from './web';

/** A download that did not come about. Nothing on the chip was changed for it. */
export function notFetched(failure: Note, ...advice: Note[]): BkError {
  return new BkError('BK_DOWNLOAD', say('release.nothingWritten', { failure }), {
    phase: 'open',
    advice,
  });
}

/** What went wrong on the way. @param what was to be fetched, from `host` */
export function failedOnTheWay({ fault }: WebFailure, what: string, host: string): BkError {
  switch (fault.kind) {
    case 'tooLong':
      return notFetched(
        say('release.tooLong', { what, host, most: fault.most }),
        say('release.checkServer'),
      );
    case 'broken':
      return notFetched(
        fault.of === null
          ? say('release.brokenOff', { what, host, got: fault.got })
          : say('release.truncated', { what, host, got: fault.got, of: fault.of }),
        say('release.sendAgain'),
      );
    case 'silent':
    case 'unreachable':
      return notFetched(
        say('release.unreachable', { host, why: whyNobodyAnswers(fault) }),
        say('release.connect'),
        say('release.orFetchByHand'),
      );
    case 'cancelled':
      return new BkError('BK_CANCELLED', say('release.cancelled', { what }), { phase: 'open' });
  }
}

/** Nobody is there, which a network that is down looks like; all else is an answer that cannot be used. */
export function isNoAnswer({ kind }: WebFault): boolean {
  return kind === 'unreachable' || kind === 'silent';
}

/** Completes "does not answer: …". */
export function whyNobodyAnswers(fault: WebFault): Note {
  if (fault.kind === 'silent') return say('release.silentFor', { seconds: fault.seconds });
  return verbatim(fault.kind === 'unreachable' ? fault.why : fault.kind);
}

/** Any answer but 200. @param tag that was asked for; null for the newest, undefined for one of its files */
export function refusedBy(
  { status, headers }: WebAnswer,
  host: string,
  release: KnownRelease,
  tag: string | null | undefined,
): BkError {
  const { title, repository } = release;
  if (isRateLimit(status, headers)) return rateLimited(host, resetOf(headers));
  if (status === 401 || status === 403) {
    const text = say('release.private', { host, status, repository });
    return notFetched(text, say('release.publicServer'));
  }
  if (status === 404 && tag !== undefined) {
    return tag === null
      ? notFetched(say('release.noReleases', { host, repository }), say('release.checkServer'))
      : notFetched(say('release.noVersion', { title, tag, host }), say('release.nameVersion'));
  }
  return notFetched(say('release.oddStatus', { host, status }), say('release.sendAgainLater'));
}

function isRateLimit(status: number, headers: WebAnswer['headers']): boolean {
  if (status === 429) return true;
  const isUsedUp = headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined;
  return status === 403 && isUsedUp;
}

function rateLimited(host: string, until: string | null): BkError {
  const text =
    until === null
      ? say('release.rateLimited', { host })
      : say('release.rateLimitedUntil', { host, until });
  return notFetched(text, say('release.waitOrName'), say('release.orFetchByHand'));
}

/** When the server answers again: it counts seconds since 1970. Null where it does not say. */
function resetOf(headers: WebAnswer['headers']): string | null {
  const seconds = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  if (!Number.isSafeInteger(seconds) || seconds <= 0 || seconds > 1e11) return null;
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
