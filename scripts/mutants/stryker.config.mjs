// One room at a time (MUTANTS_ROOM), each against the tests that are there for it: see rooms.mjs.

import path from 'node:path';
import { ROOMS, reportsOf } from './rooms.mjs';

const room = process.env.MUTANTS_ROOM;
const root = path.resolve(import.meta.dirname, '../..');
const reports = reportsOf(root, room);

export default {
  mutate: [`src/${room}/**/*.ts`],
  testRunner: 'mocha',
  plugins: ['@stryker-mutator/mocha-runner', path.join(import.meta.dirname, 'texts.mjs')],
  ignorers: ['texts'],
  mochaOptions: {
    'no-config': true,
    'no-package': true,
    require: ['dist-test/test/support/root-hooks.js', path.join(import.meta.dirname, 'limit.cjs')],
    // Deaths at every place in turn: they see nothing more, and take most of the time.
    grep: '/^(?!.*wherever it died)/',
    spec: ROOMS[room].map((pattern) => `dist-test/test/${pattern}.spec.js`),
  },
  coverageAnalysis: 'perTest',
  // Stryker would read it with the API of an older compiler; ours is right as it is.
  tsconfigFile: 'none',
  buildCommand: 'npx tsc -p tsconfig.test.json',
  ignorePatterns: ['/dist', '/coverage', '/examples', '/icons', '/scripts', '.*'],
  tempDirName: 'coverage/mutants/checkout',
  // A loop never ends; what only waits is told by limit.cjs.
  timeoutMS: 3_000,
  timeoutFactor: 1.5,
  incremental: true,
  incrementalFile: `${reports}/seen.json`,
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: {
    allowColor: false,
    logTests: false,
    reportTests: false,
    reportScoreTable: false,
  },
  htmlReporter: { fileName: `${reports}/report.html` },
  jsonReporter: { fileName: `${reports}/report.json` },
  thresholds: { high: 95, low: 90, break: 90 },
};
