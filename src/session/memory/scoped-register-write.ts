import { BkError, hex } from '../../errors';
import { readRegister, writeRegister } from '../../protocol/commands/command-table';
import { say } from '../../texts/note';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilAnswered, askUntilTwiceAlike } from '../exchange/repeated-asks';
import { cleanUpRegister, withCleanup } from './cleanup';

/** Bits of a register that some work needs to be ones (`set`) or zeros (`clear`). */
export interface Need {
  address: number;
  set?: number;
  clear?: number;
}

/**
 * Registers that are changed for as long as some work takes, and then get back what the chip had in them.
 * One serves a whole job: where giving back fails, it still knows what is the chip's own when the work
 * is repeated.
 */
export class ScopedRegisterWrite {
  readonly #exchanger: Exchanger;
  /** By address: what the chip had there, and what was written there instead. */
  readonly #owed = new Map<number, { own: number; lent: number }>();

  constructor(exchanger: Exchanger) {
    this.#exchanger = exchanger;
  }

  /**
   * Works with all needs met. They are met in their order and given back in the opposite one, also where
   * the work fails; only what had to be changed is written at all.
   * @throws BkError BK_BAD_RESPONSE where the needs are not met any more at the end of the work: the chip has
   *   rebooted under way, and what came of the work is nothing
   */
  during<T>(needs: readonly Need[], work: () => Promise<T>): Promise<T> {
    return withCleanup(
      async () => {
        for (const need of needs) await this.#take(need);
        const result = await work();
        for (const need of needs) await this.#mustHold(need);
        return result;
      },
      async (failed) => {
        for (const { address } of [...needs].reverse()) await this.#giveBack(address, failed);
      },
    );
  }

  async #take(need: Need): Promise<void> {
    const { address } = need;
    // What is read here is written back later: one garbled answer must not become the chip's state.
    const now = await askUntilTwiceAlike(this.#exchanger, readRegister, { address });
    const value = met(need, now);
    // What was written before and still stands is not the chip's own; anything else is.
    if (this.#owed.get(address)?.lent !== now) this.#owed.delete(address);
    if (value === now) return;
    // Noted first: a write whose answer is lost may have been carried out.
    this.#owed.set(address, { own: now, lent: value });
    await askUntilAnswered(this.#exchanger, writeRegister, { address, value });
  }

  async #mustHold(need: Need): Promise<void> {
    const { address } = need;
    const now = await askUntilTwiceAlike(this.#exchanger, readRegister, { address });
    if (met(need, now) === now) return;
    // It has what it had after its start, and is owed nothing.
    this.#owed.clear();
    throw new BkError(
      'BK_BAD_RESPONSE',
      say('session.registerLostValue', {
        address: hex(address),
        port: this.#exchanger.transport.port,
      }),
      { phase: 'read', advice: [say('session.checkSupply')] },
    );
  }

  async #giveBack(address: number, failed: boolean): Promise<void> {
    const owed = this.#owed.get(address);
    if (owed === undefined) return;
    await cleanUpRegister(this.#exchanger, { address, value: owed.own }, failed);
    this.#owed.delete(address);
  }
}

/** The value of a register with a need met. */
function met({ set = 0, clear = 0 }: Need, value: number): number {
  return ((value | set) & ~clear) >>> 0;
}
