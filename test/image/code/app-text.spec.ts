import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAppCode } from '../../../src/image/code/app';
import { plainCode } from '../../../src/image/code/app-code';
import { readAppName } from '../../../src/image/code/app-names';
import { readAppParam } from '../../../src/image/code/app-text';
import { dumpVectors } from '../../support/dump-vectors';
import { esphomeTexts } from '../../support/images';
import { PLUG_PARAM } from '../../support/tuya-storage';

function readAppFacts(text: string) {
  const { project, version, sdk } = readAppCode(Buffer.from(text, 'latin1'));
  return { project, version, sdk };
}

describe('plainCode', () => {
  // Vectors of two other tools, which agree.
  const stored = Buffer.from(
    '2106b77d250ab379291ebf752d12bb713136a76d353aa369392eaf653d22ab61c542' +
      '0166975d056a9359097e9f550d729b511156874d155a8349194e8f451d428b411d05',
    'hex',
  );
  const plain = Buffer.from(Array.from({ length: 64 }, (_, at) => at));

  it('opens what is stored with the Tuya key', () => {
    assert.deepEqual(Buffer.concat([...plainCode(stored, 0, stored.length, 'tuya')]), plain);
  });

  it('takes off check bytes only, where there is no key', () => {
    const code = Buffer.concat([...plainCode(stored, 0, stored.length, 'none')]);
    assert.deepEqual(code, Buffer.concat([stored.subarray(0, 32), stored.subarray(34, 66)]));
  });

  it('ends where blank flash begins, at the end, and where there is nothing', () => {
    const long = Buffer.concat([stored, Buffer.alloc(34 * 10_000, 0xff)]);
    assert.ok(Buffer.concat([...plainCode(long, 0, long.length, 'tuya')]).length < 64 * 1024);
    assert.equal(Buffer.concat([...plainCode(stored, 0, 40, 'tuya')]).length, 32);
    assert.deepEqual([...plainCode(stored, 500, 900, 'tuya')], []);
  });
});

describe('the texts of an application', () => {
  it('tell project, version and SDK', () => {
    const text =
      'x\0printf\0bk7231n\0oem_bk7231n_plug\x001.1.15\0mf_init\0' +
      '< BUILD AT:2022_12_22 BY ci FOR ty_iot_sdk AT bk7231n >\0';
    assert.deepEqual(readAppFacts(text), {
      project: 'oem_bk7231n_plug',
      version: '1.1.15',
      sdk: '< BUILD AT:2022_12_22 BY ci FOR ty_iot_sdk AT bk7231n >',
    });
    assert.deepEqual(readAppFacts('\0bk7231n_common_ty\0\0firmName\0\x002.0.2\0firmVer\0'), {
      project: 'bk7231n_common_ty',
      version: '2.0.2',
      sdk: null,
    });
  });

  it('tell open firmware', () => {
    assert.deepEqual(
      readAppFacts('\0OpenBK7231N\0Built on Nov  3 2025 10:11:12 version 1.18.2\0'),
      { project: 'OpenBK7231N', version: '1.18.2', sdk: null },
    );
    const esphome = readAppFacts('[I]\0ESPHome version 2025.7.1 compiled on %s\0');
    assert.deepEqual(esphome, { project: 'ESPHome', version: '2025.7.1', sdk: null });
  });

  it('are not those of the formats that firmware for several chips shares', () => {
    const shared = '\0OpenBK7231N_%02X%02X%02X%02X\0OpenBK7231T_%02X%02X%02X%02X';
    const build = '\0Built on Nov 25 2025 18:07:05 version 1.18.219\0';
    for (const own of ['OpenBK7231T', 'OpenBK7231T_1.18.219', 'OpenBK7231T 1.18.219 Nov 25 2025']) {
      const name = readAppName(`${shared}\0${own}${build}`);
      const version = '1.18.219';
      assert.deepEqual(name, { project: 'OpenBK7231T', version, targets: ['OpenBK7231T'] }, own);
    }
    assert.equal(readAppName(`${shared}${build}`), null);
  });

  it('name OpenBeken by what stands with its own version, and two where both do', () => {
    const build = 'Built on Nov 25 2025 18:07:05 version 1.18.2\0';
    const other = readAppName(`\0OpenBK7231N\0OpenBK7231N_9.9\0OpenBK7238_1.18.2\0${build}`);
    assert.deepEqual(other?.targets, ['OpenBK7238']);
    const both = readAppName(`\0OpenBK7231N_1.18.2\0OpenBK7231T_1.18.2\0${build}`);
    assert.deepEqual(both?.targets, ['OpenBK7231N', 'OpenBK7231T']);
    const old = readAppName('\0OpenBK7252N_BK7252N_Test\0');
    assert.deepEqual(old?.project, 'OpenBK7252N');
    assert.equal(old?.version, 'BK7252N_Test');
  });

  it('name ESPHome with the board, and LibreTiny without ESPHome', () => {
    const texts = esphomeTexts('bk7231t');
    assert.deepEqual(readAppName(`\0${texts.join('\0')}\0`), {
      project: 'ESPHome',
      version: '2025.5.1',
      targets: ['generic-bk7231t-qfn32-tuya'],
    });
    assert.deepEqual(readAppName(`\0${texts[0]}\0`), {
      project: 'LibreTiny',
      version: '1.8.0',
      targets: ['generic-bk7231t-qfn32-tuya'],
    });
    assert.equal(readAppFacts('\0 (esphome v2025.11.2)\0').version, '2025.11.2');
  });

  it('may tell nothing', () => {
    assert.deepEqual(readAppFacts('\0some_lib\x001.2.3\0'), {
      project: null,
      version: null,
      sdk: null,
    });
    assert.equal(readAppParam('\0Jsonver:\0,module:\0{a:1,module:x,}\0'), null);
  });

  it('hold settings', () => {
    const param = readAppParam(`\0,module:\0,crc:\0noise\0${PLUG_PARAM}\0Jsonver:\0`);
    assert.equal(param?.module, 'CB2S');
    assert.equal(param?.rl1_pin, 26);
  });

  it('are read in time, whatever they are', () => {
    for (const text of [
      '\0aaaa'.repeat(300_000),
      ',crc:'.repeat(300_000),
      `{${',module:'.repeat(300_000)}\0`,
      '<'.repeat(1_000_000),
      '\0aaaa\x001.1'.repeat(100_000),
    ]) {
      readAppFacts(text);
      readAppParam(text);
    }
    fc.assert(fc.property(fc.string(), (text) => void [readAppFacts(text), readAppParam(text)]));
  });
});

describe('the texts of real applications', () => {
  const vectors = dumpVectors().filter(({ facts }) => facts.app !== undefined);
  if (vectors.length === 0) it('needs dumps that are not on this computer');

  for (const { file, facts, bytes } of vectors) {
    it(`of ${file}`, () => {
      const code = Buffer.concat([...plainCode(bytes(), 0x11000, 0x129f70, 'tuya')]);
      const text = code.toString('latin1');
      assert.deepEqual(readAppFacts(text), {
        project: facts.app.projectName,
        version: facts.app.projectVersion,
        sdk: facts.app.sdkBuild,
      });
      if (facts.userParamSource === 'app code')
        assert.deepEqual(readAppParam(text), facts.userParam);
    });
  }
});
