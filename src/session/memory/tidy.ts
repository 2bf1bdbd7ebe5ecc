import { writeRegister } from '../../protocol/commands/command-table';
import type { Exchanger } from '../exchange/exchanger';

/**
 * Does some work and then, however that ended, the tidying. `failed` tells the tidying that the work did;
 * what fails while tidying does not hide the work's own error then.
 */
export async function tidily<T>(
  work: () => Promise<T>,
  tidy: (failed: boolean) => Promise<void>,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await tidy(true).catch(() => {});
    throw error;
  }
  await tidy(false);
  return result;
}

/** Writes a register while tidying: once after a failure, since a chip that is gone would not hear it anyway. */
export async function tidyRegister(
  exchanger: Exchanger,
  write: { address: number; value: number },
  failed: boolean,
): Promise<void> {
  await (failed ? exchanger.run(writeRegister, write) : exchanger.ask(writeRegister, write));
}
