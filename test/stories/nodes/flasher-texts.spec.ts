import assert from 'node:assert/strict';
import { projectFiles, readText } from '../../support/project';

interface Texts {
  readonly [key: string]: string | Texts;
}

/** The keys of all texts, as `map.title`. */
function keysOf(texts: Texts, before = ''): string[] {
  return Object.entries(texts).flatMap(([key, text]) =>
    typeof text === 'string' ? [`${before}${key}`] : keysOf(text, `${before}${key}.`),
  );
}

/** What `text` of `base/texts.ts` is called in a file; null where it is not used. */
function nameIn(source: string): string | null {
  const names = /import \{([^}]*)\} from '\.\.?\/(?:base\/)?texts';/.exec(source)?.[1] ?? '';
  if (/\btext as (\w+)/.test(names)) return /\btext as (\w+)/.exec(names)?.[1] ?? null;
  return /\btext(?:Or)?\b/.test(names) ? 'text(?:Or)?' : null;
}

describe('the texts of the tab BK flasher', () => {
  const all: Texts = JSON.parse(readText('nodes/locales/en-US/bk-flasher.json'))['bk-flasher'];
  const keys = keysOf(all);
  const sources = projectFiles('nodes/flasher/editor')
    .filter((file) => file.endsWith('.ts'))
    .map(readText);
  const calls = sources.flatMap((source) => {
    const name = nameIn(source);
    if (name === null) return [];
    const call = new RegExp(`\\b${name}\\(\\s*(?:'([\\w.]+)'|\`([\\w.]*)\\$)`, 'g');
    return [...source.matchAll(call)];
  });
  const whole = calls.flatMap(([, key]) => key ?? []);
  /** Of keys that are put together: `sector.` of `sector.${state}`. */
  const begins = calls.flatMap(([, , begin]) => begin ?? []);

  it('are all there', () => {
    assert.ok(whole.length > 50 && begins.length > 5, 'this test finds the calls');
    const missing = whole.filter((key) => !keys.includes(key));
    assert.deepEqual(missing, []);
    const without = begins.filter((begin) => !keys.some((key) => key.startsWith(begin)));
    assert.deepEqual(without, []);
  });

  it('are all used', () => {
    const unused = keys.filter(
      (key) =>
        !whole.includes(key) &&
        !begins.some((begin) => key.startsWith(begin)) &&
        // Handed on to who shows it.
        !sources.some((source) => source.includes(`'${key}'`)),
    );
    assert.deepEqual(unused, []);
  });

  it('have a word for every state of a sector, phase and operation of the engine', () => {
    const { sector, phase } = all as Record<string, Texts>;
    const messages = readText('nodes/flasher/messages.ts');
    const states = /SECTOR_STATES = \{([^}]+)\}/.exec(messages)?.[1] ?? '';
    const names = [...states.matchAll(/(\w+):/g)].map(([, name]) => name);
    assert.deepEqual(Object.keys(sector ?? {}), names);
    const phases = /export type Phase =([^;]+);/.exec(readText('src/errors.ts'))?.[1] ?? '';
    for (const [, name = ''] of phases.matchAll(/'(\w+)'/g)) assert.ok(name in (phase ?? {}), name);
  });
});
