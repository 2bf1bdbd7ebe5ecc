import assert from 'node:assert/strict';
import { isMeant, parseUsbAddress, usbAddress } from '../../../src/transport/usb/usb-address';
import { rejection } from '../../support/rejects';

describe('the address of an adapter', () => {
  for (const [given, spelled] of [
    ['usb:1a86:7523', 'usb:1a86:7523'],
    ['USB:1A86:7523', 'usb:1a86:7523'],
    ['usb://1a86:7523', 'usb:1a86:7523'],
    ['usb:403:6001:FT3X7QAB', 'usb:0403:6001:FT3X7QAB'],
    ['usb:0403:6010:FT3X7QAB#1', 'usb:0403:6010:FT3X7QAB#1'],
    ['usb:0403:6010#1', 'usb:0403:6010#1'],
    ['usb:110a:1450:A1#0.2', 'usb:110a:1450:A1#0.2'],
    ['usb:2e8a:000a:E6 60:58#0', 'usb:2e8a:000a:E6%2060%3A58#0'],
    ['usb:2e8a:000a:a%23b%25', 'usb:2e8a:000a:a%23b%25'],
  ] as const) {
    it(`${given} is one, and is spelled ${spelled}`, () => {
      assert.equal(usbAddress(parseUsbAddress(given)), spelled);
      assert.equal(usbAddress(parseUsbAddress(spelled)), spelled);
    });
  }

  for (const given of [
    'usb:',
    'usb:1a86',
    'usb:1a86:',
    'usb:1a86:75230',
    'usb:1a86:wxyz',
    'usb:1a86:7523:',
    'usb:1a86:7523:%',
    'usb:1a86:7523:A#',
    'usb:1a86:7523:A#x',
    'usb:1a86:7523/ttyUSB0',
  ]) {
    it(`${given} is none, and is told how one looks`, async () => {
      const error = await rejection(
        Promise.resolve().then(() => parseUsbAddress(given)),
        'BK_BAD_SETTING',
      );
      assert.match(error.message, /usb:1a86:7523/);
    });
  }

  it('means a port by all that it names, whichever case its serial number is in', () => {
    const port = { vendorId: '0403', productId: '6010', serialNumber: 'Ft3x7q', unit: '1' };
    const means = (address: string, other = port) => isMeant(parseUsbAddress(address), other);
    assert.ok(means('usb:0403:6010'));
    assert.ok(means('usb:0403:6010:FT3X7Q#1'));
    assert.ok(!means('usb:0403:6010:FT3X7Q#0'));
    assert.ok(!means('usb:0403:6010:FT3X7'));
    assert.ok(!means('usb:0403:6011'));
    assert.ok(!means('usb:1a86:6010'));
  });
});
