import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { projectFiles, ROOT, readText } from '../support/project';

interface Manifest {
  name: string;
  license?: string;
  repository?: unknown;
  bugs?: unknown;
  keywords: string[];
  files: string[];
  main: string;
  bin: Record<string, string>;
  types: string;
  engines: { node: string };
  'node-red': {
    version: string;
    nodes: Record<string, string>;
    plugins: Record<string, string>;
  };
  dependencies: Record<string, string>;
  scripts: Record<string, string>;
}

const manifest: Manifest = JSON.parse(readText('package.json'));
const nodes = Object.entries(manifest['node-red'].nodes);
const html = (script: string) => script.replace(/\.js$/, '.html');

/** `>=20.15.0` as [20, 15, 0]: the package states plain minimums only, so nothing else needs reading. */
function minimum(range: string): number[] {
  const match = /^>=(\d+)\.(\d+)\.(\d+)$/.exec(range);
  assert.ok(match, `${range} is not a plain minimum`);
  return match.slice(1).map(Number);
}

function reaches(range: string, version: string): boolean {
  const low = minimum(range);
  const high = version.split('.').map(Number);
  const first = low.findIndex((part, index) => part !== high[index]);
  return first < 0 || (low[first] ?? 0) < (high[first] ?? 0);
}

describe('package.json', () => {
  it('has what the Node-RED library asks of it', () => {
    assert.match(manifest.name, /^node-red-contrib-[a-z0-9-]+$/);
    assert.equal(manifest.license, 'MIT');
    assert.ok(existsSync(join(ROOT, 'LICENSE')));
    assert.ok(manifest.repository ?? manifest.bugs, 'names neither repository nor bugs');
    assert.ok(manifest.keywords.includes('node-red'));
  });

  it('fits the supported versions of Node.js and Node-RED', () => {
    for (const version of ['20.15.0', '22.9.0', '24.0.0'])
      assert.ok(reaches(manifest.engines.node, version), `Node.js ${version}`);
    for (const version of ['4.1.15', '5.0.7'])
      assert.ok(reaches(manifest['node-red'].version, version), `Node-RED ${version}`);
    assert.equal(reaches(manifest.engines.node, '18.20.0'), false);
  });

  it('keeps its runtime dependencies few, pinned and explained in the README', () => {
    const names = Object.keys(manifest.dependencies);
    assert.ok(names.length <= 6);
    for (const name of names) {
      assert.match(manifest.dependencies[name] ?? '', /^\d+\.\d+\.\d+$/);
      assert.ok(readText('README.md').includes(`\`${name}\``), `${name} is not explained`);
    }
  });

  it('has one command, so that npx finds it by the name of the package', () => {
    assert.deepEqual(Object.keys(manifest.bin), ['bk72xx']);
    for (const script of Object.values(manifest.bin))
      assert.match(readText(script), /^#!\/usr\/bin\/env node\n/);
  });

  it('says in the README what it does, what it needs, how it is installed and used, with a picture', () => {
    const readme = readText('README.md');
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    for (const heading of ['Install', 'Wiring', 'The nodes'])
      assert.ok(headings.includes(heading), heading);
    assert.match(readme, /!\[[^\]]+\]\(docs\/images\/flow\.png\)/);
    assert.ok(readme.includes(`npm install ${manifest.name}`));
  });

  it('brings no package that the library calls bad', () => {
    const { packages } = JSON.parse(readText('package-lock.json'));
    const locked = Object.entries(packages as Record<string, { version: string; dev?: boolean }>);
    const bad = locked.filter(
      ([path, { version, dev }]) =>
        /(^|\/)agent-base$/.test(path) && dev !== true && Number.parseInt(version, 10) < 6,
    );
    assert.deepEqual(bad, []);
  });

  it('runs nothing when it is installed', () => {
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
      assert.equal(manifest.scripts[script], undefined, script);
  });
});

describe('each node', () => {
  for (const [type, script] of nodes) {
    describe(type, () => {
      it('lies beside its form, texts and icon', () => {
        assert.equal(basename(script, '.js'), type);
        assert.ok(existsSync(join(ROOT, script)), script);
        assert.ok(existsSync(join(ROOT, html(script))), html(script));
        const locale = join(ROOT, dirname(script), 'locales', 'en-US');
        assert.ok(existsSync(join(locale, `${type}.json`)), 'texts in English');
        const form = readText(html(script));
        const icon = /\bicon:\s*['"]([^'"]+)['"]/.exec(form)?.[1];
        if (/category:\s*['"]config['"]/.test(form)) return;
        assert.ok(icon, 'names no icon');
        assert.ok(existsSync(join(ROOT, dirname(script), 'icons', icon)), `icon ${icon}`);
      });

      it('is told by letters that tools can read: type, category, colour and icon stand as they are', () => {
        const form = readText(html(script));
        const stands = (what: RegExp) => assert.match(form, what);
        stands(new RegExp(`RED\\.nodes\\.registerType\\('${type}', \\{`));
        stands(/^ {2}category: '[a-z]+',$/m);
        stands(/^ {2}color: '(#C0DEED|#87A980|#A6BBCF|#D8BFD8|#E2D96E|#FDD0A2)',$/m);
        stands(new RegExp(`^  icon: '${type}\\.svg',$`, 'm'));
        stands(/^ {2}defaults: \{$/m);
        if (/category: 'config'/.test(form)) return;
        stands(/^ {2}inputs: [01],$/m);
        stands(/^ {2}outputs: \d,$/m);
      });

      it('has help in English', () => {
        const beside = `${dirname(script)}/locales/en-US/${type}.html`;
        const texts = [html(script), beside].filter((path) => existsSync(join(ROOT, path)));
        const help = new RegExp(`data-help-name=["']${type}["']`);
        assert.ok(texts.some((path) => help.test(readText(path))));
      });

      it('has a page of documentation that the README links to', () => {
        assert.ok(existsSync(join(ROOT, `docs/${type}.md`)));
        assert.ok(readText('README.md').includes(`(docs/${type}.md)`));
      });

      it('appears in an example flow', () => {
        const types = projectFiles('examples')
          .filter((file) => file.endsWith('.json'))
          .flatMap((file) => {
            const flow: unknown = JSON.parse(readText(file));
            assert.ok(Array.isArray(flow), `${file} is not an array`);
            return flow.map((node: { type: string }) => node.type);
          });
        assert.ok(types.includes(type));
      });
    });
  }
});

describe('the plugin of the editor', () => {
  for (const [name, script] of Object.entries(manifest['node-red'].plugins)) {
    it(`${name} lies beside its page, its texts and what the page loads`, () => {
      assert.ok(existsSync(join(ROOT, script)), script);
      const page = readText(html(script));
      const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
      // Not from the root of the server: the editor may lie anywhere.
      const own = `resources/${manifest.name}/`;
      for (const path of loaded) {
        assert.ok(path.startsWith(own), path);
        assert.ok(existsSync(join(ROOT, 'resources', path.slice(own.length))), path);
      }
      assert.equal(loaded.length, 2);
      assert.ok(existsSync(join(ROOT, dirname(script), 'locales', 'en-US', `${name}.json`)));
      assert.ok(readText('README.md').includes(`(docs/${name}.md)`));
    });
  }
});

describe('what is published', function () {
  this.timeout(60_000);
  let paths: string[] = [];

  before(() => {
    const out = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    });
    const report: unknown = JSON.parse(out);
    const [tarball] = Object.values(report as Record<string, { files: { path: string }[] }>);
    paths = (tarball?.files ?? []).map((file) => file.path);
  });

  it('is the compiled package, its examples, its pages and its papers, nothing else', () => {
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    const strangers = paths.filter(
      (path) =>
        !papers.includes(path) &&
        !/^(dist\/(src|nodes|cli)|examples|resources|docs\/images)\/|^docs\/[\w-]+\.md$/.test(path),
    );
    assert.deepEqual(strangers, []);
    for (const paper of papers) assert.ok(paths.includes(paper), paper);
  });

  /** Links of a page, and pictures in it, to other files of the project. */
  const linksOf = (page: string) =>
    [...readText(page).matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
      .map(([, link]) => link ?? '')
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => posix.join(posix.dirname(page), link));

  // There is no public repository that links could lead to: the pages come along instead.
  it('has in it whatever its pages link to', () => {
    const pages = paths.filter((path) => path.endsWith('.md'));
    const dead = pages.flatMap((page) =>
      linksOf(page)
        .filter((target) => !paths.includes(target))
        .map((target) => `${page} → ${target}`),
    );
    assert.deepEqual(dead, []);
  });

  it('has no page in it that nobody finds', () => {
    const found = new Set(['README.md']);
    for (const page of found)
      if (page.endsWith('.md')) for (const target of linksOf(page)) found.add(target);
    const pages = paths.filter((path) => /^docs\//.test(path));
    assert.deepEqual(
      pages.filter((page) => !found.has(page)),
      [],
    );
  });

  it('holds no test, no source and no map', () => {
    const unwanted = paths.filter(
      (path) => /\.(spec\.\w+|map|tgz|log)$/.test(path) || /(?<!\.d)\.ts$/.test(path),
    );
    assert.deepEqual(unwanted, []);
  });

  it('holds the engine with its types, the command, and every node', () => {
    for (const path of [manifest.main, manifest.types, ...Object.values(manifest.bin)])
      assert.ok(paths.includes(path), path);
    for (const [, script] of nodes)
      for (const path of [script, html(script)]) assert.ok(paths.includes(path), path);
  });

  it('holds the texts and the help of every language', () => {
    const texts = projectFiles('nodes/locales');
    assert.ok(texts.length > 0);
    for (const path of texts) assert.ok(paths.includes(`dist/${path}`), path);
  });
});

describe('the checkout', () => {
  it('does not bind package-lock.json to a server', () => {
    assert.doesNotMatch(readText('package-lock.json'), /"resolved": *"http/);
  });

  it('locks the packages of every platform, or npm ci refuses to work', () => {
    interface Locked {
      optionalDependencies?: Record<string, string>;
      inBundle?: boolean;
    }
    const packages: Record<string, Locked> = JSON.parse(readText('package-lock.json')).packages;
    const missing = Object.entries(packages)
      .filter(([, locked]) => !locked.inBundle)
      .flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies).filter(
          (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
        ),
      );
    assert.deepEqual(missing, []);
  });

  it('holds no path of the machine that it lies on', () => {
    const depth = ROOT.split(/[\\/]/).filter(Boolean).length;
    const binary = /\.(png|bin|ico)$/;
    const found = projectFiles().filter(
      (file) => !binary.test(file) && readText(file).includes(ROOT),
    );
    // A checkout right below the root has a name too short to tell from ordinary text.
    if (depth > 1) assert.deepEqual(found, []);
  });
});
