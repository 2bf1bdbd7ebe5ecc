import assert from 'node:assert/strict';
import { isBkError } from '../../../src';
import { parseUartAddress } from '../../../src/transport/openbeken/uart-address';
import { canonicalPort, schemeOf } from '../../../src/transport/schemes/schemes';

describe('the address of an OpenBeken module', () => {
  it('has the usual ports and buffer where it does not say otherwise', () => {
    assert.deepEqual(parseUartAddress('tcp://Spare.local?control=openbeken'), {
      host: 'spare.local',
      port: 8888,
      httpPort: 80,
      resetPin: null,
      buffer: 16384,
    });
  });

  it('may say all of it', () => {
    const address = 'socket://[fe80::1]:1234/?control=openbeken&reset=P26&http=8080&buffer=8192';
    assert.deepEqual(parseUartAddress(address), {
      host: '[fe80::1]',
      port: 1234,
      httpPort: 8080,
      resetPin: 26,
      buffer: 8192,
    });
  });

  for (const address of [
    'tcp://?control=openbeken',
    'tcp://host',
    'tcp://host?',
    'tcp://host?control=esphome',
    'tcp://host?reset=26',
    'tcp://host?control=openbeken&reset=128',
    'tcp://host?control=openbeken&reset=',
    'tcp://host?control=openbeken&buffer=16385',
    'tcp://host?control=openbeken&buffer=100',
    'tcp://host?control=openbeken&http=0',
    'tcp://host?control=openbeken&speed=3',
    'tcp://host?control=openbeken&reset=1&reset=2',
    'tcp://host:99999?control=openbeken',
    'tcp://host:8888?control=openbeken&reset=1=2',
  ]) {
    it(`is not ${address}`, () => {
      assert.throws(
        () => parseUartAddress(address),
        (error) => isBkError(error, 'BK_BAD_SETTING') && error.cause.advice.length > 0,
      );
    });
  }

  it('names the same port as one without options, and another kind of it', async () => {
    const names = ['tcp://HOST:8888', 'tcp://host?control=openbeken&reset=3', 'socket://host:8888'];
    const canonical = await Promise.all(names.map(canonicalPort));
    assert.deepEqual(new Set(canonical), new Set(['tcp://host:8888']));
    assert.notEqual(schemeOf(names[0] as string), schemeOf(names[1] as string));
  });
});
