import assert from 'node:assert/strict';
import {
  createSimulatedChip,
  parseSimulatorUrl,
  simulatorKey,
} from '../../../src/simulator/simulator';
import { VirtualClock } from '../../support/virtual-clock';

describe('simulated chip: options', () => {
  it('reads a URL', () => {
    const url =
      'sim://Bk7231T?size=4M&baudLimit=921600&window=0&seed=7&brownout=0.25&corrupt=.5&lose=1' +
      '&deadSector=0x11000&speed=fast&reset=dtr-inverted&app=tuyamcu&srPunish=true&midLength=7' +
      '&stay=500&jedec=C84016&key=none&bootloader=unknown&protect=none&mac=84e342010203' +
      '&calibration=0x1d0000&download=0x12a000:664K&flash=a%20b';
    assert.deepEqual(parseSimulatorUrl(url), {
      chip: 'BK7231T',
      size: 0x400000,
      baudLimit: 921600,
      window: 0,
      seed: 7,
      brownout: 0.25,
      corrupt: 0.5,
      lose: 1,
      deadSector: 0x11000,
      speed: 'fast',
      reset: 'dtr-inverted',
      app: 'tuyamcu',
      srPunish: true,
      midLength: 7,
      stay: 500,
      jedec: 'c84016',
      key: 'none',
      bootloader: 'unknown',
      protect: 0x0600,
      mac: '84e342010203',
      calibration: 0x1d0000,
      download: { offset: 0x12a000, length: 0xa6000 },
      flash: 'a b',
    });
  });

  it('takes the names by which people know chips', () => {
    assert.equal(parseSimulatorUrl('sim://t2').chip, 'BK7231N');
    assert.equal(parseSimulatorUrl('sim://BL2028n?seed=1').chip, 'BK7231N');
    assert.equal(
      createSimulatedChip({ chip: 'bk7231s' }, new VirtualClock()).options.chip,
      'BK7231T',
    );
  });

  const refused: [string, RegExp][] = [
    ['sim://', /there are BK7231T/],
    ['sim://esp32', /"esp32" is no simulated chip; there are BK7231T/],
    ['sim://bk7231n/x', /looks like sim:\/\/bk7231n/],
    ['sim://bk7231n?colour=red', /no option "colour"; it has flash, size/],
    ['sim://bk7231n?size=3M', /size cannot be "3M"; allowed: .*power of two/],
    ['sim://bk7231n?size=1', /size cannot be/],
    ['sim://bk7231n?lose=1.5', /lose cannot be "1.5"; allowed: a probability/],
    ['sim://bk7231n?lose=', /lose cannot be/],
    ['sim://bk7231n?speed=slow', /speed cannot be "slow"; allowed: real, fast/],
    ['sim://bk7231n?midLength=8', /midLength cannot be/],
    ['sim://bk7231n?seed=-1', /seed cannot be/],
    ['sim://bk7231n?key=abc', /key cannot be "abc"; allowed: tuya, none, 32 hex digits/],
    ['sim://bk7231n?srPunish=perhaps', /srPunish cannot be/],
    ['sim://bk7231n?calibration=0x1e0001', /calibration cannot be .* a multiple of 4096/],
    ['sim://bk7231n?download=0x132000', /download cannot be .* offset:length/],
    ['sim://bk7231n?download=0x132000:1', /download cannot be/],
    ['sim://bk7231n?download=0x132000:0x1000:0x1000', /download cannot be/],
  ];
  for (const [url, message] of refused) {
    it(`refuses ${url}`, () => {
      assert.throws(() => parseSimulatorUrl(url), { code: 'BK_BAD_SETTING', message });
    });
  }

  it('refuses a dead sector outside the flash', () => {
    const make = () =>
      createSimulatedChip({ chip: 'bk7231n', deadSector: 0x200000 }, new VirtualClock());
    assert.throws(make, { code: 'BK_BAD_SETTING', message: /deadSector cannot be 0x200000/ });
  });

  it('refuses a calibration and a download slot outside the flash', () => {
    for (const [name, option] of Object.entries({
      calibration: { calibration: 0x200000 },
      download: { download: { offset: 0x1ff000, length: 0x2000 } },
    })) {
      const make = () => createSimulatedChip({ chip: 'bk7231n', ...option }, new VirtualClock());
      const message = new RegExp(`${name} cannot be .*within the flash`);
      assert.throws(make, { code: 'BK_BAD_SETTING', message });
    }
  });

  it('takes none for a calibration and a table', () => {
    const { calibration, download } = parseSimulatorUrl(
      'sim://bk7231n?calibration=None&download=none',
    );
    assert.deepEqual([calibration, download], ['none', 'none']);
  });

  it('knows one chip by every spelling of its address', () => {
    assert.equal(simulatorKey('sim://BK7231N?b=2&a=1'), simulatorKey('sim://bk7231n?a=1&b=2'));
    assert.equal(simulatorKey('sim://bk7231n'), simulatorKey('sim://BK7231N/?'));
    assert.notEqual(simulatorKey('sim://bk7231n?seed=1'), simulatorKey('sim://bk7231n?seed=2'));
    assert.equal(simulatorKey('sim://t2?seed=1'), simulatorKey('sim://BK7231N?seed=1'));
  });
});
