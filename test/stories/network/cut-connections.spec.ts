import assert from 'node:assert/strict';
import sinon from 'sinon';
import { cutWrites, FATES, MOMENTS, type ServedPath } from '../../support/cut-writes';

const WRITES = 50;

describe('a connection to a serial server that is cut', function () {
  this.timeout(60_000);
  afterEach(() => sinon.restore());

  for (const path of ['rfc2217', 'tcp'] as const satisfies readonly ServedPath[]) {
    it(`at any instant does not end a write over ${path}: ${WRITES} of ${WRITES} are verified`, async () => {
      const faults: string[] = [];
      const tried = new Set<string>();
      let mended = 0;
      for await (const { what, fault, recoveries } of cutWrites(path, WRITES, 7)) {
        if (fault !== null) faults.push(`${what}: ${fault}`);
        for (const { name } of FATES) if (what.includes(name)) tried.add(name);
        for (const moment of MOMENTS) if (what.startsWith(moment)) tried.add(moment);
        if (recoveries > 0) mended++;
      }
      assert.deepEqual(faults, []);
      assert.ok(tried.size >= FATES.length + MOMENTS.length - 2, [...tried].join(', '));
      assert.ok(mended > WRITES / 2, `${mended}`);
    });
  }
});
