import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Device } from '../../../src';
import { systemClock } from '../../../src/clock';
import { createSimulatedChip } from '../../../src/simulator/simulator';
import { SimulatedChipServer } from '../../../src/simulator/tcp-server';
import { rejection } from '../../support/rejects';

describe('a chip that is served over TCP', () => {
  it('is busy while another program has it, and free afterwards', async () => {
    const chip = createSimulatedChip(
      { chip: 'bk7231n', speed: 'fast', window: 60_000 },
      systemClock,
    );
    const server = new SimulatedChipServer(chip, { port: 0 });
    const port = await server.listen();
    chip.reset();
    const other = connect(port, '127.0.0.1');
    await once(other, 'connect');
    while (!chip.attached) await new Promise((resolve) => setImmediate(resolve));

    const url = `tcp://127.0.0.1:${port}`;
    const device = new Device({ port: url, idle: 0, after: 'leave' });
    const error = await rejection(device.connect(), 'BK_PORT_BUSY');
    assert.ok(error.message.startsWith(`${url} took the connection and closed it at once`));
    assert.equal(error.cause.phase, 'open');

    other.end();
    while (chip.attached) await new Promise((resolve) => setImmediate(resolve));
    const { payload } = await device.connect();
    assert.equal(payload.chip, 'BK7231N');
    await device.close();
    await server.close();
  });
});
