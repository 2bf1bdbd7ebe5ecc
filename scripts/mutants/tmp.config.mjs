import base from './stryker.config.mjs';

const D = 'coverage/mutants/change-part';
export default {
  ...base,
  mutate: process.env.FILES.split(','),
  mochaOptions: {
    ...base.mochaOptions,
    spec: process.env.SPECS.split(',').map((s) => `dist-test/test/${s}.spec.js`),
  },
  incrementalFile: `${D}/seen.json`,
  htmlReporter: { fileName: `${D}/report.html` },
  jsonReporter: { fileName: `${D}/report.json` },
};
