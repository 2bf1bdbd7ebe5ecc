import { EFUSE_REGISTERS } from '../../chip/efuse-registers';
import type { Exchanger } from '../exchange/exchanger';
import { cleanUpRegister, withCleanup } from './cleanup';
import { type EfuseController, readEfuseBytes } from './efuse-controller';
import type { Need, ScopedRegisterWrite } from './scoped-register-write';

const CLOCKED: readonly Need[] = [{ address: 0x54010030, set: 1 << 7 }];

/**
 * Nothing but the index of the byte and the start bit is ever written: the others of this register are the
 * direction, data to burn and the voltage for it. Source: BK7231GUIFlashTool.
 */
const CONTROLLER: EfuseController = {
  ...EFUSE_REGISTERS.clocked,
  request: async (_exchanger, index) => ((index & 0x1f) << 8) | 1,
};

/**
 * Bytes of eFuse behind the controller that has to be clocked: it is for as long as that takes, and left at rest.
 * @throws BkError BK_NO_RESPONSE, BK_PORT_LOST, BK_BAD_RESPONSE where a byte is not readable or the chip has
 *   rebooted under way
 */
export function readClockedEfuse(
  exchanger: Exchanger,
  scoped: ScopedRegisterWrite,
  offset: number,
  count: number,
): Promise<Buffer> {
  const atRest = { address: CONTROLLER.control, value: 0 };
  return scoped.during(CLOCKED, () =>
    withCleanup(
      () => readEfuseBytes(exchanger, CONTROLLER, offset, count),
      (failed) => cleanUpRegister(exchanger, atRest, failed),
    ),
  );
}
