import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import sinon, { type SinonSpy } from 'sinon';
import { BkError, say } from '../../../src';
import { FakeEngine } from '../../support/fake-engine';
import { Flow, type FlowNode, useNodeRed, userDir } from '../../support/flow';
import { tuyaStorage } from '../../support/tuya-storage';

/** A language that nobody speaks: ISO 639 keeps its name free. */
const LANGUAGE = 'qaa';
/** Where the compiled nodes look for languages. */
const FOLDER = path.join(__dirname, '../../../nodes/locales', LANGUAGE);
const CODES = path.join(FOLDER, 'codes.json');

const TEXTS = {
  diagnosis: {
    power: 'WEAK',
    powerAction: 'MORE POWER',
    lateAnswers_one: 'LATE __count__ BY __ms__',
    lateAnswers_other: 'ALL __count__ LATE BY __ms__',
    gone: 'GONE',
  },
  inspect: { noBytes: 'NOTHING', tuyaStorage: 'A STORE', moduleName: 'A __module__' },
  node: {
    noDevice: 'NO DEVICE',
    wrongValue: '__name__ NOT __given__ BUT __wanted__',
    unexpected: 'OOPS __reason__',
  },
};

const NODES = [
  { id: 'device', type: 'bk-device', name: 'bench', port: '/dev/ttyTEST0' },
  { id: 'read', type: 'bk-read', device: 'device' },
  { id: 'alone', type: 'bk-read', device: '' },
  { id: 'wrong', type: 'bk-read', device: 'device', memory: 'tape' },
  { id: 'inspect', type: 'bk-inspect' },
  { id: 'on-error', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];

describe('a language', () => {
  useNodeRed();
  let engine: FakeEngine;

  before(() => mkdirSync(FOLDER, { recursive: true }));
  beforeEach(() => {
    writeFileSync(CODES, JSON.stringify(TEXTS));
    engine = new FakeEngine();
  });
  after(() => rmSync(FOLDER, { recursive: true, force: true }));

  async function load(lang: string | undefined = LANGUAGE): Promise<Flow> {
    helper.settings({ userDir, lang } as object);
    return Flow.load(NODES);
  }

  it('is one folder: errors come in it, what it lacks in English', async () => {
    const flow = await load();
    flow.send('read');
    const reason = new BkError('BK_STORAGE', say('inspect.noBytes'));
    const broken = new BkError('BK_LINK_LOST', say('diagnosis.gone'), {
      address: 0x11000,
      advice: [say('diagnosis.powerAction'), say('diagnosis.lineAction')],
      likely: [
        {
          cause: say('diagnosis.power'),
          confidence: 0.7,
          evidence: say('diagnosis.lateAnswers', { count: 1, ms: 5 }),
        },
      ],
      reason,
    });
    (await engine.call()).fail(broken);
    const { error } = await flow.message('caught');
    assert.equal(error.message, 'BkError: GONE');
    assert.equal(error.code, 'BK_LINK_LOST');
    const { cause } = error;
    assert.deepEqual(cause.advice, [
      'MORE POWER',
      'Join the grounds of adapter, module and supply; use short wires and 3.3 V levels.',
    ]);
    assert.equal(cause.likely[0].cause, 'WEAK');
    assert.equal(cause.likely[0].evidence, 'LATE 1 BY 5');
    assert.equal(cause.reason, 'NOTHING');
    // Codes are the same in every language, and so is where it happened.
    assert.deepEqual(cause.text, broken.text);
    assert.deepEqual(cause.adviceCodes, broken.cause.adviceCodes);
    assert.equal(cause.likely[0].code, 'diagnosis.power');
    assert.match(error.stack, /server-language\.spec/);
    assert.equal(
      broken.message,
      'The chip was not reset while the job called it again, or it has no power',
    );
  });

  it('is what progress and results are told in', async () => {
    const flow = await load();
    flow.send('read');
    const job = await engine.call();
    job.report({ code: 'diagnosis.power', params: {}, message: 'The supply gives way' });
    const { payload } = await flow.message('read/progress');
    assert.equal(payload.message, 'WEAK');
    assert.equal(payload.code, 'diagnosis.power');
    const late = say('diagnosis.lateAnswers', { count: 3, ms: 700 });
    const english = '3 answers came after its time was over';
    job.succeed(Buffer.alloc(0), {
      warnings: [english, 'A bad line or a missing common ground'],
      warningCodes: [late, say('diagnosis.line')],
      recoveries: [
        {
          address: null,
          phase: 'read',
          cause: 'The supply gives way',
          causeCode: say('diagnosis.power'),
          action: 'Power the module',
          actionCode: say('diagnosis.powerAction'),
          ms: 12,
        },
      ],
      likely: [
        {
          cause: 'The supply gives way',
          confidence: 0.5,
          evidence: english,
          code: 'diagnosis.power',
          params: {},
          evidenceCode: late,
        },
      ],
      advice: ['Power the module'],
      adviceCodes: [say('diagnosis.powerAction')],
    });
    const { bk } = await flow.message('read/result');
    assert.deepEqual(bk.warnings, ['ALL 3 LATE BY 700', 'A bad line or a missing common ground']);
    assert.deepEqual(bk.warningCodes, [late, say('diagnosis.line')]);
    assert.equal(bk.recoveries[0].cause, 'WEAK');
    assert.equal(bk.recoveries[0].action, 'MORE POWER');
    assert.equal(bk.likely[0].cause, 'WEAK');
    assert.equal(bk.likely[0].evidence, 'ALL 3 LATE BY 700');
    assert.deepEqual(bk.advice, ['MORE POWER']);
  });

  it('is what the nodes themselves say, with values that are sentences too', async () => {
    const flow = await load();
    flow.send('alone');
    assert.equal((await flow.message('caught', 0)).error.message, 'BkError: NO DEVICE');
    flow.send('wrong');
    const { error } = await flow.message('caught', 1);
    assert.equal(
      error.message,
      'BkError: memory NOT "tape" BUT one of flash, rom, efuse, otp, openbeken, littlefs',
    );
  });

  it('is what an inspection tells', async () => {
    const flow = await load();
    flow.send('inspect', { payload: Buffer.alloc(0) });
    assert.equal((await flow.message('caught')).error.message, 'BkError: NOTHING');
    flow.send('inspect', { payload: tuyaStorage() });
    const { payload } = await flow.message('inspect/result');
    assert.equal(payload.kind, 'tuya-storage');
    assert.equal(payload.description, 'A STORE');
    assert.ok(payload.chipEvidence.includes('A CB2S'), payload.chipEvidence.join());
    assert.equal(payload.descriptionCode.code, 'inspect.tuyaStorage');
  });

  it('is found by the name of a country’s, and by that of the operating system', async () => {
    const flow = await load(`${LANGUAGE}-AQ`);
    flow.send('alone');
    assert.equal((await flow.message('caught')).error.message, 'BkError: NO DEVICE');
    await helper.unload();
    // Node-RED takes the first two letters.
    const folder = path.join(path.dirname(FOLDER), 'qb');
    mkdirSync(folder, { recursive: true });
    const before = process.env.LC_ALL;
    try {
      writeFileSync(path.join(folder, 'codes.json'), JSON.stringify(TEXTS));
      process.env.LC_ALL = 'qb_AQ.UTF-8';
      const other = await load('');
      other.send('alone');
      assert.equal((await other.message('caught')).error.message, 'BkError: NO DEVICE');
    } finally {
      if (before === undefined) delete process.env.LC_ALL;
      else process.env.LC_ALL = before;
      rmSync(folder, { recursive: true });
    }
  });

  for (const lang of ['en-US', 'de', '../locales/qaa', 'no language'])
    it(`is English where there is no other: ${lang}`, async () => {
      const flow = await load(lang);
      flow.send('alone');
      assert.match((await flow.message('caught')).error.message, /^BkError: No device is set/);
    });

  it('is English where its file is broken, and the log says so', async () => {
    writeFileSync(CODES, '{ "node": ');
    const flow = await load();
    flow.send('alone');
    assert.match((await flow.message('caught')).error.message, /^BkError: No device is set/);
    const warned = logged('WARN');
    assert.ok(warned.some(({ msg }) => String(msg).includes(CODES)));
  });

  it('takes of its file what is a text', async () => {
    const { noDevice } = TEXTS.node;
    const given = { diagnosis: 7, node: { noDevice, wrongValue: '', unexpected: { a: 1 } } };
    writeFileSync(CODES, JSON.stringify(given));
    const flow = await load();
    flow.send('alone');
    assert.equal((await flow.message('caught', 0)).error.message, 'BkError: NO DEVICE');
    flow.send('wrong');
    assert.match((await flow.message('caught', 1)).error.message, /"memory" is "tape", but has/);
    flow.send('read');
    (await engine.call()).fail(new TypeError('x is not a function'));
    const { error } = await flow.message('caught', 2);
    assert.equal(error.message, 'BkError: Unexpected: x is not a function');
  });

  it('keeps a fault of the program findable', async () => {
    const flow = await load();
    flow.send('read');
    (await engine.call()).fail(new TypeError('x is not a function'));
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_INTERNAL');
    assert.equal(error.message, 'BkError: OOPS x is not a function');
    assert.match(
      error.stack,
      /because of TypeError: x is not a function\n +at .*server-language\.spec/,
    );
  });
});

describe('a fault of the program', () => {
  useNodeRed();
  beforeEach(() => {
    sinon.restore();
  });

  it('goes to the log with its stack, and to Catch nodes with its code', async () => {
    const engine = new FakeEngine();
    const flow = await load();
    flow.send('read');
    const fault = new TypeError('x is not a function');
    (await engine.call()).fail(fault);
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_INTERNAL');
    assert.equal(error.cause.code, 'BK_INTERNAL');
    assert.equal(error.cause.reason, 'x is not a function');
    assert.match(error.cause.advice[0], /Please report it/);
    const lines = logged('ERROR');
    assert.equal(lines.length, 1);
    const line = String(lines[0]?.msg);
    assert.ok(line.startsWith('[bk-read:read] BkError: Unexpected: x is not a function'), line);
    assert.ok(line.includes(fault.stack as string), line);
  });

  it('is no failure of the chip: those are not logged', async () => {
    const engine = new FakeEngine();
    const flow = await load();
    flow.send('read');
    (await engine.call()).fail(new BkError('BK_NO_LINK', say('diagnosis.silence')));
    await flow.message('caught');
    assert.deepEqual(logged('ERROR'), []);
  });

  function load(): Promise<Flow> {
    return Flow.load(NODES);
  }
});

/** What was written to Node-RED's log since the flow was loaded. */
function logged(level: 'WARN' | 'ERROR'): { msg: unknown }[] {
  const log = helper.log() as unknown as SinonSpy & Record<typeof level, number>;
  return log.getCalls().flatMap(({ args: [line] }) => (line.level === log[level] ? [line] : []));
}
