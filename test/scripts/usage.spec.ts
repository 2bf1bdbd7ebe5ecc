import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT, readText } from '../support/project';

/** What each npm script runs, as package.json says it. */
const START = { name: 'start', words: ['scripts/start.mjs'] };
const SIM = { name: 'sim', words: ['dist/cli/bk72xx.js', 'sim'] };
const MUTANTS = { name: 'mutants', words: ['scripts/mutants/run.mjs'] };

/** What a script says, given words of which each one ends it at once. */
function run({ name, words: own }: typeof START, words: string[]) {
  const [file = '', ...rest] = own;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(ROOT, file), ...rest, ...words],
    {
      encoding: 'utf8',
      timeout: 30_000,
      env: { ...process.env, PORT: '', npm_lifecycle_event: name },
    },
  );
  return { status, stdout, stderr };
}

const SCRIPTS: [script: typeof START, command: string, option: RegExp][] = [
  [START, 'npm start', /--port/],
  [SIM, 'npm run sim', /--brownout/],
  [MUTANTS, 'npm run mutants', /--at-once/],
];

for (const [script, command, option] of SCRIPTS) {
  describe(`${command} on the command line`, () => {
    it('is what package.json runs', () => {
      const { scripts } = JSON.parse(readText('package.json'));
      assert.equal(scripts[script.name], ['node', ...script.words].join(' '));
    });

    for (const words of [['--help'], ['-h']]) {
      it(`explains itself with ${words}`, () => {
        const { status, stdout, stderr } = run(script, words);
        assert.equal(status, 0, stderr);
        assert.ok(stdout.includes(`Usage: ${command} -- `), stdout);
        assert.match(stdout, option);
        assert.match(stdout, /-h\b/);
        assert.equal(stderr, '');
      });
    }

    for (const words of [['--colour', 'red'], ['lamp'], ['-x']]) {
      it(`refuses ${words.join(' ')} in one line`, () => {
        const { status, stdout, stderr } = run(script, words);
        assert.equal(status, 2);
        assert.equal(stdout, '');
        const [what = '', hint, ...more] = stderr.trimEnd().split('\n');
        assert.ok(what.includes((words[0] as string).replace(/^--?/, '')), what);
        assert.equal(hint, `Help: ${command} -- --help`);
        assert.deepEqual(more, []);
      });
    }
  });
}

describe('npm start', () => {
  for (const port of ['', 'abc', '0', '65536', '1e3', ' 80']) {
    it(`refuses the port "${port}"`, () => {
      const { status, stderr } = run(START, [`--port=${port}`]);
      assert.equal(status, 2);
      assert.match(stderr, /has to be a number from 1 to 65535/);
    });
  }
});

describe('npm run sim', () => {
  it('says in words why a chip cannot be served', () => {
    for (const [words, text] of [
      [
        ['--flash', '/nowhere/dump.bin'],
        /\/nowhere\/dump\.bin cannot be read: there is no such file/,
      ],
      [['--flash', '/'], /\/ cannot be read: it is no plain file/],
      [['--host', '192.0.2.1', '--tcp', '0'], /192\.0\.2\.1:0: this computer has no such address/],
    ] as const) {
      const { status, stderr } = run(SIM, [...words]);
      assert.equal(status, 1);
      assert.match(stderr, text);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    }
  });
});
