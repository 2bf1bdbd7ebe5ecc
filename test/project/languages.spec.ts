import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { helpFaults } from '../support/help-pages';
import {
  englishFiles,
  type Flat,
  flat,
  jsonOf,
  LANGUAGES,
  pairsOf,
  translated,
} from '../support/languages';
import { projectFiles, ROOT, readText } from '../support/project';
import { formFaults, isProse, labelsOf, settingFaults, textFaults } from '../support/translations';

/** Texts of all forms in one. */
function formTexts(language: string): Flat {
  const files = englishFiles('.json').map((file) => translated(file, language));
  return Object.assign({}, ...files.map((file) => flat(jsonOf(file))));
}

/** Labels of settings in English, each with that of a language. */
function labelPairs(language: string): Map<string, string> {
  const other = formTexts(language);
  const labels = Object.entries(formTexts('en-US')).filter(([key]) => key.includes('.label.'));
  return new Map(labels.map(([key, label]) => [label, other[key] ?? '']));
}

for (const language of LANGUAGES) {
  describe(`the language ${language}`, () => {
    for (const { file, english, other } of pairsOf(language)) {
      it(`has every text, every value and no other ones in ${file}`, () => {
        assert.deepEqual(textFaults(english, other, language), []);
      });

      it(`has one name a setting and a value in ${file}`, () => {
        assert.deepEqual(formFaults(english, other), []);
        assert.deepEqual(settingFaults(english, other, labelsOf(formTexts(language))), []);
      });
    }

    for (const file of englishFiles('.html')) {
      it(`has the help ${translated(file, language)}, with all that English has`, () => {
        const other = translated(file, language);
        assert.ok(existsSync(join(ROOT, other)), 'is missing');
        const labels = labelPairs(language);
        assert.deepEqual(helpFaults(readText(file), readText(other), language, labels), []);
      });
    }

    it('has one name for what English has one name for', () => {
      const other = formTexts(language);
      const names = new Map<string, Set<string>>();
      for (const [key, label] of Object.entries(formTexts('en-US')))
        if (key.includes('.label.'))
          names.set(label, (names.get(label) ?? new Set()).add(other[key] ?? ''));
      const manifold = [...names].filter(([, all]) => all.size > 1).map(([label]) => label);
      assert.deepEqual(manifold, []);
    });
  });
}

/** Those of forms and of the tab have tests of their own, beside other tests of forms and tab. */
describe('the texts of badges', () => {
  it('are all in use', () => {
    const sources = ['nodes', 'src']
      .flatMap((folder) => projectFiles(folder))
      .filter((file) => file.endsWith('.ts') && !file.startsWith('src/texts/en-US/'))
      .map(readText)
      .join('\n');
    // By its name, in quotes or as that of a case.
    const isUsed = (name: string) => new RegExp(`'${name}'|^\\s*${name}\\??: `, 'm').test(sources);
    const names = Object.keys(flat(jsonOf('nodes/locales/en-US/bk-device.json'))).flatMap(
      (key) => /\.status\.(\w+)$/.exec(key)?.[1] ?? [],
    );
    assert.ok(names.length > 40);
    assert.deepEqual(
      names.filter((name) => !isUsed(name)),
      [],
    );
  });
});

describe('the test of languages itself', () => {
  it('sees keys that are missing or unknown, values that are lost or invented, and English', () => {
    const english = {
      'room.gone': 'It is gone.',
      'room.port': 'Port __port__',
      'room.same': 'The chip is gone.',
      'room.times_one': 'once',
      'room.times_other': '__count__ times',
    };
    const other = {
      'room.port': 'Puerto __puerto__',
      'room.same': 'The chip is gone.',
      'room.times_one': 'raz',
      'room.times_few': '__count__ razy',
      'room.moon': 'Luna',
      'room.gone_few': 'x',
    };
    assert.deepEqual(textFaults(english, other, 'pl'), [
      'room.gone is missing',
      'room.times_many is missing',
      'room.port is told no puerto',
      'room.port has lost port',
      'room.same is English',
      'room.moon is no key',
      'room.gone_few is no key',
    ]);
    assert.deepEqual(textFaults(english, other, 'zh-CN').slice(0, 2), [
      'room.gone is missing',
      'room.times_other is missing',
    ]);
  });

  it('tells words from names, numbers and codes', () => {
    for (const text of [
      'OpenBeken',
      '`auto`',
      '__one__, __other__',
      'eFuse',
      '0x11000, 64K',
      'MAC',
    ])
      assert.equal(isProse(text, 'de'), false, text);
    for (const text of ['the chip', 'MAC address', 'reading']) assert.ok(isProse(text, 'de'), text);
  });

  it('sees settings and values that go by another name', () => {
    const english = {
      'n.label.part': 'Part',
      'n.option.rf': 'rf: the calibration',
      'n.option.keep': 'keep (full chips)',
      'n.error.part': 'Part: a name',
    };
    const other = {
      'n.label.part': 'Teil',
      'n.option.rf': 'Funk: die Kalibrierung',
      'n.option.keep': 'keep (Full-Chips)',
      'n.error.part': 'Stück: ein Name',
    };
    assert.deepEqual(formFaults(english, other), [
      'n.option.rf does not begin with rf',
      'n.error.part does not begin with Teil',
    ]);
    const sentences = { 'r.set': 'Write it with part set to rf.' };
    const said = { 'r.set': 'Mit dem Stück „Funk“ schreiben.' };
    assert.deepEqual(settingFaults(sentences, said, labelsOf(other)), [
      'r.set does not speak of Teil',
      'r.set does not name the value rf',
    ]);
  });

  it('sees help that has lost something', () => {
    const english =
      '<script>\n### Inputs\n: Part (string) : `rf` or `all`.\n: *port* (string) : *Part* goes on.\n[x](y)\nThe end.';
    const other =
      '<script>\n: Stück (number) : `rf` oder: alles.\n: *port* (string) : *Stück* bleibt.\nThe end.';
    assert.deepEqual(helpFaults(english, other, 'de', new Map([['Part', 'Teil']])), [
      'it has other headings',
      'property Teil is missing',
      'property : Stück (number) : `rf` oder: alles. is not in English',
      'its properties have another order',
      'its properties have other types',
      'Node-RED cannot read ": Stück (number) : `rf` oder: alles."',
      'code `all` is missing',
      'link ](y) is missing',
      'setting *Teil* is missing',
      '"The end." is English',
    ]);
  });
});
