import assert from 'node:assert/strict';
import sinon from 'sinon';
import { type DescribedPort, portsHere } from '../../../src/transport/schemes/described-ports';
import { systemPorts } from '../../../src/transport/schemes/serial-ports';
import { UsbBus } from '../../support/usb-bus';

describe('ports with all that is known of them', () => {
  let bus: UsbBus;
  beforeEach(function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    bus = new UsbBus().install();
  });
  afterEach(() => {
    sinon.restore();
    bus?.remove();
  });

  const seen = async (what: keyof DescribedPort) =>
    (await portsHere()).map((port) => port[what] ?? null);

  it('have what the kernel tells of their adapters, and an address by it', async () => {
    bus.plugIn('1-2', 'ttyUSB0', {
      vendorId: '0403',
      productId: '6001',
      serial: 'FT3X7QAB',
      manufacturer: 'FTDI',
      product: 'FT232R USB UART',
      named: true,
    });
    const [port] = await portsHere();
    const byId = bus.at('serial/by-id/usb-0403_6001_FT3X7QAB-if00-port0');
    assert.deepEqual(port, {
      path: byId,
      byId,
      label: 'usb-0403_6001_FT3X7QAB-if00-port0 (ttyUSB0)',
      device: bus.at('ttyUSB0'),
      location: bus.at('serial/by-path/pci-usb-0:1-2:1.0-port0'),
      manufacturer: 'FTDI',
      product: 'FT232R USB UART',
      vendorId: '0403',
      productId: '6001',
      serialNumber: 'FT3X7QAB',
      unit: '0',
      socket: '1-2:1.0',
      plugged: '1-1',
      usb: 'usb:0403:6001:FT3X7QAB',
      port: 'usb:0403:6001:FT3X7QAB',
    });
  });

  it('do not ask a helper program on Linux', async function () {
    // Elsewhere the library's list is all there is.
    if (process.platform !== 'linux') this.skip();
    const asked = sinon.spy(systemPorts, 'list');
    bus.plugIn('1-2', 'ttyUSB0');
    assert.deepEqual(await seen('usb'), ['usb:1a86:7523']);
    assert.equal(asked.callCount, 0);
  });

  it('have the address of a kind while they are the only one of it, and a message names them by the socket', async () => {
    bus.plugIn('1-2', 'ttyUSB0', { named: true });
    const socket = (number: number) => bus.at(`serial/by-path/pci-usb-0:1-${number}:1.0-port0`);
    assert.deepEqual(await seen('usb'), ['usb:1a86:7523']);
    assert.deepEqual(await seen('port'), [socket(2)]);
    bus.plugIn('1-3', 'ttyUSB1', { named: true });
    assert.deepEqual(await seen('usb'), [null, null]);
    assert.deepEqual((await seen('port')).sort(), [socket(2), socket(3)]);
  });

  it('without names that last are called by their device in messages', async () => {
    bus.plugIn('1-2', 'ttyUSB0', { vendorId: '10c4', productId: 'ea60', serial: '0001' });
    assert.deepEqual(await seen('usb'), ['usb:10c4:ea60:0001']);
    assert.deepEqual(await seen('port'), [bus.at('ttyUSB0')]);
  });

  it('of one adapter are told apart by the number of their interface', async () => {
    bus.plugIn('1-2', ['ttyUSB0', 'ttyUSB1'], {
      vendorId: '0403',
      productId: '6010',
      serial: 'FT9Z',
    });
    bus.plugIn('1-3', 'ttyACM0', { interfaces: [2], serial: 'B7', vendorId: '2e8a' });
    assert.deepEqual(await seen('usb'), [
      'usb:2e8a:7523:B7',
      'usb:0403:6010:FT9Z#0',
      'usb:0403:6010:FT9Z#1',
    ]);
    assert.deepEqual(await seen('unit'), ['2', '0', '1']);
  });

  it('are what Windows tells of them, interface included', async () => {
    const usb = 'USB\\VID_10C4&PID_EA70';
    const entry = { vendorId: '10C4', productId: 'EA70', serialNumber: '00A7' };
    sinon.restore();
    sinon.replace(systemPorts, 'list', async () => [
      { path: 'COM4', ...entry, pnpId: `${usb}&MI_00\\6&1` },
      { path: 'COM12', ...entry, pnpId: `${usb}&MI_01\\6&1` },
    ]);
    sinon.stub(process, 'platform').value('win32');
    assert.deepEqual(await seen('usb'), ['usb:10c4:ea70:00A7#0', 'usb:10c4:ea70:00A7#1']);
    assert.deepEqual(await seen('device'), ['COM4', 'COM12']);
  });
});
