import { posix } from 'node:path';

/** Source texts by path, as `src/device.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** A folder of the project (`src/chip/`) or one of its files. */
type Place = string;

/** What a place may import besides its own folder and the base files. The first row that fits a file holds. */
const ARROWS: readonly [from: Place, to: readonly Place[]][] = [
  // Runs in the browser: of the rest it knows what is said, and what goes between it and the server.
  ['nodes/flasher/editor/', ['src/texts/', 'nodes/flasher/messages.ts']],
  ['nodes/flasher/', ['nodes/flasher/', 'nodes/queue/', 'nodes/shared/', 'src/index.ts']],
  ['nodes/queue/', ['nodes/shared/', 'src/index.ts']],
  ['nodes/shared/', ['nodes/shared/', 'src/index.ts']],
  ['nodes/', ['nodes/flasher/', 'nodes/queue/', 'nodes/shared/', 'src/index.ts']],
  ['cli/', ['src/index.ts']],
  ['src/index.ts', ['src/']],
  [
    'src/device.ts',
    [
      'src/environment.ts',
      'src/ports/',
      'src/jobs/',
      'src/openbeken/',
      'src/session/',
      'src/trace/',
    ],
  ],
  ['src/environment.ts', ['src/ports/', 'src/backup/', 'src/releases/']],
  ['src/ports/', ['src/session/', 'src/transport/', 'src/trace/', 'src/replay/replays.ts']],
  [
    'src/openbeken/',
    [
      'src/jobs/',
      'src/placement/',
      'src/session/',
      'src/http/',
      'src/chip/',
      'src/image/',
      'src/backup/',
      'src/releases/',
      'src/transport/schemes/network-address.ts',
    ],
  ],
  [
    'src/jobs/',
    [
      'src/placement/',
      'src/session/',
      'src/trace/',
      'src/chip/',
      'src/image/',
      'src/backup/',
      'src/releases/',
      'src/diagnosis/',
    ],
  ],
  ['src/placement/', ['src/chip/', 'src/image/']],
  [
    'src/session/',
    ['src/protocol/', 'src/chip/', 'src/transport/transport.ts', 'src/diagnosis/', 'src/trace/'],
  ],
  [
    'src/trace/',
    [
      'src/protocol/',
      'src/chip/',
      'src/image/',
      'src/transport/transport.ts',
      'src/backup/atomic.ts',
    ],
  ],
  ['src/protocol/', ['src/chip/']],
  ['src/chip/', []],
  ['src/texts/', []],
  ['src/diagnosis/', ['src/chip/']],
  ['src/image/', ['src/chip/']],
  ['src/backup/', ['src/chip/']],
  ['src/releases/', ['src/chip/', 'src/backup/']],
  ['src/transport/schemes/simulated.ts', ['src/transport/', 'src/simulator/simulator.ts']],
  ['src/transport/schemes/simulated-chips.ts', ['src/transport/', 'src/simulator/simulator.ts']],
  ['src/transport/schemes/simulated-line.ts', ['src/transport/', 'src/simulator/simulator.ts']],
  ['src/transport/schemes/replay.ts', ['src/transport/', 'src/replay/replays.ts']],
  ['src/transport/schemes/port-scheme.ts', ['src/transport/', 'src/replay/replays.ts']],
  ['src/http/', []],
  ['src/transport/openbeken/', ['src/transport/', 'src/http/']],
  ['src/transport/', []],
  ['src/replay/', ['src/trace/', 'src/protocol/', 'src/chip/', 'src/transport/transport.ts']],
  ['src/simulator/', ['src/chip/', 'src/transport/transport.ts']],
];

/** Everybody in src may import these; they import nothing of ours but each other. */
const BASE: readonly Place[] = [
  'src/errors.ts',
  'src/clock.ts',
  'src/virtual-clock.ts',
  'src/texts/',
];

/** Packages that stay where they are wrapped. */
const FENCED: readonly { packages: RegExp; places: readonly Place[]; why: string }[] = [
  {
    packages: /^(@serialport\/.+|serialport)$/,
    places: ['src/transport/'],
    why: 'only src/transport/ may know the serial port library',
  },
  {
    packages: /^(node:)?net$/,
    places: ['src/transport/', 'src/http/', 'src/simulator/tcp-server.ts'],
    why: 'only src/transport/, src/http/ and src/simulator/tcp-server.ts may open sockets',
  },
  {
    packages: /^(node:)?(http|https|http2|dgram|dns)$/,
    places: ['src/releases/'],
    why: 'only src/releases/ may ask servers for anything',
  },
  {
    packages: /^(bullmq|ioredis)$/,
    places: ['nodes/queue/'],
    why: 'only nodes/queue/ knows the queue, which is optional',
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
  const isBase = (one: string) => BASE.some((place) => within(one, place));
  if (isBase(target) && file.startsWith('src/')) return null;
  if (isBase(file)) return `${file} is a base file and imports nothing of ours but those`;
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

/** More files than this in one folder are more than one idea. */
const MOST_FILES = 16;
/** A file that is shorter, and that one other file uses, belongs into that one. Lines. */
const TINY = 35;
/** A job each, and the door of the simulated chip: short, and for one file only, by their nature. */
const OWN_FILES: readonly string[] = [
  'src/jobs/connect.ts',
  'src/jobs/inspect-image.ts',
  'src/simulator/simulator.ts',
];
/** Entries of a list have a file each, however short, and only the list uses it. */
const ENTRIES: readonly Place[] = [
  'src/chip/models/',
  'src/image/detect/',
  'src/texts/en-US/',
  'src/transport/schemes/',
];

/** Every breach of the rules about files and folders below `src/`, as a sentence each. */
export function untidiness(sources: Sources): string[] {
  const files = [...sources.keys()].filter((file) => file.startsWith('src/'));
  const users = new Map<string, Set<string>>(files.map((file) => [file, new Set()]));
  const arrows = new Map<string, Set<string>>();
  for (const file of files) {
    for (const specifier of importsOf(sources.get(file) ?? '')) {
      const target = specifier.startsWith('.') ? locate(file, specifier, sources) : null;
      if (target === null) continue;
      users.get(target)?.add(file);
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from !== to) arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
    }
  }
  return [
    ...crowded(files),
    ...namesakes(files),
    ...files.flatMap((file) => tiny(file, sources.get(file) ?? '', users.get(file) ?? new Set())),
    ...circles(new Map([...arrows].map(([from, to]) => [from, [...to]]))),
  ];
}

/** A folder is a room; so is each file that lies at the top. */
function roomOf(file: string): string {
  const folder = posix.dirname(file);
  return folder === 'src' ? file : `${folder}/`;
}

function crowded(files: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].flatMap(([folder, count]) =>
    count > MOST_FILES ? [`${folder} has ${count} files: that is more than one idea`] : [],
  );
}

function namesakes(files: readonly string[]): string[] {
  const first = new Map<string, string>();
  return files.flatMap((file) => {
    const name = posix.basename(file);
    const other = first.get(name);
    if (other === undefined) first.set(name, file);
    return other === undefined ? [] : [`${file} has the name of ${other}`];
  });
}

function tiny(file: string, text: string, users: ReadonlySet<string>): string[] {
  const lines = text.split('\n').length - 1;
  const [user] = users;
  if (ENTRIES.some((place) => within(file, place))) return [];
  if (lines >= TINY || users.size !== 1 || OWN_FILES.includes(file)) return [];
  return [`${file} has ${lines} lines, and only ${user} uses it: it belongs in there`];
}

/** Where a model of chip may be named: its facts, its simulated chip, and sentences for people. */
const NAMING: readonly Place[] = ['src/chip/', 'src/simulator/', 'src/texts/'];

/**
 * Every line of `src/` outside of these that names a model: code asks for facts. A word that goes on is no
 * model's name but a tool's.
 * @param names of models
 */
export function modelNames(sources: Sources, names: readonly string[]): string[] {
  const name = new RegExp(`(?:${names.join('|')})(?![A-Za-z0-9])`, 'i');
  return [...sources].flatMap(([file, text]) => {
    if (!file.startsWith('src/') || NAMING.some((place) => within(file, place))) return [];
    return text
      .split('\n')
      .flatMap((line, index) => (name.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : []));
  });
}

/** Where tests lie that are of no one file. */
const OF_MANY: readonly string[] = [
  'stories',
  'catalogue',
  'field',
  'project',
  'editor',
  'scripts',
];

/** Specs that lie elsewhere than the file that they test, as a sentence each. @param files all of the project */
export function strayedSpecs(files: readonly string[]): string[] {
  const tested = new Set(
    files
      .filter((file) => /\.(ts|html)$/.test(file) && !file.endsWith('.d.ts'))
      .map((file) => file.replace(/^src\//, '').replace(/\.(ts|html)$/, '')),
  );
  return files.flatMap((file) => {
    const [, path = ''] = /^test\/(.+)\.spec\.ts$/.exec(file) ?? [];
    if (path === '' || OF_MANY.includes(path.split('/')[0] ?? '') || tested.has(path)) return [];
    return [`${file} tests no file of its name: move it, or make it a story`];
  });
}
