import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { englishFiles, englishOf, LANGUAGES, pairsOf, translated, wantedKeys } from './languages';
import { ROOT } from './project';

/*
 * Prints what a translator has to do, as JSON: by language and file, the keys that are missing, with their English
 * texts, and those that English no longer has. The languages are those that are named, or all.
 */
const named = process.argv.slice(2);

const work = (named.length > 0 ? named : LANGUAGES).map((language) => {
  const texts = pairsOf(language).flatMap(({ file, english, other }) => {
    const wanted = wantedKeys(english, language);
    const missing = Object.fromEntries(
      Object.entries(wanted).filter(
        ([key, text]) => text !== '' && (other[key] ?? '').trim() === '',
      ),
    );
    const unused = Object.keys(other).filter(
      (key) => englishOf(english, key, language, wanted) === undefined,
    );
    const isDone = Object.keys(missing).length + unused.length === 0;
    return isDone ? [] : [[file, { missing, unused }]];
  });
  const help = englishFiles('.html')
    .map((file) => translated(file, language))
    .filter((file) => !existsSync(join(ROOT, file)));
  return [language, { ...Object.fromEntries(texts), help }];
});

console.log(JSON.stringify(Object.fromEntries(work), null, 2));
