import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ENGLISH } from '../../../src/texts/en-US/english';
import { projectFiles, ROOT, readText } from '../../support/project';

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Codes that are put together where they are used, with the file whose words they are made of: `source` has to
 * hold the rest of each, in quotes.
 */
const COMPUTED: readonly { form: RegExp; source: string; why: string }[] = [
  {
    form: /^diagnosis\.(\w+?)(Action)?$/,
    source: 'src/diagnosis/',
    why: 'finding() makes a cause and what to do about it of the id that its rule gives',
  },
];

const CODES = [
  ...new Set(
    Object.entries(ENGLISH).flatMap(([room, texts]) =>
      Object.keys(texts).map((key) => `${room}.${key.replace(/_(one|other)$/, '')}`),
    ),
  ),
];

describe('the texts', () => {
  it('are all in use', () => {
    const sources = ['src', 'nodes', 'cli']
      .flatMap((folder) => [...projectFiles(folder)])
      .filter((file) => file.endsWith('.ts') && !file.startsWith('src/texts/en-US/'))
      .map((file) => ({ file, text: readText(file) }));
    const stands = (word: string, place = '') =>
      sources.some(({ file, text }) => file.startsWith(place) && text.includes(`'${word}'`));
    const unused = CODES.filter((code) => !stands(code)).filter(
      (code) =>
        !COMPUTED.some(({ form, source }) => {
          const word = form.exec(code)?.[1];
          return word !== undefined && stands(word, source);
        }),
    );
    assert.deepEqual(unused, []);
  });

  it('have both forms where a number chooses', () => {
    for (const [room, texts] of Object.entries(ENGLISH as Texts))
      for (const key of Object.keys(texts)) {
        const other = /_one$/.test(key) ? key.replace(/_one$/, '_other') : null;
        if (other !== null) assert.ok(other in texts, `${room}.${other}`);
      }
  });
});

describe('the languages', () => {
  const locales = path.join(ROOT, 'nodes/locales');
  const files = readdirSync(locales)
    .map((language) => `nodes/locales/${language}/codes.json`)
    .filter((file) => existsSync(path.join(ROOT, file)));

  it('know only codes that there are, with the values that these are told', () => {
    for (const file of files) assert.deepEqual(strange(JSON.parse(readText(file))), [], file);
  });

  it('are looked through for what English does not have', () => {
    const texts = {
      diagnosis: {
        power: 'WEAK',
        times_few: '__count__ MAL',
        baudAction: 'SLOWER THAN __speed__',
        nothing: '',
      },
      moon: { full: 'FULL' },
    };
    assert.deepEqual(strange(texts), [
      'diagnosis.baudAction is told no speed',
      'diagnosis.nothing is no code',
      'moon.full is no code',
    ]);
  });
});

/** What of a translation would never be said, or with a gap in it. */
function strange(texts: Texts): string[] {
  return Object.entries(texts).flatMap(([room, keys]) =>
    Object.entries(keys).flatMap(([key, text]) => {
      const english = englishOf(room, key);
      if (english === undefined) return [`${room}.${key} is no code`];
      const told = placesOf(english);
      return placesOf(text)
        .filter((name) => !told.includes(name))
        .map((name) => `${room}.${key} is told no ${name}`);
    }),
  );
}

function englishOf(room: string, key: string): string | undefined {
  const texts = (ENGLISH as Texts)[room];
  return texts?.[key] ?? texts?.[key.replace(/_(zero|two|few|many)$/, '_other')];
}

function placesOf(text: string): string[] {
  return [...text.matchAll(/__(\w+?)__/g)].map((match) => match[1] ?? '');
}
