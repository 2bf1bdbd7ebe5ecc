import assert from 'node:assert/strict';
import { noise } from '../support/bench-device';
import { ExchangedChip } from '../support/exchanged-chip';

/** Nobody there after the link, no reset wire, and some 300 ms after a boot in which the chip listens. */
const WINDOW = 'window=300&reset=none&app=silent';
const LENGTH = 0x14000;
const OFFSET = 0x11000;
/** When in the command the supply goes, ms after its request begins to leave. */
const INSTANTS = [0, 1, 15, 160];

/** What a write with a backup sends, by what it is. */
const COMMANDS = {
  S00: 'a link check',
  S03: 'reading a register',
  S01: 'writing a register',
  S0F: 'changing the rate',
  S10: 'a checksum',
  L07: 'a program',
  L09: 'a read',
  L0C: 'reading the status register',
  L0D: 'writing the status register',
  L0E: 'reading the flash id',
  L0F: 'an erase',
} as const;

type Key = keyof typeof COMMANDS;

const job = (own: ExchangedChip) =>
  own.device.write({ image: noise(LENGTH, 7), offset: OFFSET, bootloader: 'keep' }, own.control);

async function placed(chip: string, baud: number | 'auto', key: Key, nth: number, ms: number) {
  const own = new ExchangedChip(`${chip}?${WINDOW}&seed=5`, { baud });
  let dropped = false;
  own.onRequest = ({ key: sent, ofKind }) => {
    if (dropped || sent !== key || ofKind !== nth) return;
    dropped = true;
    if (ms === 0) own.chip.powerCycle();
    else own.clock.setTimeout(() => own.chip.powerCycle(), ms);
  };
  const outcome = await job(own).then(
    () => null,
    (error: Error) => error.message,
  );
  assert.ok(dropped, 'it was sent');
  if (outcome !== null) return outcome;
  if (own.asked > 1) return 'asked for a person';
  const image = noise(LENGTH, 7);
  return own.chip.flash.subarray(OFFSET, OFFSET + LENGTH).equals(image) ? null : 'flash is wrong';
}

describe('a chip whose supply goes in the midst of a command', () => {
  for (const [chip, baud] of [
    ['bk7231n', 'auto'],
    ['bk7231n', 115_200],
    ['bk7231t', 'auto'],
    ['bk7231t', 115_200],
    ['bk7238', 921_600],
  ] as const) {
    it(`is caught while it listens, whatever the command was: ${chip} at ${baud}`, async () => {
      const dry = new ExchangedChip(`${chip}?${WINDOW}&seed=5`, { baud });
      await job(dry);
      const lost: string[] = [];
      let placedDrops = 0;
      for (const key of Object.keys(COMMANDS) as Key[]) {
        const count = dry.requests.filter((one) => one === key).length;
        // Calls before the first link are not answered anyway.
        const first = key === 'S00' ? dry.requests.indexOf('S10') : 0;
        const nths = new Set(
          [0, 1, 0.4, 0.8].map((share) =>
            share === 1 ? first + 1 : first + Math.floor(share * (count - first)),
          ),
        );
        for (const nth of [...nths].filter((one) => one < count)) {
          for (const ms of INSTANTS) {
            placedDrops++;
            const fault = await placed(chip, baud, key, nth, ms);
            if (fault !== null)
              lost.push(`${COMMANDS[key]} (${key} ${nth}) after ${ms} ms: ${fault}`);
          }
        }
      }
      assert.ok(placedDrops >= 40, `${placedDrops}`);
      assert.deepEqual(lost, []);
    }).timeout(300_000);
  }
});
