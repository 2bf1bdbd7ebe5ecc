import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src';
import { createSimulatedChip } from '../../../src/simulator/simulator';
import { Example, RunningExample } from '../../support/example';
import { openPty, type Pty } from '../../support/pty';

const EXAMPLE = '9 Bench for whatever is plugged in';

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

  it('works on what is plugged in while it runs, and leaves alone what was there before', async function () {
    // The example looks for adapters where Linux names them, and pseudo-terminals stand for those.
    if (process.platform === 'win32') this.skip();
    const folder = mkdtempSync(path.join(tmpdir(), 'bk72xx-by-id-'));
    const ptys: Pty[] = [];
    const plugIn = async (name: string): Promise<void> => {
      const chip = createSimulatedChip({ chip: 'bk7231n', speed: 'fast' }, systemClock);
      const line = await openPty();
      ptys.push(line);
      chip.attach({ baudRate: null, receive: (bytes) => line.write(bytes) });
      line.onData((bytes) => chip.receive(bytes, null));
      symlinkSync(line.path, path.join(folder, name));
    };
    try {
      await plugIn('usb-before');
      const flow = new Example(EXAMPLE)
        .logged()
        .set('every 5 seconds', { repeat: '0.5', onceDelay: 0.1 })
        .edit('which adapters', 'command', '/dev/serial/by-id', folder)
        .edit('what is new', 'func', 'return ', "node.warn('looked');\nreturn ");
      example = await RunningExample.start(flow);
      await example.logs(/looked/);
      await plugIn('usb-lamp');
      await example.logs(/usb-lamp: BK7231N backed up; no firmware/);
      if (/usb-before/.test(example.output)) throw new Error(example.output);
    } finally {
      for (const line of ptys) await line.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
