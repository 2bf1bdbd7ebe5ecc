import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { noise, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';
import { spoilAnswers } from '../../support/spoil-answers';

const START = 0x100000;
const IMAGE = noise(2 * BLOCK, 3);
/** Commands, and where in them the address stands. */
const ERASE = { commands: [0x0f], addressAt: 9 };
const PROGRAM = { commands: [0x06, 0x07], addressAt: 8 };

/** A chip that answers some changes with a failure, and does not carry out what it has answered so. */
function refusing(
  { commands, addressAt }: typeof ERASE,
  isRefused: (address: number, length: number) => boolean,
) {
  const { device, chip } = testDevice('bk7231n');
  chip.flash.set(noise(3 * BLOCK, 9), START);
  /** How often each address was refused. */
  const refusals = new Map<number, number>();
  let undo: (() => void) | null = null;
  const receive = chip.receive.bind(chip);
  chip.receive = (bytes, baud) => {
    const command = bytes[7] as number;
    if (bytes[3] === 0xff && commands.includes(command)) {
      const address = bytes.readUInt32LE(addressAt);
      const length = ERASE.commands.includes(command) && bytes[8] === 0xd8 ? BLOCK : SECTOR;
      if (isRefused(address, length)) {
        refusals.set(address, (refusals.get(address) ?? 0) + 1);
        const before = Buffer.from(chip.flash.subarray(address, address + length));
        undo = () => chip.flash.set(before, address);
      }
    }
    receive(bytes, baud);
  };
  spoilAnswers(chip, commands, (answer) => {
    if (undo === null) return;
    answer[10] = 1;
    undo();
    undo = null;
  });
  return { device, chip, refusals };
}

/** Whether a change touches a sector. */
const touches = (sector: number) => (address: number, length: number) =>
  address <= sector && sector < address + length;

describe('a sector that the chip refuses', () => {
  const AT = START + 5 * SECTOR;

  for (const [what, change] of [
    ['erase', ERASE],
    ['program', PROGRAM],
  ] as const) {
    for (const [where, address] of [
      ['in the middle', AT],
      ['at the start', START],
    ] as const) {
      it(`to ${what} ${where} is named, and all others are written`, async () => {
        const { device, chip } = refusing(change, touches(address));
        const job = device.write({ image: IMAGE, offset: START });
        const { message, cause } = await rejection(job, 'BK_BAD_SECTOR');
        assert.match(message, /everything else is in place and verified/);
        assert.equal(cause.address, address);
        assert.match(cause.likely[0]?.cause ?? '', /Worn or broken/);
        assert.deepEqual(cause.state?.uncertain, [{ offset: address, length: SECTOR }]);
        for (let offset = 0; offset < IMAGE.length; offset += SECTOR) {
          if (START + offset === address) continue;
          const held = chip.flash.subarray(START + offset, START + offset + SECTOR);
          assert.ok(held.equals(IMAGE.subarray(offset, offset + SECTOR)), `at ${offset}`);
        }
        const erases = chip.counters.erases[address / SECTOR] as number;
        assert.ok(erases <= 5, `${erases} erases`);
        await device.close();
      });
    }
  }

  it('costs the line nothing of its rate, neither in this job nor in the next', async () => {
    const second = AT + BLOCK;
    const { device, refusals } = refusing(
      ERASE,
      (...change) => touches(AT)(...change) || touches(second)(...change),
    );
    await rejection(device.write({ image: IMAGE, offset: START }), 'BK_BAD_SECTOR');
    for (const sector of [AT, second]) assert.ok((refusals.get(sector) ?? 0) >= 3);
    const { facts } = await device.connect();
    assert.equal(facts.baud, 2_000_000);
    assert.deepEqual(facts.warnings, []);
    await device.close();
  });

  it('is written after all where the chip has changed its mind', async () => {
    let left = 3;
    const { device, chip } = refusing(ERASE, (...change) => touches(AT)(...change) && left-- > 0);
    const { payload } = await device.write({ image: IMAGE, offset: START });
    assert.equal(payload.verified, true);
    assert.ok(chip.flash.subarray(START, START + IMAGE.length).equals(IMAGE));
    await device.close();
  });

  it('is named by an erase as well', async () => {
    const { device, chip } = refusing(ERASE, touches(AT));
    const job = device.erase({ region: 'range', offset: START, length: BLOCK });
    const { cause } = await rejection(job, 'BK_BAD_SECTOR');
    assert.equal(cause.address, AT);
    const isBlank = (start: number, end: number) =>
      chip.flash.subarray(start, end).every((byte) => byte === 0xff);
    assert.ok(isBlank(START, AT) && isBlank(AT + SECTOR, START + BLOCK));
    assert.ok(!isBlank(AT, AT + SECTOR));
    await device.close();
  });

  it('is no single one where the chip refuses them all', async () => {
    const { device, refusals } = refusing(ERASE, () => true);
    const job = device.write({ image: IMAGE, offset: START });
    const { cause } = await rejection(job, 'BK_BAD_RESPONSE');
    assert.ok(cause.advice.length > 0);
    assert.ok(refusals.size <= 2, 'nothing is tried all over the flash');
    await device.close();
  });
});
