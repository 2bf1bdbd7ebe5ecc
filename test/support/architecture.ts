import { posix } from 'node:path';

/** Source texts by path, as `src/device.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** A folder of the project (`src/chip/`) or one of its files. */
type Place = string;

/** What a place may import besides its own folder and the base files. The first row that fits a file holds. */
const ARROWS: readonly [from: Place, to: readonly Place[]][] = [
  ['nodes/', ['nodes/shared/', 'src/index.ts']],
  ['src/index.ts', ['src/']],
  ['src/device.ts', ['src/port-slot.ts', 'src/jobs/', 'src/session/', 'src/transport/']],
  ['src/port-slot.ts', ['src/session/', 'src/transport/']],
  ['src/jobs/', ['src/session/', 'src/chip/', 'src/image/', 'src/backup/', 'src/diagnosis/']],
  ['src/session/', ['src/protocol/', 'src/chip/', 'src/transport/transport.ts', 'src/diagnosis/']],
  ['src/protocol/', []],
  ['src/chip/', []],
  ['src/diagnosis/', []],
  ['src/image/', ['src/chip/']],
  ['src/backup/', ['src/chip/']],
  ['src/transport/simulated.ts', ['src/transport/', 'src/simulator/index.ts']],
  ['src/transport/', []],
  ['src/simulator/', ['src/chip/', 'src/transport/transport.ts']],
];

/** Everybody in src may import these; they import nothing of ours. */
const BASE: readonly Place[] = ['src/errors.ts', 'src/clock.ts'];

/** Packages that stay where they are wrapped. */
const FENCED: readonly { packages: RegExp; places: readonly Place[]; why: string }[] = [
  {
    packages: /^(@serialport\/.+|serialport)$/,
    places: ['src/transport/'],
    why: 'only src/transport/ may know the serial port library',
  },
  {
    packages: /^(node:)?net$/,
    places: ['src/transport/', 'src/simulator/tcp-server.ts'],
    why: 'only src/transport/ and src/simulator/tcp-server.ts may open sockets',
  },
  {
    packages: /^(@node-red\/.+|node-red)$/,
    places: ['nodes/'],
    why: 'the engine knows nothing of Node-RED',
  },
];

/** Every breach of the arrows, the fences and the rule against circles, as a sentence each. */
export function breaches(sources: Sources): string[] {
  const found: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [file, text] of sources) {
    const targets: string[] = [];
    for (const specifier of importsOf(text)) {
      if (!specifier.startsWith('.')) {
        found.push(...fenceBreaches(file, specifier));
        continue;
      }
      const target = locate(file, specifier, sources);
      if (target === null) continue; // JSON and the like; tsc reports what is missing
      targets.push(target);
      const why = refusal(file, target);
      if (why !== null) found.push(`${file} → ${target} is not allowed because ${why}`);
    }
    graph.set(file, targets);
  }
  return [...found, ...circles(graph)];
}

/** The module names that a TypeScript text imports, re-exports or requires, types included. */
export function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const patterns = [
    /\b(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]\s*\)/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ''));
}

function locate(file: string, specifier: string, sources: Sources): string | null {
  const path = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '');
  return [`${path}.ts`, `${path}/index.ts`, path].find((name) => sources.has(name)) ?? null;
}

function within(file: string, place: Place): boolean {
  return place.endsWith('/') ? file.startsWith(place) : file === place;
}

function refusal(file: string, target: string): string | null {
  if (BASE.includes(file)) return `${file} is a base file and imports nothing of ours`;
  if (BASE.includes(target) && file.startsWith('src/')) return null;
  const row = ARROWS.find(([from]) => within(file, from));
  if (row === undefined) return `${file} has no row in the table of arrows`;
  const [from, to] = row;
  const own = from !== 'nodes/' && from.endsWith('/') ? [from] : [];
  const allowed = [...own, ...to];
  if (allowed.some((place) => within(target, place))) return null;
  return `${from} may import only ${[...allowed, ...BASE].join(', ')}`;
}

function fenceBreaches(file: string, specifier: string): string[] {
  return FENCED.filter(
    ({ packages, places }) =>
      packages.test(specifier) && !places.some((place) => within(file, place)),
  ).map(({ why }) => `${file} → ${specifier} is not allowed because ${why}`);
}

/** One sentence for each import that closes a circle. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      const last = path[path.length - 1];
      const circle = [...path.slice(start), file].join(' → ');
      found.push(`${last} → ${file} is not allowed because it closes a circle: ${circle}`);
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
