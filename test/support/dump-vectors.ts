import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project';

const SHARED = join(ROOT, '..', 'shared');
const DUMPS = join(SHARED, 'data', 'dumps');
const VECTORS = join(SHARED, 'reference', 'vectors');

/** What is known about a real dump. Its secrets are not in there. */
export interface DumpVector {
  file: string;
  // biome-ignore lint/suspicious/noExplicitAny: facts of many shapes, compared as they are
  facts: any;
  bytes(): Buffer;
}

/**
 * Real dumps with what was found in them by other means; none where this computer does not have
 * them. The dumps hold other people's data: nothing of them may be printed.
 */
export function dumpVectors(): DumpVector[] {
  if (!existsSync(DUMPS) || !existsSync(VECTORS)) return [];
  return readdirSync(VECTORS)
    .filter((name) => /^dump-.*\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(VECTORS, name), 'utf8')))
    .map((facts) => ({
      file: facts.file as string,
      facts,
      bytes: () => readFileSync(join(DUMPS, facts.file)),
    }));
}

/** Made-up files by other tools; null where this computer does not have them. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function syntheticVectors(): any {
  const path = join(VECTORS, 'synthetic.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** Equal or not, without showing either side: for what may hold secrets. */
export function sameOrFail(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(sorted(actual)) !== JSON.stringify(sorted(expected)))
    throw new Error(`${what} differs from the vector`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
