import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { BLOCK, SECTOR } from '../../src/chip/geometry';
import { noise, scratchFolder, testDevice } from '../support/bench-device';
import { nextSeed } from '../support/seed';

const LENGTH = 0x100000;

describe('an incremental backup', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);

  /** A chip with a backup, some of whose sectors have changed since. */
  async function backedUp(changed: readonly number[], sim = 'bk7231n') {
    const own = testDevice(sim);
    // What the backup of another chip in the folder has would be taken from there.
    const content = nextSeed() * 1000;
    const read = () =>
      own.device.read({ offset: 0, length: LENGTH, file: { folder: folder(), incremental: true } });
    await read();
    for (const sector of changed)
      own.chip.flash.set(noise(SECTOR, content + sector), sector * SECTOR);
    const { commands } = own.chip.counters;
    const before = { ...commands };
    const { payload, facts } = await read();
    assert.ok(typeof payload === 'string');
    assert.ok(readFileSync(payload).equals(own.chip.flash.subarray(0, LENGTH)));
    await own.device.close();
    const count = (key: string) => (commands[key] ?? 0) - (before[key] ?? 0);
    return { facts, checksums: count('S10'), reads: count('L09') };
  }

  it('asks once for each block of a chip that has not changed', async () => {
    const { facts, checksums, reads } = await backedUp([]);
    assert.equal(facts.bytesRead, 0);
    assert.equal(facts.bytesReused, LENGTH);
    assert.equal(reads, 0);
    assert.ok(checksums <= LENGTH / BLOCK, `${checksums}`);
  });

  it('reads what has changed, and asks for no sector twice', async () => {
    const changed = [20, 37, 60, 81, 99, 120, 139, 161, 180, 199, 220, 241, 255];
    for (const sim of ['bk7231n', 'bk7231t']) {
      const { facts, checksums, reads } = await backedUp(changed, sim);
      assert.equal(facts.bytesRead, changed.length * SECTOR);
      assert.equal(reads, changed.length);
      // The blocks that were expected to be equal come on top.
      assert.ok(checksums <= LENGTH / SECTOR + 3, `${checksums}`);
    }
  });

  it('reads a sector again that arrives changed', async () => {
    const { facts } = await backedUp([20, 21, 22, 23], 'bk7231n?corrupt=0.02&seed=77');
    assert.ok((facts.bytesRead ?? 0) >= 4 * SECTOR);
  });
});
