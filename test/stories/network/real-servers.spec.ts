import assert from 'node:assert/strict';
import { Device, systemClock } from '../../../src';
import { noise } from '../../support/bench-device';
import { cutRealWrites } from '../../support/servers/cut-real-writes';
import {
  missingFor,
  RAW_SER2NET,
  REAL_SERVERS,
  type RealServer,
  type Running,
} from '../../support/servers/real-servers';
import { ServedChip } from '../../support/servers/served-chip';
import { environmentOn } from '../../support/simulated-chips';

const OFFSET = 0x40000;
const LENGTH = 0x8000;
const WISHED = 921_600;

/** BK72XX_SERVERS=required makes a missing server a failure. */
const isRequired = process.env.BK72XX_SERVERS === 'required';

function word(missing: string | null): string {
  return missing === null ? '' : ` (skipped: ${missing})`;
}

function mustBeThere(missing: string | null): Mocha.Func {
  return function (this: Mocha.Context): void {
    if (missing === null) return;
    if (isRequired) throw new Error(missing);
    this.skip();
  };
}

for (const server of REAL_SERVERS) {
  const missing = missingFor(server);

  describe(`${server.name} with a chip on its port${word(missing)}`, function () {
    this.timeout(60_000);
    let served: ServedChip;
    let running: Running;

    before(mustBeThere(missing));

    beforeEach(async () => {
      served = await ServedChip.make();
      running = await server.start(served);
    });

    afterEach(async () => {
      await running?.stop();
      await served?.close();
    });

    function deviceAt(baud: number): Device {
      const port = `rfc2217://127.0.0.1:${running.port}`;
      return new Device({ port, baud, reset: 'rts' }, environmentOn(systemClock));
    }

    it('links it by RTS at 115200 baud', async () => {
      const device = deviceAt(115_200);
      try {
        const { payload } = await device.connect();
        assert.equal(payload.chip, 'BK7231N');
        assert.equal(payload.baud, 115_200);
        assert.equal(served.rate, 115_200);
        // The chip is silent, and begins to listen by a reset only.
        assert.ok(
          served.lines.some(({ rts }) => rts),
          'RTS was asserted',
        );
        assert.deepEqual(served.lines.at(-1), { rts: false, dtr: false });
      } finally {
        await device.close();
      }
    });

    it(`proves ${server.fastest} baud, and reads what it has written`, async () => {
      const device = deviceAt(WISHED);
      try {
        const image = noise(LENGTH);
        const { payload, facts } = await device.write({ image, offset: OFFSET });
        assert.equal(payload.verified, true);
        assert.equal(facts.baud, server.fastest);
        assert.equal(served.rate, server.fastest, 'the rate that the port really has');
        assert.ok(served.chip.flash.subarray(OFFSET, OFFSET + LENGTH).equals(image));
        const read = await device.read({ offset: OFFSET, length: LENGTH });
        assert.ok(Buffer.isBuffer(read.payload) && read.payload.equals(image));
        const warned = facts.warnings.some((warning) => /921600 baud did not work/.test(warning));
        assert.equal(warned, server.fastest < WISHED);
      } finally {
        await device.close();
      }
    });
  });
}

const [ser2net] = REAL_SERVERS as [RealServer];

for (const server of [ser2net, RAW_SER2NET]) {
  const missing = missingFor(server);

  describe(`connections through ${server.name} that are cut${word(missing)}`, function () {
    this.timeout(60_000);
    before(mustBeThere(missing));

    it('do not end a write', async () => {
      const faults: string[] = [];
      // Some of the ways; fifty writes are tried by `npm run survive`.
      for await (const { what, fault } of cutRealWrites(server, server === ser2net ? 4 : 2, 1)) {
        if (fault !== null) faults.push(`${what}: ${fault}`);
      }
      assert.deepEqual(faults, []);
    });
  });
}
