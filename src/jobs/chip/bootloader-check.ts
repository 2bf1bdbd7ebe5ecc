import { BLANK_BOOTLOADER, readBootloader } from '../../session/identify/identify';
import { isSaid } from '../../texts/note';
import type { JobContext } from '../base/job-context';

/**
 * Looks at the bootloader of a full chip after flash was changed and before anybody reboots it: firmware
 * is known that erases its own sector 0, and a chip without it does not start.
 */
export async function checkBootloader(context: JobContext): Promise<void> {
  const { session } = context;
  const { identity } = session;
  if (identity.family !== 'full') return;
  const wasBlank = identity.bootloader.blank;
  identity.bootloader = await context.step({ phase: 'verify', address: 0 }, () =>
    readBootloader(session.exchanger),
  );
  if (identity.bootloader.blank === wasBlank) return;
  if (identity.bootloader.blank) identity.warnings.push(BLANK_BOOTLOADER);
  else {
    identity.warnings = identity.warnings.filter(
      (warning) => !isSaid(warning, 'session.blankBootloader'),
    );
  }
}
