import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { type Catalogue, textOf } from '../../src';

/** A folder for each language, with the nodes' own texts beside it. */
const LOCALES = path.join(__dirname, '..', 'locales');
/** In such a folder: what the engine and the nodes say, by room and key, as `src/texts/en-US` has it. */
const CODES = 'codes.json';
/** By which of these an operating system tells its language; the first one that is set counts. */
const VARIABLES = ['LC_ALL', 'LC_MESSAGES', 'LANG'];

/**
 * The texts in the language that Node-RED itself speaks; undefined for English, and where nobody has translated
 * them. `de-DE` finds `de` as well. The rules are those by which Node-RED chooses its own texts: `lang` of its
 * settings, else that of the operating system. Source: its @node-red/util/lib/i18n.js.
 */
export function serverLanguage(RED: NodeAPI): Catalogue | undefined {
  const { lang } = RED.settings as { lang?: unknown };
  return catalogueOf(RED, typeof lang === 'string' && lang !== '' ? lang : languageOfSystem());
}

/**
 * The texts in a language; undefined for English, and where nobody has translated them.
 * @param wanted may be anything: only what is a language's name is looked for
 */
export function catalogueOf(RED: NodeAPI, wanted: string): Catalogue | undefined {
  for (const language of new Set([wanted, wanted.split('-')[0] ?? ''])) {
    if (!isLanguage(language)) continue;
    const file = path.join(LOCALES, language, CODES);
    if (!existsSync(file)) continue;
    try {
      return { language, texts: textsOf(JSON.parse(readFileSync(file, 'utf8'))) };
    } catch (error) {
      RED.log.warn(`[bk72xx] ${file} cannot be used: ${textOf(error)}`);
    }
  }
  return undefined;
}

function languageOfSystem(): string {
  const variable = VARIABLES.find((name) => name in process.env);
  return (process.env[variable ?? ''] ?? '').slice(0, 2);
}

/** Whether it is a name of a language at all, known or not; of a file it is none. */
function isLanguage(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length === 1;
  } catch {
    return false;
  }
}

/** Only what can be said: translations come from many hands. */
function textsOf(given: unknown): Catalogue['texts'] {
  const texts: Record<string, Record<string, string>> = {};
  for (const [room, keys] of entriesOf(given)) {
    const said = entriesOf(keys).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    );
    texts[room] = Object.fromEntries(said);
  }
  return texts;
}

function entriesOf(given: unknown): [string, unknown][] {
  return typeof given === 'object' && given !== null ? Object.entries(given) : [];
}
