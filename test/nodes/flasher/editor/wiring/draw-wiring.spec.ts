import assert from 'node:assert/strict';
import { load } from 'cheerio';
import {
  drawWiring,
  type WiringWords,
  wiringPicture,
} from '../../../../../nodes/flasher/editor/wiring/draw-wiring';
import { PINOUTS, ROLES } from '../../../../../nodes/flasher/editor/wiring/pinouts';
import { projectFiles, readText } from '../../../../support/project';

const WORDS: WiringWords = JSON.parse(readText('nodes/locales/en-US/bk-device.json'))['bk-device']
  .wiring;

type Place = { x: number; y: number };
const NOWHERE = { x: Number.NaN, y: Number.NaN };

/** Both ends of a wire. */
function endsOf(path: string): { start: Place; end: Place } {
  const points = [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
  const [start, ...more] = points;
  return { start: start ?? NOWHERE, end: more.at(-1) ?? NOWHERE };
}

describe('the drawing of the wiring', () => {
  for (const pinout of [...PINOUTS, null]) {
    describe(`of ${pinout?.name ?? 'any other module'}`, () => {
      const svg = drawWiring(pinout, WORDS);
      const $ = load(svg, { xmlMode: true });

      it('says to those who cannot see it what is joined with what', () => {
        assert.equal($('svg').attr('role'), 'img');
        assert.equal($('svg > title').text(), WORDS.title);
        const told = $('svg > desc').text();
        for (const role of ROLES) assert.ok(told.includes(role), role);
        assert.ok(told.includes(WORDS.safety));
      });

      it('leads a wire to each pin that is needed, and all of it lies on the paper', () => {
        const [left, top, width, height] = ($('svg').attr('viewBox') ?? '').split(' ').map(Number);
        for (const role of ROLES) {
          const wire = $(`[data-wire="${role}"]`);
          assert.equal(wire.length, 1, role);
          const { x, y } = endsOf(wire.attr('d') ?? '').end;
          const pad = $('circle').filter(
            (_, one) => Number($(one).attr('cx')) === x && Number($(one).attr('cy')) === y,
          );
          assert.equal(pad.length, 1, `${role} ends at a pin`);
          for (const [, at] of (wire.attr('d') ?? '').matchAll(/ (-?[\d.]+)/g))
            assert.ok(Number(at) > (top ?? 0) && Number(at) < (top ?? 0) + (height ?? 0), role);
          assert.ok(x > (left ?? 0) && x < (width ?? 0), role);
        }
      });

      it('holds no markup of anybody else', () => {
        const evil = { ...WORDS, adapter: '<script>x</script>', safety: 'a & b' };
        const drawn = drawWiring(pinout, evil);
        assert.doesNotMatch(drawn, /<script>/);
        assert.match(drawn, /a &amp; b/);
      });
    });
  }

  it('crosses transmitter and receiver', () => {
    const $ = load(drawWiring(null, WORDS), { xmlMode: true });
    const startOf = (role: string) => endsOf($(`[data-wire="${role}"]`).attr('d') ?? '').start.y;
    const heightOf = (name: string) =>
      Number(
        $('text')
          .filter((_, one) => $(one).text() === name)
          .first()
          .attr('y'),
      ) - 4;
    assert.equal(startOf('RX1'), heightOf('TX'));
    assert.equal(startOf('TX1'), heightOf('RX'));
  });

  it('is the one in the documents: after a change, npm run wiring', () => {
    const pictures = projectFiles('docs/images').filter((file) => file.includes('wiring-'));
    const expected = PINOUTS.map(({ name }) => `docs/images/wiring-${name.toLowerCase()}.svg`);
    assert.deepEqual(pictures, expected.sort());
    for (const pinout of PINOUTS) {
      const file = `docs/images/wiring-${pinout.name.toLowerCase()}.svg`;
      assert.equal(readText(file), wiringPicture(pinout, WORDS), file);
    }
  });
});

describe('the pins of the modules', () => {
  for (const { name, rows, roles } of PINOUTS) {
    it(`are each at one place, and each that is wired is there: ${name}`, () => {
      const pins = rows.flatMap((row) => row.pins);
      assert.equal(new Set(pins).size, pins.length);
      assert.deepEqual(
        [...pins].sort((one, other) => one - other),
        Array.from({ length: pins.length }, (_, index) => index + 1),
      );
      for (const role of ROLES) assert.ok(pins.includes(roles[role]), role);
      assert.equal(new Set(Object.values(roles)).size, ROLES.length);
    });
  }

  it('are those of the makers’ tables', () => {
    const told = Object.fromEntries(PINOUTS.map(({ name, roles }) => [name, roles]));
    // Tuya: CBU Module Datasheet, CB3S Module Datasheet; the others by the same author.
    assert.deepEqual(told.CBU, { '3V3': 14, GND: 13, RX1: 16, TX1: 15, CEN: 18 });
    assert.deepEqual(told.CB3S, { '3V3': 8, GND: 9, RX1: 15, TX1: 16, CEN: 1 });
    assert.deepEqual(told.WB3S, told.CB3S);
    assert.deepEqual(told.CB2S, { '3V3': 1, GND: 3, RX1: 5, TX1: 7, CEN: 10 });
    assert.deepEqual(told.WB2S, told.CB2S);
  });
});
