import assert from 'node:assert/strict';
import { systemClock } from '../../../src';
import { createSimulatedChip } from '../../../src/simulator/simulator';
import { Example, RunningExample } from '../../support/example';
import { openPty, type Pty } from '../../support/pty';
import { UsbBus } from '../../support/usb-bus';

const EXAMPLE = '9 Bench for whatever is plugged in';
const ADAPTERS = 'what is plugged in';

describe('the example of a bench', function () {
  this.timeout(60_000);
  let example: RunningExample;
  afterEach(() => example?.stop());

  it('backs a simulated chip up as it was imported, and flashes it once firmware lies ready', async () => {
    example = await RunningExample.start(new Example(EXAMPLE).logged());
    await example.press('plug a simulated chip in');
    await example.logs(/BK7231N backed up; no firmware\/BK7231N\.bin lies ready/);
    await example.press('make firmware/BK7231N.bin');
    await example.logs(/firmware.BK7231N\.bin'?\n/);
    await example.press('plug a simulated chip in');
    await example.logs(/BK7231N flashed, \d+ bytes written and verified; backup .*_full_/);
  });

  describe('with adapters', () => {
    let bus: UsbBus;
    const ptys: Pty[] = [];
    beforeEach(function () {
      // The kernel's folders are made up, and pseudo-terminals stand for adapters.
      if (process.platform !== 'linux') this.skip();
      bus = new UsbBus();
    });
    afterEach(async () => {
      for (const line of ptys.splice(0)) await line.close();
      bus?.remove();
    });

    /** An adapter with a simulated chip behind it. @returns its address */
    async function plugIn(socket: string, serial: string): Promise<string> {
      const chip = createSimulatedChip({ chip: 'bk7231n', speed: 'fast' }, systemClock);
      const line = await openPty();
      ptys.push(line);
      chip.attach({ baudRate: null, receive: (bytes) => line.write(bytes) });
      line.onData((bytes) => chip.receive(bytes, null));
      bus.plugIn(socket, `ttyUSB${ptys.length}`, { serial, named: true, terminal: line.path });
      return `usb:1a86:7523:${serial}`;
    }

    /** What the node of the adapters shows on its badge goes to the log, too. */
    function watched(flow: Example): Example {
      const { id, z = '' } = flow.named(ADAPTERS);
      const debug = { complete: 'status.text', targetType: 'msg', console: 'true', active: true };
      flow.nodes.push(
        { id: 'badge', z, type: 'status', scope: [id], x: 100, y: 500, wires: [['badges']] },
        { id: 'badges', z, type: 'debug', name: 'badge', ...debug, x: 300, y: 500, wires: [] },
      );
      return flow;
    }

    it('works on what is plugged in while it runs, and leaves alone what was there before', async () => {
      const before = await plugIn('1-1', 'BEFORE7');
      example = await RunningExample.start(
        watched(new Example(EXAMPLE).logged()),
        bus.forProcess(),
      );
      await example.logs(/1 here/);
      const lamp = await plugIn('1-2', 'LAMP7');
      await example.logs(new RegExp(`${lamp}: BK7231N backed up; no firmware`));
      assert.ok(!example.output.includes(before), example.output);
    });

    it('works on an adapter again that was plugged in anew, with the next lamp on it', async () => {
      example = await RunningExample.start(
        watched(new Example(EXAMPLE).logged().set(ADAPTERS, { settle: 0 })),
        bus.forProcess(),
      );
      await example.logs(/0 here/);
      const done = /usb:1a86:7523:BENCH7: BK7231N backed up/;
      await plugIn('1-2', 'BENCH7');
      await example.logs(done);
      bus.unplug('1-2');
      await example.logs(/0 here, gone/);
      await plugIn('1-2', 'BENCH7');
      await example.logs(new RegExp(`${done.source}[\\s\\S]*${done.source}`));
    });

    it('leaves other adapters alone than those that its filter lets through', async () => {
      example = await RunningExample.start(
        watched(new Example(EXAMPLE).logged().set(ADAPTERS, { settle: 0, filter: 'BENCH' })),
        bus.forProcess(),
      );
      await example.logs(/0 here/);
      const zigbee = await plugIn('1-1', 'ZIGBEE7');
      const bench = await plugIn('1-2', 'BENCH7');
      await example.logs(new RegExp(`${bench}: BK7231N backed up`));
      assert.ok(!example.output.includes(zigbee), example.output);
    });
  });
});
