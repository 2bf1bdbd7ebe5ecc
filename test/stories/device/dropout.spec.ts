import assert from 'node:assert/strict';
import sinon from 'sinon';
import { BkError, type DeviceSettings, type Progress } from '../../../src';
import { SECTOR } from '../../../src/chip/geometry';
import { verbatim } from '../../../src/texts/note';
import { Adapter, PATHS, type Path } from '../../support/adapter';
import { noise } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

const OFFSET = 0x100000;
const LENGTH = 16 * SECTOR;
const SIM = 'bk7231n?app=silent&window=300';
/** Raw bytes carry no modem lines: there the firmware is asked to restart. */
const RESETS = {
  serial: [SIM, 'rts'],
  rfc2217: [SIM, 'rts'],
  tcp: ['bk7231n?window=300', 'auto'],
} as const;

function adapterOn(path: Path, settings: Partial<DeviceSettings> = {}): Adapter {
  const [sim, reset] = RESETS[path];
  return new Adapter(sim, { reset, ...settings }, path);
}

const SILENT = new BkError('BK_PORT_LOST', verbatim('it is there but does not answer'));

/** Requests at which nothing has been changed yet. */
const EARLY = [
  ['the first calls', 'S00', 3],
  ['identifying', 'S10', 1],
  ['the flash id', 'L0E', 1],
  ['changing the rate', 'S0F', 1],
  ['proving the rate', 'L09', 1],
  ['the checksums of a rate', 'S10', 30],
] as const;

describe('an adapter that drops out before anything was changed', () => {
  afterEach(() => sinon.restore());

  const ways: [Path, string | undefined][] = PATHS.map((path) => [path, undefined]);
  for (const [path, name] of [...ways, ['serial', '/dev/ttyELSE'] as const]) {
    for (const [what, key, nth] of EARLY) {
      // The rate of raw bytes is the server's business.
      if (path === 'tcp' && what.includes('rate')) continue;
      it(`does not end a write over ${path}: ${what}, back under ${name ?? 'its name'}`, async () => {
        const adapter = adapterOn(path, { idle: 0 });
        const { chip, clock, device } = adapter;
        adapter.onRequest = (sent, count) => {
          if (sent === key && count === (path === 'tcp' ? 1 : nth)) adapter.dropOut(1000, name);
        };
        const image = noise(LENGTH);
        const told: Progress[] = [];
        const { facts } = await device.write(
          { image, offset: OFFSET },
          { onProgress: (progress) => told.push(progress) },
        );
        assert.ok(chip.flash.subarray(OFFSET, OFFSET + LENGTH).equals(image));
        assert.equal(facts.recoveries.length, 1);
        assert.match(facts.recoveries[0]?.action ?? '', /port came back/);
        const cause = path === 'serial' ? /adapter went away/ : /connection to the serial server/;
        assert.match(facts.likely?.[0]?.cause ?? '', cause);
        // In its first second the server seems to turn the connection away: that is tried again without a word.
        const isTold = told.some(
          (step) => step.waitsForPerson && /is gone: waiting/.test(step.message),
        );
        assert.ok(isTold || (path === 'tcp' && key === 'S00'));
        await device.close();
        await adapter.settle();
        assert.ok(!chip.attached);
        assert.equal(clock.pending, 0);
      });
    }
  }

  it('does not end a connect, nor does one that fails while it is opened', async () => {
    const adapter = new Adapter(SIM, { reset: 'rts', idle: 0 });
    let dips = 2;
    adapter.refuse = () => (dips-- > 0 ? SILENT : null);
    adapter.onRequest = (sent, count) => {
      if (sent === 'S0F' && count === 1) adapter.dropOut(200);
    };
    const { payload, facts } = await adapter.device.connect();
    assert.equal(payload.chip, 'BK7231N');
    assert.deepEqual(
      facts.recoveries.map(({ phase }) => phase),
      ['open', 'identify'],
    );
    assert.equal(adapter.clock.pending, 0);
  });

  it('that never answers while it is opened is told by the first error', async () => {
    const adapter = new Adapter(SIM, { linkTimeout: 5 });
    adapter.refuse = () => SILENT;
    const error = await rejection(adapter.device.connect(), 'BK_PORT_LOST');
    assert.match(error.message, /does not answer/);
    assert.equal(adapter.clock.pending, 0);
  });

  for (const path of PATHS) {
    it(`and does not come back ends the job in time (${path})`, async () => {
      const adapter = adapterOn(path, { linkTimeout: 10 });
      adapter.onRequest = (sent, count) => {
        if (sent === 'S10' && count === 1) adapter.dropOut(3_600_000);
      };
      const error = await rejection(adapter.device.connect(), 'BK_PORT_LOST');
      await adapter.settle();
      assert.match(error.message, /did not come back within 10 s/);
      assert.equal(adapter.clock.pending, 1, 'only the plug');
    });

    it(`is not waited for after a cancel (${path})`, async () => {
      const adapter = adapterOn(path);
      const abort = new AbortController();
      adapter.onRequest = (sent, count) => {
        if (sent !== (path === 'tcp' ? 'S10' : 'S0F') || count !== 1) return;
        adapter.dropOut(20_000);
        adapter.clock.setTimeout(() => abort.abort(), 2000);
      };
      await rejection(adapter.device.connect({ signal: abort.signal }), 'BK_CANCELLED');
      await adapter.settle();
      assert.equal(adapter.clock.pending, 1, 'only the plug');
      assert.equal(adapter.opened, 1);
      assert.ok(!adapter.chip.attached);
    });

    it(`again and again is given up (${path})`, async () => {
      const adapter = adapterOn(path);
      adapter.onOpen = () => adapter.clock.setTimeout(() => adapter.dropOut(200), 20);
      const error = await rejection(adapter.device.connect(), 'BK_PORT_LOST');
      // A server that is not there for a second is not there yet.
      if (path !== 'serial') assert.match(error.message, /did not come back within 60 s/);
      else {
        assert.match(error.message, /does not stay/);
        assert.match(error.cause.advice.join(' '), /supply of its own/);
        assert.ok(adapter.opened < 20, `${adapter.opened}`);
      }
      await adapter.clock.advance(1000);
      assert.equal(adapter.clock.pending, 0);
    });
  }
});

describe('an adapter that goes away again as soon as it is back', () => {
  afterEach(() => sinon.restore());

  for (const path of PATHS) {
    for (const ms of [5, 50, 100, 300, 1000]) {
      it(`does not end a write over ${path} (after ${ms} ms)`, async () => {
        const adapter = adapterOn(path, { idle: 0 });
        const { chip, clock, device } = adapter;
        adapter.onRequest = (sent, count) => {
          if (sent === 'L07' && count === 4) adapter.dropOut(1000);
        };
        adapter.onOpen = (_, before) => {
          if (before === 1 || before === 2) clock.setTimeout(() => adapter.dropOut(1000), ms);
        };
        const image = noise(LENGTH);
        const { payload } = await device.write({ image, offset: OFFSET });
        assert.equal(payload.verified, true);
        assert.ok(chip.flash.subarray(OFFSET, OFFSET + LENGTH).equals(image));
        for (let address = OFFSET; address < OFFSET + LENGTH; address += SECTOR) {
          assert.ok((chip.counters.erases[address / SECTOR] ?? 0) <= 2, 'no wear by it');
        }
        await device.close();
        await adapter.settle();
        await clock.advance(5000);
        assert.equal(clock.pending, 0);
      });
    }

    it(`is given up when it never stays, with the state of flash (${path})`, async () => {
      const adapter = adapterOn(path, { idle: 0 });
      adapter.chip.flash.set(noise(LENGTH, 5), OFFSET);
      adapter.onRequest = (sent, count) => {
        if (sent === 'L07' && count === 4) adapter.dropOut(1000);
      };
      adapter.onOpen = (_, before) => {
        if (before > 0) adapter.clock.setTimeout(() => adapter.dropOut(1000), 30);
      };
      const work = adapter.device.write({ image: noise(LENGTH), offset: OFFSET });
      const error = await rejection(work, 'BK_PORT_LOST');
      const why = path === 'serial' ? 'does not stay: ' : 'did not come back within 60 s';
      assert.match(error.message, new RegExp(`${why}.*Send the same message again`));
      assert.ok(error.cause.state);
      if (path === 'serial') assert.ok(adapter.opened < 20, `${adapter.opened}`);
    });
  }
});
