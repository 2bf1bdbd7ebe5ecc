import assert from 'node:assert/strict';
import { SECTOR } from '../../../src/chip/geometry';
import { readOpenBekenConfig } from '../../../src/image/openbeken/openbeken-config';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import type { PlaceWish } from '../../../src/placement/base/place-types';
import {
  mustGoWith,
  NewConfig,
  type OpenBekenOptions,
  pinsIn,
  wantedConfig,
} from '../../../src/placement/settings/openbeken-settings';
import { type Note, say } from '../../../src/texts/note';
import { allEnglish } from '../../support/english';
import { container, flashImage, openBekenTexts } from '../../support/images';
import {
  APP_N,
  DESCRIPTION,
  imageOf,
  loaded,
  N,
  on,
  refusalOf,
  refuses,
} from '../../support/placing';

const BLANK = Buffer.alloc(SECTOR, 0xff);
const CHIP = on(N, { mac: '02:00:00:ab:cd:ef' });

describe('a configuration that is to go with firmware', () => {
  const firmware = container({ key: 'none', texts: openBekenTexts('BK7231N') });
  const goes = (bytes: Buffer, options: OpenBekenOptions, wish: PlaceWish, backsUp: boolean) =>
    mustGoWith(loaded(bytes).detected, wantedConfig(options), wish, backsUp);

  it("needs OpenBeken's, a backup for Tuya's pins, and settings that fit", () => {
    goes(firmware, { ssid: 'home', pins: 'tuya' }, {}, true);
    goes(firmware, { ssid: 'home' }, {}, false);
    goes(APP_N, { ssid: 'home' }, { anyImage: true }, false);
    const cases: [Buffer, OpenBekenOptions, PlaceWish, RegExp][] = [
      [firmware, { pins: 'tuya' }, {}, /no backup is made/],
      [APP_N, {}, {}, /not OpenBeken's firmware/],
      [flashImage(), {}, { anyImage: true }, /not OpenBeken's firmware/],
      [firmware, {}, { part: 'app' }, /only its part app/],
      [firmware, { ssid: 'x'.repeat(40) }, {}, /"ssid"/],
    ];
    for (const [bytes, options, wish, says] of cases)
      refuses(() => goes(bytes, options, wish, false), 'BK_BAD_SETTING', says);
  });
});

describe('a new configuration', () => {
  const settings = { ssid: 'home', startCommand: 'mine' };
  const found = { pins: { 6: { role: 'Rel', channel: 1 } }, startCommand: 'theirs', warnings: [] };
  const read = (bytes: Buffer) => readOpenBekenConfig(bytes, 'BK7231N');

  it('begins anew, or with what the chip has', () => {
    const fresh = new NewConfig(CHIP, 0x1d1000, BLANK);
    assert.deepEqual(fresh.warnings, []);
    const { offset, bytes } = fresh.piece(settings);
    assert.deepEqual([offset, bytes.length, read(bytes)?.ssid], [0x1d1000, SECTOR, 'home']);
    const held = buildOpenBekenConfig({ mqttHost: 'broker' }, { chip: 'BK7231N' });
    const kept = new NewConfig(CHIP, 0x1d1000, held);
    assert.match(allEnglish(kept.warnings).join(' '), /at 0x1d1000 already/);
    assert.equal(read(kept.piece(settings).bytes)?.mqttHost, 'broker');
  });

  it('takes pins that were found, and their command unless one is given', () => {
    const config = new NewConfig(CHIP, 0x1d1000, BLANK);
    const own = config.pieceWithPins(settings, found);
    assert.equal(read(own.bytes)?.startCommand, 'mine');
    assert.deepEqual(Object.keys(pinsIn(own, 'BK7231N')), ['6']);
    assert.equal(read(config.pieceWithPins({}, found).bytes)?.startCommand, 'theirs');
  });

  it('needs a network for its password', () => {
    const config = new NewConfig(CHIP, 0x1d1000, BLANK);
    refuses(() => config.piece({ password: 'secret' }), 'BK_BAD_SETTING', /"password"/);
  });
});

describe('settings for OpenBeken', () => {
  it('keep pins that are given, and ask for those of the backup only where that is said', () => {
    const pins = { 6: { role: 'Rel', channel: 1 } } as const;
    assert.deepEqual(wantedConfig({ ssid: 'home', pins }), {
      settings: { ssid: 'home', pins },
      pinsOfTuya: false,
    });
    assert.deepEqual(wantedConfig({ ssid: 'home' }), {
      settings: { ssid: 'home' },
      pinsOfTuya: false,
    });
    assert.deepEqual(wantedConfig({ ssid: 'home', pins: 'tuya' }), {
      settings: { ssid: 'home' },
      pinsOfTuya: true,
    });
  });

  it('may name any pin that one of these chips has', () => {
    const image = imageOf({
      project: 'OpenBK7252',
      contents: [{ to: 'app', bytes: Buffer.alloc(1) }],
    });
    const pin = (gpio: number) =>
      wantedConfig({ pins: { [gpio]: { role: 'Rel', channel: 1 } } } as OpenBekenOptions);
    mustGoWith(image, pin(40), {}, false);
    assert.equal(refusalOf(() => mustGoWith(image, pin(48), {}, false)).code, 'BK_BAD_SETTING');
  });

  it('go with an update, too', () => {
    const update = imageOf({
      project: 'OpenBK7231N',
      contents: [{ to: 'download', bytes: Buffer.alloc(1), header: null }],
    });
    mustGoWith(update, wantedConfig({ ssid: 'home' }), {}, false);
  });

  it('are refused with what helps', () => {
    const image = imageOf({ contents: [{ to: 'app', bytes: Buffer.alloc(1) }] });
    const refusal = (text: Note, advice: Note) => ({
      code: 'BK_BAD_SETTING',
      text,
      advice: [advice],
    });
    const off = say('placement.switchOpenBekenOff');
    assert.deepEqual(
      refusalOf(() => mustGoWith(image, wantedConfig({ pins: 'tuya' }), {}, false)),
      refusal(say('placement.noBackupForPins'), say('placement.setBackup')),
    );
    assert.deepEqual(
      refusalOf(() => mustGoWith(image, wantedConfig({}), {}, true)),
      refusal(say('placement.configWithOther', { image: DESCRIPTION }), off),
    );
    assert.deepEqual(
      refusalOf(() => mustGoWith(image, wantedConfig({}), { part: 'app' }, true)),
      refusal(say('placement.configWithPart', { part: 'app' }), off),
    );
  });

  it('are read again, and tell no pins where there is no configuration', () => {
    assert.deepEqual(pinsIn({ offset: 0x1d1000, bytes: BLANK }, 'BK7231N'), {});
  });
});
