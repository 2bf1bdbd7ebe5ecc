import { writeRegister } from '../../protocol/commands/command-table';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilAnswered } from '../exchange/repeated-asks';

/**
 * Does some work and then, however that ended, the cleaning up. `failed` tells that one that the work did;
 * what fails while cleaning up does not hide the work's own error then.
 */
export async function withCleanup<T>(
  work: () => Promise<T>,
  cleanUp: (failed: boolean) => Promise<void>,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await cleanUp(true).catch(() => {});
    throw error;
  }
  await cleanUp(false);
  return result;
}

/** Writes a register while cleaning up: once after a failure, since a chip that is gone would not hear it anyway. */
export async function cleanUpRegister(
  exchanger: Exchanger,
  write: { address: number; value: number },
  failed: boolean,
): Promise<void> {
  await (failed
    ? exchanger.sendOnce(writeRegister, write)
    : askUntilAnswered(exchanger, writeRegister, write));
}
