import assert from 'node:assert/strict';
import { CHIP_MODELS } from '../../src/chip/known/chips';
import { breaches, importsOf, modelNames, strayedSpecs, untidiness } from '../support/architecture';
import { projectFiles, readText } from '../support/project';

describe('architecture', () => {
  const files = ['src', 'nodes', 'cli']
    .flatMap(projectFiles)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const sources = new Map(files.map((file) => [file, readText(file)]));

  it('has only the arrows that its table allows, and no circle', () => {
    assert.ok(files.includes('src/index.ts'));
    assert.deepEqual(breaches(sources), []);
    assert.deepEqual(untidiness(sources), []);
  });

  it('has the tests of a file where that file is, by its name', () => {
    assert.deepEqual(strayedSpecs(projectFiles()), []);
  });

  it('asks for facts about chips, never for the name of a model', () => {
    const names = CHIP_MODELS.flatMap(({ name, aliases }) => [name, ...aliases]);
    // Two letters are a name for anything.
    const telling = names.filter((name) => /^B[KL]/.test(name));
    assert.deepEqual(modelNames(sources, telling), []);
  });
});

describe('the architecture check itself', () => {
  const check = (sources: Record<string, string>) => breaches(new Map(Object.entries(sources)));

  it('sees every way to import', () => {
    const text = `
      import './a';
      import b from "./b";
      import { c,
        type d } from './c';
      import type { e } from './e';
      export * from './f';
      export type { g } from './g';
      import h = require('./h');
      const i = await import('./i');
      let j: import('./j').J;
      // import k from './k';
      /* import l from './l'; */
    `;
    assert.deepEqual(
      importsOf(text).sort(),
      ['a', 'b', 'c', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => `./${name}`),
    );
  });

  it('lets a good graph pass', () => {
    const sources = {
      'nodes/bk-read.ts': "import { x } from '../src'; import './shared/status';",
      'nodes/shared/status.ts': "import '../../src/index';",
      'cli/bk72xx.ts': "import './commands/read';",
      'cli/commands/read.ts': "import '../../src';",
      'src/index.ts': "export * from './device'; export * from './errors';",
      'src/device.ts': "import './jobs/read'; import './clock'; import './environment';",
      'src/environment.ts': "import './ports/port-registry'; import './clock';",
      'src/ports/port-registry.ts': "import '../transport/schemes/schemes';",
      'src/jobs/read.ts': "import '../session/link'; import './types'; import '../errors';",
      'src/jobs/types.ts': '',
      'src/session/link.ts': "import '../transport/transport'; import '../protocol/frames';",
      'src/protocol/frames.ts': '',
      'src/transport/schemes/schemes.ts':
        "import './simulated'; import { SerialPort } from 'serialport';",
      'src/transport/schemes/simulated.ts':
        "import '../../simulator/simulator'; import '../transport';",
      'src/transport/transport.ts': '',
      'src/simulator/simulator.ts': "export * from './chip'; export * from './tcp-server';",
      'src/simulator/chip.ts': "import '../transport/transport';",
      'src/simulator/tcp-server.ts': "import { createServer } from 'node:net';",
      'src/errors.ts': '',
      'src/clock.ts': '',
    };
    assert.deepEqual(check(sources), []);
  });

  for (const [from, to] of [
    ['nodes/bk-read.ts', 'src/device.ts'],
    ['nodes/bk-read.ts', 'nodes/bk-device.ts'],
    ['nodes/bk-read.ts', 'cli/run.ts'],
    ['nodes/flasher/editor/main.ts', 'src/index.ts'],
    ['nodes/flasher/editor/main.ts', 'nodes/shared/status.ts'],
    ['cli/commands/read.ts', 'src/jobs/read.ts'],
    ['cli/commands/read.ts', 'nodes/shared/status.ts'],
    ['src/device.ts', 'src/index.ts'],
    ['src/jobs/read.ts', 'src/transport/schemes/schemes.ts'],
    ['src/jobs/read.ts', 'src/protocol/frames.ts'],
    ['src/session/link.ts', 'src/transport/schemes/schemes.ts'],
    ['src/session/link.ts', 'src/jobs/types.ts'],
    ['src/protocol/frames.ts', 'src/image/detect.ts'],
    ['src/placement/fit.ts', 'src/jobs/write.ts'],
    ['src/image/detect.ts', 'src/placement/fit.ts'],
    ['src/chip/known/chips.ts', 'src/protocol/frames.ts'],
    ['src/image/detect.ts', 'src/backup/names.ts'],
    ['src/transport/schemes/schemes.ts', 'src/simulator/simulator.ts'],
    ['src/transport/schemes/simulated.ts', 'src/simulator/chip.ts'],
    ['src/transport/schemes/tcp.ts', 'src/chip/known/chips.ts'],
    ['src/simulator/chip.ts', 'src/protocol/frames.ts'],
    ['src/simulator/chip.ts', 'src/transport/schemes/schemes.ts'],
    ['src/device.ts', 'nodes/shared/status.ts'],
    ['src/errors.ts', 'src/chip/known/chips.ts'],
    ['src/novelty/thing.ts', 'src/chip/known/chips.ts'],
  ] as const) {
    it(`refuses ${from} → ${to}`, () => {
      const up = '../'.repeat(from.split('/').length - 1);
      const specifier = `${up}${to.replace(/\.ts$/, '')}`;
      const relative = specifier.startsWith('.') ? specifier : `./${specifier}`;
      const [breach, ...more] = check({
        [from]: `import type { x } from '${relative}';`,
        [to]: '',
      });
      assert.match(breach ?? '', new RegExp(`^${from} → ${to} is not allowed because `));
      assert.deepEqual(more, []);
    });
  }

  for (const [from, name] of [
    ['src/jobs/read.ts', 'node-red'],
    ['src/session/link.ts', 'serialport'],
    ['nodes/bk-device.ts', '@serialport/bindings-cpp'],
    ['src/simulator/chip.ts', 'node:net'],
    ['src/device.ts', 'net'],
  ] as const) {
    it(`refuses ${name} in ${from}`, () => {
      const found = check({ [from]: `import { x } from '${name}';` });
      assert.equal(found.length, 1);
      assert.ok(found[0]?.startsWith(`${from} → ${name} is not allowed because `));
    });
  }

  it('refuses folders of too many files, namesakes, tiny files of one user, and folders in a circle', () => {
    const text = '//\n'.repeat(40);
    const sources: Record<string, string> = {
      'src/chip/a.ts': `${text}import '../image/b';`,
      'src/image/b.ts': `${text}import '../chip/tiny'; import './a';`,
      'src/image/a.ts': text,
      'src/chip/tiny.ts': '',
    };
    for (let index = 0; index < 17; index++) sources[`src/jobs/file${index}.ts`] = text;
    assert.deepEqual(untidiness(new Map(Object.entries(sources))), [
      'src/jobs has 17 files: that is more than one idea',
      'src/image/a.ts has the name of src/chip/a.ts',
      'src/chip/tiny.ts has 0 lines, and only src/image/b.ts uses it: it belongs in there',
      'src/image/ → src/chip/ is not allowed because it closes a circle: ' +
        'src/chip/ → src/image/ → src/chip/',
    ]);
  });

  it('refuses the name of a model, but not that of a tool', () => {
    const sources = {
      'src/chip/a.ts': "'BK1234N'",
      'src/texts/en-US/b.ts': "'BK1234N'",
      'src/jobs/c.ts': "\n  if (chip === 'BK1234N') return;",
      'src/jobs/d.ts': 'const path = `sim://bk1234n?seed=1`;',
      'src/jobs/e.ts': '// Source: BK1234NGUIFlashTool, and bk1234 for the whole family.',
    };
    assert.deepEqual(modelNames(new Map(Object.entries(sources)), ['BK1234N']), [
      "src/jobs/c.ts:2 if (chip === 'BK1234N') return;",
      'src/jobs/d.ts:1 const path = `sim://bk1234n?seed=1`;',
    ]);
  });

  it('refuses a circle, even of types', () => {
    const found = check({
      'src/chip/a.ts': "import type { b } from './b';",
      'src/chip/b.ts': "import type { c } from './c';",
      'src/chip/c.ts': "import type { a } from './a';",
    });
    assert.deepEqual(found, [
      'src/chip/c.ts → src/chip/a.ts is not allowed because it closes a circle: ' +
        'src/chip/a.ts → src/chip/b.ts → src/chip/c.ts → src/chip/a.ts',
    ]);
  });
});
