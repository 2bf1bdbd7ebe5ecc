import assert from 'node:assert/strict';
import { Device, systemClock } from '../../../src';
import { createSimulatedChip, type SimulatedChip } from '../../../src/simulator/simulator';
import { openSerial } from '../../../src/transport/schemes/serial';
import { noise } from '../../support/bench-device';
import { openPty, type Pty } from '../../support/pty';
import { rejection } from '../../support/rejects';

/** serialport itself, on a real terminal of the operating system, with a simulated chip at its far end. */
describe('a chip behind a real serial port', () => {
  let pty: Pty;
  let chip: SimulatedChip;

  beforeEach(async () => {
    pty = await openPty();
    chip = createSimulatedChip({ chip: 'bk7231n', speed: 'fast', seed: 77 }, systemClock);
    // A terminal tells nobody its rate: every one counts as right.
    chip.attach({ baudRate: null, receive: (bytes) => pty.write(bytes) });
    pty.onData((bytes) => chip.receive(bytes, null));
  });

  afterEach(async () => {
    chip.detach();
    await pty.close();
  });

  it('is linked, read and written, with changes of the rate and without modem lines', async () => {
    const device = new Device({ port: pty.path, baud: 921_600 });
    const { payload: report } = await device.connect();
    assert.equal(report.chip, 'BK7231N');
    assert.equal(report.baud, 921_600);
    assert.equal(chip.baudRate, 26_000_000 / 28);

    const before = Buffer.from(chip.flash);
    const { payload: bytes } = await device.read({ offset: 0, length: 0x40000 });
    assert.ok(Buffer.isBuffer(bytes) && bytes.equals(before.subarray(0, 0x40000)));

    const image = noise(0x20000);
    const { payload } = await device.write({ image, offset: 0x100000 });
    assert.equal(payload.verified, true);
    assert.ok(chip.flash.subarray(0x100000, 0x120000).equals(image));
    await device.close();
  });

  it('is free for others once the device is closed, and busy before', async () => {
    const device = new Device({ port: pty.path, baud: 115_200 });
    await device.connect();
    const error = await rejection(openSerial(pty.path, 115_200), 'BK_PORT_BUSY');
    assert.ok(error.message.includes(pty.path));
    await device.close();
    await (await openSerial(pty.path, 115_200)).close();
  });
});
