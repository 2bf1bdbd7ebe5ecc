import { englishOf, type Flat, isPluralKey, placesOf, wantedKeys } from './languages';

/** What is not said otherwise in other languages: names of products and formats, and words of the trade. */
const NAMES =
  /\b(?:Node-RED|OpenBeken|LibreTiny|ESPHome|Kickstart|TuyaMCU|Tuya|Beken|Git|eFuse|Buffer|QuickLZ|FastLZ|baud|MiB|KiB|kB|ms|auto)\b/g;
/** Words that are the same in a language by chance, or that it has taken over. */
const SAME_WORDS: Readonly<Record<string, readonly string[]>> = {
  de: [
    'Port',
    'Chip',
    'Reset',
    'Backup',
    'Bootloader',
    'Offset',
    'Flash',
    'Pins',
    'Version',
    'Release',
    'Details',
    'Filter',
    'Firmware',
  ],
  fr: [
    'Port',
    'Source',
    'Bootloader',
    'Flash',
    'Module',
    'Application',
    'Partitions',
    'Secrets',
    'Firmware',
    'Version',
  ],
  pl: ['Port', 'Reset', 'Bootloader', 'Offset', 'Folder', 'port', 'bootloader', 'flash', 'mask'],
  'zh-CN': [],
};

/** With which a text of a list begins. */
const VALUE = /^[a-z-]+(?=:|$| \()/;

/** What is wrong with the texts of a language, a sentence each that begins with the key. */
export function textFaults(english: Flat, other: Flat, language: string): string[] {
  const wanted = wantedKeys(english, language);
  const missing = Object.keys(wanted)
    .filter((key) => wanted[key] !== '' && (other[key] ?? '').trim() === '')
    .map((key) => `${key} is missing`);
  const wrong = Object.entries(other).flatMap(([key, text]) => {
    const meant = englishOf(english, key, language, wanted);
    if (meant === undefined) return [`${key} is no key`];
    return [
      ...placeFaults(meant, text, isPluralKey(english, key)).map((fault) => `${key} ${fault}`),
      ...(text === meant && isProse(wordsOf(key, text), language) ? [`${key} is English`] : []),
    ];
  });
  return [...missing, ...wrong];
}

/** What a list offers, without the value that it sets. */
function wordsOf(key: string, text: string): string {
  return key.includes('.option.') ? text.replace(VALUE, '') : text;
}

/** @param isPlural then there is a number as well, which "once" needs not */
function placeFaults(english: string, text: string, isPlural: boolean): string[] {
  const told = placesOf(english).filter((name) => name !== 'count' || !isPlural);
  const said = placesOf(text).filter((name) => name !== 'count' || !isPlural);
  return [
    ...said.filter((name) => !told.includes(name)).map((name) => `is told no ${name}`),
    ...told.filter((name) => !said.includes(name)).map((name) => `has lost ${name}`),
  ];
}

/** Whether there is a word in it that a language has another word for. */
export function isProse(text: string, language: string): boolean {
  const words = text
    .replace(/`[^`]*`|\]\([^)]*\)|<[^>]*>/g, ' ')
    .replace(/__\w+?__/g, ' ')
    .replace(NAMES, ' ')
    // Paths, numbers, codes, addresses and abbreviations.
    .replace(/\S*[\d/\\=]\S*|\w+[._:]\w\S*|\b[A-Z]{2,}\w?\b/g, ' ')
    .match(/[\p{L}-]+/gu);
  const same = SAME_WORDS[language] ?? [];
  return (words ?? []).some((word) => word.length > 1 && !same.includes(word));
}

/**
 * What of a form goes by other names in a translation than it should: what a list offers begins with the value that
 * it sets, what is said of a wrong value with the label of its setting.
 */
export function formFaults(english: Flat, other: Flat): string[] {
  return Object.entries(english).flatMap(([key, text]) => {
    const said = other[key] ?? '';
    const [type = '', room = '', name = ''] = key.split('.');
    const value = room === 'option' ? VALUE.exec(text)?.[0] : undefined;
    if (value !== undefined && !new RegExp(`^${value}(?=[:：]|$|\\s)`).test(said))
      return [`${key} does not begin with ${value}`];
    const label = [type, 'label', name].join('.');
    const isOfLabel = room === 'error' && text.startsWith(english[label] ?? '\n');
    if (isOfLabel && !said.startsWith(other[label] ?? '\n'))
      return [`${key} does not begin with ${other[label]}`];
    return [];
  });
}

/** Names of a setting in a language, by its name in a flow file, written as one word. */
export type Labels = ReadonlyMap<string, readonly string[]>;

export function labelsOf(texts: Flat): Labels {
  const labels = new Map<string, string[]>();
  for (const [key, text] of Object.entries(texts)) {
    const [, setting] = /\.label\.(\w+)$/.exec(key) ?? [];
    if (setting === undefined) continue;
    const word = setting.toLowerCase();
    labels.set(word, [...(labels.get(word) ?? []), text]);
  }
  return labels;
}

/** Sentences that say what to set, and do not say it by the label of the setting and by its value. */
export function settingFaults(english: Flat, other: Flat, labels: Labels): string[] {
  return Object.entries(english).flatMap(([key, text]) => {
    const said = other[key];
    if (said === undefined) return [];
    const found = [
      ...text.matchAll(
        /\b(\w+) set to (?!the\b|a\b)([a-z]+)|\b[Ss]et (?:the )?(\w+) to (?!the\b|a\b)([a-z]+)/g,
      ),
    ];
    return found.flatMap(([, one, its, another, itsOwn]) => {
      const names = labels.get((one ?? another ?? '').toLowerCase()) ?? [];
      const value = its ?? itsOwn ?? '';
      const lacksName = names.length > 0 && !names.some((name) => said.includes(name));
      const lacksValue = names.length > 0 && !said.includes(value);
      return [
        ...(lacksName ? [`${key} does not speak of ${names.join(' or ')}`] : []),
        ...(lacksValue ? [`${key} does not name the value ${value}`] : []),
      ];
    });
  });
}
