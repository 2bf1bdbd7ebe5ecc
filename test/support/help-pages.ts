import { isProse } from './translations';

/** A line of a list of properties: `: name (type) : what it is`. Node-RED reads no further colon. */
const PROPERTY = /^ *: ([^:\n]+) \(([^:()\n]+)\) : [^:\n]+$/;
const TYPES = /string|number|boolean|buffer|object|array|device/g;

/**
 * What is wrong with the help of a node in another language.
 * @param labels of settings, English with the translation
 */
export function helpFaults(
  english: string,
  other: string,
  language: string,
  labels: ReadonlyMap<string, string>,
): string[] {
  const faults: string[] = [];
  const same = (what: string, given: readonly string[], wanted: readonly string[]) => {
    const lost = wanted.filter((one) => !given.includes(one));
    const strange = given.filter((one) => !wanted.includes(one));
    for (const one of lost) faults.push(`${what} ${one} is missing`);
    for (const one of strange) faults.push(`${what} ${one} is not in English`);
  };
  if (english.split('\n')[0] !== other.split('\n')[0]) faults.push('its first line is another one');
  if (levelsOf(english).join() !== levelsOf(other).join()) faults.push('it has other headings');
  const inTheirs = (name: string) => labels.get(name) ?? name;
  same('property', propertiesOf(other), propertiesOf(english).map(inTheirs));
  if (propertiesOf(other).join() !== propertiesOf(english).map(inTheirs).join())
    faults.push('its properties have another order');
  if (typesOf(other).join() !== typesOf(english).join())
    faults.push('its properties have other types');
  for (const line of propertyLines(other))
    if (!PROPERTY.test(line)) faults.push(`Node-RED cannot read "${line}"`);
  same('code', all(other, /`[^`\n]+`/g), all(english, /`[^`\n]+`/g));
  same('link', all(other, /\]\([^)]+\)/g), all(english, /\]\([^)]+\)/g));
  const named = slanted(english).filter((text) => labels.has(text));
  for (const name of named)
    if (!slanted(other).includes(inTheirs(name)))
      faults.push(`setting *${inTheirs(name)}* is missing`);
  const lines = new Set(english.split('\n'));
  for (const line of other.split('\n'))
    if (lines.has(line) && isProse(line.replace(PROPERTY, ''), language))
      faults.push(`"${line}" is English`);
  return faults;
}

const all = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([found]) => found)),
];

/** `##` and the like of each heading. */
function levelsOf(help: string): string[] {
  return [...help.matchAll(/^(#+) \S/gm)].map(([, level]) => level ?? '');
}

function propertyLines(help: string): string[] {
  return help.split('\n').filter((line) => /^\s*: /.test(line));
}

function propertiesOf(help: string): string[] {
  return propertyLines(help).map((line) => PROPERTY.exec(line)?.[1] ?? line);
}

function typesOf(help: string): string[] {
  return propertyLines(help).map((line) => (PROPERTY.exec(line)?.[2]?.match(TYPES) ?? []).join());
}

/** What stands in slanted letters: settings, and what is only stressed. */
function slanted(help: string): string[] {
  return [...help.matchAll(/(?<![*\w])\*(?![*\s])([^*\n|]+?)\*(?!\*)/g)].map(
    ([, text]) => text ?? '',
  );
}
