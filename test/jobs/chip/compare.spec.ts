import assert from 'node:assert/strict';
import type { Progress } from '../../../src';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { ComparePredictor } from '../../../src/jobs/chip/predictors';
import type { SimulatedChip } from '../../../src/simulator/simulator';
import { noise, sum, testDevice } from '../../support/bench-device';

const OFFSET = 0x100000;
const BLOCKS = 8;
const SIZE = BLOCKS * BLOCK;

function checksums(chip: SimulatedChip): number {
  return chip.counters.commands.S10 ?? 0;
}

/** A chip that holds an image but for some sectors; linked, so that what is counted is the job's. */
async function holding(image: Buffer, changed: readonly number[], sim = 'bk7231n') {
  const own = testDevice(sim);
  own.chip.flash.set(image, OFFSET);
  for (const sector of changed) {
    own.chip.flash.set(noise(SECTOR, 900 + sector), OFFSET + sector * SECTOR);
  }
  await own.device.connect();
  const { chip, device } = own;
  const before = { checksums: checksums(chip), erases: sum(chip.counters.erases) };
  const seen: Progress[] = [];
  const write = async (onProgress: (progress: Progress) => void = () => {}) => {
    const { payload } = await device.write(
      { image, offset: OFFSET },
      {
        onProgress: (progress) => {
          seen.push(progress);
          onProgress(progress);
        },
      },
    );
    assert.equal(payload.verified, true);
    assert.ok(chip.flash.subarray(OFFSET, OFFSET + SIZE).equals(image));
    return {
      payload,
      checksums: checksums(chip) - before.checksums,
      erases: sum(chip.counters.erases) - before.erases,
      /** Bytes that the end of the job asked for. */
      verified: seen.findLast(({ phase }) => phase === 'verify')?.total ?? 0,
    };
  };
  return { ...own, write };
}

describe('comparing with what flash holds', () => {
  it('asks once for each block of an image that is there already, and no second time', async () => {
    const { write, device } = await holding(noise(SIZE, 3), []);
    const done = await write();
    assert.equal(done.erases, 0);
    assert.equal(done.verified, 0);
    // One sample of the first block, and a look at the bootloader come on top.
    assert.ok(done.checksums <= BLOCKS + 4, `${done.checksums}`);
    await device.close();
  });

  it('asks by sectors while differences turn up, and verifies what was touched', async () => {
    const changed = [5, 21, 38, 54, 70, 86, 103, 119];
    const { write, device } = await holding(noise(SIZE, 4), changed);
    const done = await write();
    assert.equal(done.erases, changed.length);
    assert.equal(done.payload.bytesUnchanged, SIZE - changed.length * SECTOR);
    assert.equal(done.verified, changed.length * SECTOR);
    // Each sector once, the touched ones once more, the first one at once after it was written, and one
    // or two blocks that were expected to be equal; and two by which the chip on the kept link is known again.
    assert.ok(done.checksums <= SIZE / SECTOR + changed.length + 7, `${done.checksums}`);
    await device.close();
  });

  it('asks for everything again where the chip stumbled while it was changed', async () => {
    const { write, device, chip } = await holding(noise(SIZE, 6), [5, 70], 'bk7231n?app=silent');
    let reset = false;
    const done = await write(({ phase }) => {
      if (phase === 'write' && !reset) {
        reset = true;
        chip.reset();
      }
    });
    assert.ok(reset);
    assert.equal(done.verified, SIZE);
    await device.close();
  });

  it('verifies a block that was erased as a whole, its equal sectors included', async () => {
    const changed = Array.from({ length: 14 }, (_, index) => index);
    const { write, device } = await holding(noise(SIZE, 7), changed);
    const done = await write();
    assert.equal(done.payload.blocksErased, 1);
    assert.equal(done.verified, BLOCK);
    await device.close();
  });
});

describe('what is expected of the next block', () => {
  it('is nothing at first, and then what the first one was', () => {
    const equal = new ComparePredictor();
    assert.equal(equal.differs, null);
    equal.saw(true);
    assert.equal(equal.differs, false);
    const other = new ComparePredictor();
    other.saw(false);
    assert.equal(other.differs, true);
  });

  it('is a difference after one, until three in a row were equal', () => {
    const predictor = new ComparePredictor();
    const seen = [true, false, true, true, false, true, true, true, true].map((equal) => {
      predictor.saw(equal);
      return predictor.differs;
    });
    assert.deepEqual(seen, [false, true, true, true, true, true, true, false, false]);
  });
});
