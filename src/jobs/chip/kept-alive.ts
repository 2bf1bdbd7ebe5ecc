import type { Session } from '../../session/session';

/** Some chips leave download mode when they hear nothing for three seconds; on a slow computer this is work. */
const KEEP_ALIVE_MS = 500;

/** For work in the midst of a job that does not ask the chip: to be called again and again, keeps it in download mode. */
export function keptAlive(session: Session): () => Promise<void> {
  let heard = session.clock.now();
  return async () => {
    if (session.clock.now() - heard < KEEP_ALIVE_MS) return;
    await session.keepAlive();
    heard = session.clock.now();
  };
}
