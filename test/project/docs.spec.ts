import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { runInNewContext } from 'node:vm';
import { ERROR_CODES } from '../../src/errors';
import { stepsOf } from '../support/first-steps';
import { projectFiles, ROOT, readText } from '../support/project';

const pages = projectFiles().filter((file) => file.endsWith('.md'));
const nodes = Object.keys(JSON.parse(readText('package.json'))['node-red'].nodes);

/** The anchors of a page's headings, as code hosting sites make them. */
function anchors(page: string): string[] {
  return [...readText(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor = ''] = link.split('#');
  const target = path === '' ? page : posix.join(posix.dirname(page), path);
  if (!existsSync(posix.join(ROOT, target))) return true;
  return anchor !== '' && !anchors(target).includes(anchor);
}

/** The settings that a node's form declares. */
function settingsOf(type: string): string[] {
  const form = readText(`nodes/${type}.html`);
  const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(form)?.[1] ?? '';
  const found: Record<string, object> = {};
  const registerType = (name: string, definition: { defaults: object }) => {
    found[name] = definition.defaults;
  };
  runInNewContext(script, { RED: { nodes: { registerType } } });
  return Object.keys(found[type] ?? {});
}

describe('the documentation', () => {
  it('links only to what exists', () => {
    const broken = pages.flatMap((page) =>
      [...readText(page).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link]) => link ?? '')
        .filter((link) => !/^[a-z]+:/.test(link) && isBroken(page, link))
        .map((link) => `${page} → ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  it('has its first steps press what there is in the editor', () => {
    const words = ['bk-flasher', 'bk-device'].map((page) =>
      readText(`nodes/locales/en-US/${page}.json`),
    );
    // Node-RED's own.
    const shown = (label: string) =>
      ['Add', 'Deploy'].includes(label) || words.some((page) => page.includes(`: "${label}"`));
    assert.ok(stepsOf().length > 10);
    assert.deepEqual(
      stepsOf().filter((label) => !shown(label)),
      [],
    );
  });

  it('has a row for every error code', () => {
    const page = readText('docs/troubleshooting.md');
    const rows = [...page.matchAll(/^\| `(BK_\w+)` \|/gm)].map(([, code]) => code);
    assert.deepEqual(rows, [...ERROR_CODES]);
  });

  it('names no error code that does not exist', () => {
    const known: readonly string[] = ERROR_CODES;
    const unknown = pages.flatMap((page) =>
      [...readText(page).matchAll(/\bBK_[A-Z_]+\b/g)]
        .map(([code]) => code)
        .filter((code) => !known.includes(code)),
    );
    assert.deepEqual(unknown, []);
  });

  it('gives the commands that start and test a checkout, each in a block of its own', () => {
    for (const command of ['npm ci && npm start', 'npm ci && npm test'])
      assert.ok(readText('README.md').includes(`\n\`\`\`sh\n${command}\n\`\`\`\n`), command);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readText('package.json'));
    const unknown = pages.flatMap((page) =>
      [...readText(page).matchAll(/npm run ([\w:-]+)/g)]
        .map(([, script]) => script ?? '')
        .filter((script) => scripts[script] === undefined),
    );
    assert.deepEqual(unknown, []);
  });

  for (const type of nodes) {
    it(`names every setting of ${type}`, () => {
      const page = readText(`docs/${type}.md`);
      const settings = settingsOf(type);
      assert.ok(settings.length > 0);
      const silent = settings.filter((name) => name !== 'name' && !page.includes(`\`${name}\``));
      assert.deepEqual(silent, []);
    });
  }
});
