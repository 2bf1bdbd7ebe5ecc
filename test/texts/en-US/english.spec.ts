import assert from 'node:assert/strict';
import { ENGLISH } from '../../../src/texts/en-US/english';
import { projectFiles, readText } from '../../support/project';

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
