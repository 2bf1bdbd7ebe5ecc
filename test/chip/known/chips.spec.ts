import assert from 'node:assert/strict';
import { BOOTLOADERS } from '../../../src/chip/known/bootloaders';
import {
  calibrationOrder,
  modelOrUntold,
  openBekenConfigOrder,
} from '../../../src/chip/known/chip-places';
import {
  chipNamed,
  chipsForKey,
  chipsOfFirmware,
  chipsWithId,
  chipWithMostPins,
  comesKeyless,
  largerTwin,
  ownName,
  possibleModels,
  tellApartByKey,
} from '../../../src/chip/known/chip-queries';
import { CHIP_MODELS, CHIP_NAMES, CHIPS } from '../../../src/chip/known/chips';
import { readText } from '../../support/project';

const names = (chips: readonly { name: string }[]) => chips.map(({ name }) => name);
const alsoKnownAs = CHIP_MODELS.map(({ name, aliases }) => [name, aliases.join(', ')] as const);

/** The rows of the table that begins with this head, cell by cell. */
function tableIn(page: string, head: string): string[][] {
  const lines = readText(page).split('\n');
  const rows = lines.slice(lines.indexOf(head) + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((row) => {
    const cells = row.split('|').slice(1, -1);
    return cells.map((cell) => cell.trim().replaceAll('`', ''));
  });
}

describe('the chips that are known', () => {
  it('have names that nobody else has', () => {
    const all = CHIP_MODELS.flatMap(({ name, aliases }) => [name, ...aliases]);
    assert.equal(new Set(all).size, all.length);
    for (const name of all) assert.equal(name, name.toUpperCase());
  });

  for (const [alias, name] of [
    ['T1', 'BK7238'],
    ['t2', 'BK7231N'],
    ['T3', 'BK7236'],
    ['T5', 'BK7258'],
    ['BL2028N', 'BK7231N'],
    ['bk7231s', 'BK7231T'],
  ] as const) {
    it(`are known by other names: ${alias} is ${name}`, () => {
      assert.equal(chipNamed(alias), name);
      assert.equal(ownName(alias), name);
    });
  }

  it('are found by their own names, and nothing else is', () => {
    assert.equal(chipNamed('bk7252n'), 'BK7252N');
    assert.equal(chipNamed('ESP32'), null);
    for (const text of ['bk7252n', 'ESP32', 'auto', '']) assert.equal(ownName(text), text);
  });

  it('fit their own fields together', () => {
    for (const { name, family, chipId, chipIdRegister, firmware, layout, ...chip } of CHIP_MODELS) {
      assert.equal(chipId === null, family === 'basic', name);
      assert.equal(chipIdRegister === null, family === 'basic', name);
      assert.ok(Object.hasOwn(CHIPS, firmware.name), name);
      const ends = [layout.app, layout.download, ...chip.dataAreas].map(
        ({ offset, length }) => offset + length,
      );
      assert.ok(Math.max(...ends, ...layout.calibration) <= chip.flashSize, name);
      assert.ok(chip.largestAppEnd >= layout.app.offset + layout.app.length || chip.layoutVaries);
    }
    for (const { chip, chips, family } of BOOTLOADERS) {
      assert.ok(chips.every((name) => CHIPS[name].family === family));
      assert.equal(chip, chips.length === 1 ? chips[0] : null);
    }
  });
});

describe('facts about chips that are asked for', () => {
  it('tell by the id which models a chip can be', () => {
    assert.deepEqual(names(chipsWithId(0x7231c)), ['BK7231N', 'BK7231M']);
    assert.deepEqual(names(chipsWithId(0x7236)), ['BK7236', 'BK7258']);
    assert.deepEqual(chipsWithId(null), []);
    assert.deepEqual(chipsWithId(0x1234), []);
    assert.equal(largerTwin('BK7236')?.name, 'BK7258');
    assert.equal(largerTwin('BK7258'), null);
    assert.equal(largerTwin('BK7231N'), null);
    assert.equal(largerTwin('BK7231T'), null);
    assert.deepEqual(names(possibleModels(null, 'basic')), [
      'BK7231T',
      'BK7231U',
      'BK7231Q',
      'BK7252',
    ]);
  });

  it('tell models of one silicon apart by the key, and no others', () => {
    assert.deepEqual(tellApartByKey(['BK7231N', 'BK7231M', 'BK7238'], 'tuya'), [
      'BK7231N',
      'BK7238',
    ]);
    assert.deepEqual(tellApartByKey(['BK7231N', 'BK7231M', 'BK7231T'], 'none'), [
      'BK7231M',
      'BK7231T',
    ]);
    assert.deepEqual(tellApartByKey(['BK7231M'], 'tuya'), ['BK7231M']);
    assert.deepEqual(tellApartByKey(['BK7231N', 'BK7231M'], null), ['BK7231N', 'BK7231M']);
    assert.deepEqual(chipsForKey(CHIP_MODELS, 'tuya'), ['BK7231T', 'BK7231N']);
    assert.deepEqual(chipsOfFirmware('bk7231n', 'none'), ['BK7231M']);
    assert.deepEqual(chipsOfFirmware('BK7231M', 'tuya'), ['BK7231M']);
    assert.deepEqual(chipsOfFirmware('bk7231s', null), ['BK7231T']);
    assert.deepEqual(chipsOfFirmware('rtl8710b', null), []);
  });

  it('tell which chips come without a key that nobody can read', () => {
    assert.deepEqual(CHIP_NAMES.filter(comesKeyless), ['BK7238', 'BK7252N']);
    assert.equal(comesKeyless(null), false);
  });

  it('tell what is usual where a basic chip does not tell its model', () => {
    const { layout, core, openBeken, tuya, layoutVaries } = modelOrUntold(null);
    assert.deepEqual(layout, CHIPS.BK7231T.layout);
    assert.deepEqual(tuya.files, CHIPS.BK7231T.tuya.files);
    assert.deepEqual(openBeken, { pins: 32, places: null, group: null });
    assert.equal(core, 'arm9');
    assert.equal(layoutVaries, true);
    assert.equal(modelOrUntold('BK7252').openBeken.pins, 48);
    assert.equal(CHIPS[chipWithMostPins()].openBeken.pins, 48);
  });

  it('tell where to look, likeliest first', () => {
    assert.deepEqual(calibrationOrder(null), [0x1e0000, 0x3fe000, 0x1d0000, 0x1e3000, 0x7fe000]);
    assert.deepEqual(calibrationOrder('BK7231N').slice(0, 2), [0x1d0000, 0x1e0000]);
    assert.deepEqual(openBekenConfigOrder(null), [0x1d1000, 0x1e1000]);
    assert.deepEqual(openBekenConfigOrder('BK7231M'), [0x1d1000, 0x1e1000]);
    assert.deepEqual(openBekenConfigOrder('BK7236'), [0x1e1000, 0x1d1000]);
  });
});

describe('the lists of chips', () => {
  it('of the form of bk-device have every chip, with its other names beside', () => {
    const form = readText('nodes/bk-device.html');
    const options = [...form.matchAll(/<option value="(BK\w+)">([^<]*)<\/option>/g)];
    assert.deepEqual(
      options.map(([, value, label]) => [value, label]),
      alsoKnownAs.map(([name, also]) => [name, also === '' ? name : `${name} (${also})`]),
    );
  });

  it('of the page about bk-device have every chip, with its other names and its family', () => {
    const rows = tableIn('docs/bk-device.md', '| Chip | Also known as | Family |');
    assert.deepEqual(
      rows,
      CHIP_MODELS.map(({ name, aliases, family }) => [name, aliases.join(', '), family]),
    );
  });

  it('of the page about safety have every chip in its family', () => {
    const head = '| Family | Chips | Who answers on the serial line | If the bootloader is lost |';
    const rows = tableIn('docs/safety.md', head);
    for (const [family, chips] of rows) {
      const models = CHIP_MODELS.filter((one) => `**${one.family}**` === family);
      assert.deepEqual(chips, names(models).join(', '));
    }
    assert.equal(rows.length, 2);
  });

  it('of the page about bk-read have every memory of every chip', () => {
    const rows = tableIn('docs/bk-read.md', '| `memory` | Chips | Bytes |');
    for (const memory of ['rom', 'efuse', 'otp'] as const) {
      const listed = rows.filter(([name = '']) => name.split(',')[0] === memory);
      assert.deepEqual(
        listed.flatMap(([, chips = '']) => chips.split(', ')).sort(),
        names(CHIP_MODELS.filter((chip) => chip[memory] !== null)).sort(),
      );
    }
  });

  it('of the package name every chip', () => {
    const page = readText('README.md');
    for (const name of CHIP_NAMES) assert.ok(page.includes(name), name);
  });
});
