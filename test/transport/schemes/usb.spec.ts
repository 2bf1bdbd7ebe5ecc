import assert from 'node:assert/strict';
import sinon from 'sinon';
import { canonicalPort, openTransport } from '../../../src/transport/schemes/schemes';
import { serialScheme } from '../../../src/transport/schemes/serial';
import { SimulatedChips } from '../../../src/transport/schemes/simulated-chips';
import type { Transport } from '../../../src/transport/transport';
import { rejection } from '../../support/rejects';
import { UsbBus } from '../../support/usb-bus';
import { VirtualClock } from '../../support/virtual-clock';

const FTDI = { vendorId: '0403', productId: '6001', serial: 'FT3X7QAB' };
const DUAL = { vendorId: '0403', productId: '6010', serial: 'FT9Z' };

describe('a port by what its adapter is', () => {
  let bus: UsbBus;
  let opened: { path: string; named: string | undefined }[];
  beforeEach(function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    bus = new UsbBus().install();
    opened = [];
    sinon.replace(serialScheme, 'open', async (path, { named }) => {
      opened.push({ path, named });
      return { port: named, onLost: null } as unknown as Transport;
    });
  });
  afterEach(() => {
    sinon.restore();
    bus?.remove();
  });

  const open = (port: string) =>
    openTransport(port, {
      baudRate: 115_200,
      clock: new VirtualClock(),
      chips: new SimulatedChips(),
    });

  it('is opened wherever it is plugged in, and keeps its name', async () => {
    const port = 'usb:0403:6001:ft3x7qab';
    bus.plugIn('1-1', 'ttyUSB0');
    bus.plugIn('1-2', 'ttyUSB1', FTDI);
    assert.equal((await open(` ${port} `)).port, port);
    bus.unplug('1-2');
    bus.plugIn('1-4', 'ttyUSB2', FTDI);
    assert.equal((await open(port)).port, port);
    const paths = ['ttyUSB1', 'ttyUSB2'].map((name) => bus.at(name));
    assert.deepEqual(
      opened,
      paths.map((path) => ({ path, named: port })),
    );
  });

  it('that is not there is told with the adapters that are', async () => {
    bus.plugIn('1-1', 'ttyUSB0', { named: true });
    bus.plugIn('1-2', 'ttyUSB1', FTDI);
    const error = await rejection(open('usb:10c4:ea60'), 'BK_PORT_NOT_FOUND');
    assert.match(error.message, /usb:10c4:ea60.*no such adapter is plugged in/);
    const advice = error.cause.advice.join(' ');
    assert.match(advice, /usb:1a86:7523 \(\S+by-id\/usb-1a86_7523-if00-port0\)/);
    assert.match(advice, /usb:0403:6001:FT3X7QAB \(\S+ttyUSB1\)/);
    assert.deepEqual(opened, []);
  });

  it('where nothing is plugged in says so', async () => {
    const error = await rejection(open('usb:10c4:ea60'), 'BK_PORT_NOT_FOUND');
    assert.match(error.cause.advice.join(' '), /No USB adapter is plugged in.*container/);
  });

  it('is not guessed where several fit: they are told by their serial numbers', async () => {
    bus.plugIn('1-1', 'ttyUSB0', FTDI);
    bus.plugIn('1-2', 'ttyUSB1', { ...FTDI, serial: 'FT77' });
    const error = await rejection(open('usb:0403:6001'), 'BK_BAD_SETTING');
    assert.match(error.message, /fits 2 ports.*FT3X7QAB \(.*ttyUSB0\), usb:0403:6001:FT77 \(/);
    assert.match(error.cause.advice.join(' '), /usb:0403:6001:FT3X7QAB, usb:0403:6001:FT77\./);
    assert.deepEqual(opened, []);
    assert.equal((await open('usb:0403:6001:FT77')).port, 'usb:0403:6001:FT77');
  });

  for (const [name, serial] of [
    ['without a serial number', undefined],
    ['with one that the maker leaves in all of them', '0001'],
  ] as const) {
    it(`${name} is taken while it is alone, and else told by its socket`, async () => {
      const kind = serial === undefined ? { named: true } : { named: true, serial };
      const port = serial === undefined ? 'usb:1a86:7523' : `usb:1a86:7523:${serial}`;
      bus.plugIn('1-1', 'ttyUSB0', kind);
      await open(port);
      bus.plugIn('1-2', 'ttyUSB1', kind);
      const error = await rejection(open(port), 'BK_BAD_SETTING');
      const advice = error.cause.advice.join(' ');
      for (const socket of ['1-1', '1-2'])
        assert.match(advice, new RegExp(`by-path/pci-usb-0:${socket}:1\\.0-port0`));
      assert.match(advice, /USB socket only/);
      assert.equal(opened.length, 1);
    });
  }

  it('of an adapter with several is told by the number of its interface', async () => {
    bus.plugIn('1-1', ['ttyUSB0', 'ttyUSB1'], DUAL);
    const error = await rejection(open('usb:0403:6010:FT9Z'), 'BK_BAD_SETTING');
    assert.match(error.cause.advice[0] ?? '', /usb:0403:6010:FT9Z#0, usb:0403:6010:FT9Z#1/);
    await open('usb:0403:6010:FT9Z#1');
    assert.deepEqual(opened, [{ path: bus.at('ttyUSB1'), named: 'usb:0403:6010:FT9Z#1' }]);
  });

  it('is one port with its paths, also in what waits for its turn', async () => {
    bus.plugIn('1-2', 'ttyUSB1', { ...FTDI, named: true });
    const names = [
      'usb:0403:6001',
      'USB:403:6001:ft3x7qab#0',
      bus.at('ttyUSB1'),
      bus.at('serial/by-id/usb-0403_6001_FT3X7QAB-if00-port0'),
      bus.at('serial/by-path/pci-usb-0:1-2:1.0-port0'),
    ];
    for (const name of names) assert.equal(await canonicalPort(name), bus.at('ttyUSB1'), name);
    bus.unplug('1-2');
    assert.equal(await canonicalPort('USB:403:6001:FT9#0'), 'usb:0403:6001:FT9#0');
  });
});
