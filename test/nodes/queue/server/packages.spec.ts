import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { queuePackages } from '../../../../nodes/queue/server/packages';
import { BkError } from '../../../../src';
import { allEnglish } from '../../../support/english';

/** A `require` of a package that lies where neither of the two is. */
const nowhere = ((name: string) => {
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
}) as never as NodeJS.Require;

describe('the packages of the queue', () => {
  let userDir = '';
  beforeEach(() => {
    userDir = mkdtempSync(path.join(tmpdir(), 'bk72xx-packages-'));
  });
  afterEach(() => rmSync(userDir, { recursive: true }));

  const install = (name: string, code: string) => {
    const folder = path.join(userDir, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'index.js'), code);
  };

  const failure = (): BkError => {
    try {
      queuePackages(userDir, nowhere);
    } catch (error) {
      if (error instanceof BkError) return error;
    }
    throw new Error('they were found');
  };

  it('are found where require() finds them', () => {
    assert.equal(typeof queuePackages(userDir).bullmq.Worker, 'function');
  });

  it("are found in Node-RED's user folder, where this package is a link", () => {
    for (const name of ['bullmq', 'ioredis']) install(name, `exports.name = '${name}'`);
    assert.deepEqual(queuePackages(userDir, nowhere), {
      bullmq: { name: 'bullmq' },
      ioredis: { name: 'ioredis' },
    });
  });

  it('are named where they are missing, with the place and the command that installs them', () => {
    const error = failure();
    assert.equal(error.code, 'BK_QUEUE');
    assert.match(error.message, /bullmq@6 ioredis@5/);
    const [command = '', addOn = ''] = allEnglish(error.cause.adviceCodes);
    assert.ok(command.includes('npm install bullmq@6 ioredis@5') && command.includes(userDir));
    assert.match(addOn, /npm_packages/);
  });

  it('are named alone where one of them is missing', () => {
    install('bullmq', '');
    assert.match(failure().message, /: ioredis@5\.$/);
  });

  it('are not called missing where what they need is', () => {
    install('bullmq', "require('no-such-thing')");
    install('ioredis', '');
    assert.match(failure().message, /bullmq is installed, but cannot be loaded/);
  });
});
