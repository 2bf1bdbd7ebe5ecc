import assert from 'node:assert/strict';
import { inspect } from '../../../src/image/inspect/inspect';
import { type Json, parseTuyaObject } from '../../../src/image/tuya/tuya-json';
import { readTuyaStorage } from '../../../src/image/tuya/tuya-storage';
import { dumpVectors, sameOrFail } from '../../support/dump-vectors';

const vectors = dumpVectors();

/** Every text of a value that is no common word. */
function texts(value: Json | undefined): string[] {
  if (typeof value === 'string') return value.length >= 6 ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

describe('inspect on real dumps', () => {
  if (vectors.length === 0) it('needs dumps that are not on this computer');

  for (const { file, facts, bytes } of vectors) {
    describe(file, () => {
      it('tells what is known about it', async () => {
        const found = await inspect(bytes());
        const { tuya } = found;
        assert.equal(found.kind, facts.app === undefined ? 'tuya-storage' : 'dump');
        assert.equal(found.sha256, facts.sha256);
        assert.equal(found.size, facts.size);
        assert.equal(found.rotated, facts.rotatedBy0x11000);
        assert.equal(found.chip, facts.chip.split(' ')[0]);
        assert.equal(found.mac, facts.tlv?.mac ?? null);
        assert.equal(found.rf?.offset, facts.tlv?.offset);
        assert.equal(found.encryptionKey, facts.app === undefined ? null : 'tuya');
        if (facts.bootloader !== undefined) {
          const { name, version, crc, known } = found.bootloader ?? {};
          assert.equal(`${name}_${version}`, facts.bootloader.versionString);
          const { crc32_first256, crc32_first257 } = facts.bootloader;
          assert.ok([crc32_first256, crc32_first257].includes(crc?.toUpperCase()));
          assert.equal(known, true);
          assert.deepEqual(found.app, {
            project: facts.app.projectName,
            version: facts.app.projectVersion,
            sdk: facts.app.sdkBuild,
          });
        }
        assert.deepEqual(
          tuya?.keys,
          facts.kv.keys.map(({ name }: { name: string }) => name),
        );
        const sources = { kv: 'storage', 'app code': 'app' } as const;
        assert.equal(
          tuya?.pinsFrom,
          sources[facts.userParamSource as keyof typeof sources] ?? null,
        );
        assert.deepEqual(tuya?.userParam, facts.userParam ?? {});
        assert.equal(tuya?.module, facts.userParam?.module ?? null);
        assert.equal(tuya?.platform, facts.em_sys_env);
        const baud = facts.baud_cfg === null ? null : JSON.parse(facts.baud_cfg).baud;
        assert.equal(tuya?.tuyaMcuBaud, baud);
        const versions = tuya?.values.gw_di as Record<string, Json>;
        for (const [name, value] of Object.entries(facts.gw_di))
          assert.equal(versions[name], value, name);
        assert.equal(
          Object.keys(tuya?.userFiles ?? {}).length,
          Object.keys(facts.userFiles?.files ?? {}).length,
        );
        assert.equal(found.template === null, Object.keys(tuya?.pins ?? {}).length === 0);
        assert.deepEqual(
          found.partitions.slice(0, facts.fal?.length ?? 0).map(({ name }) => name),
          (facts.fal ?? []).map(({ name }: { name: string }) => name),
        );
      });

      it('says which secrets there are, and none of them', async () => {
        const dump = bytes();
        const { tuya } = await inspect(dump);
        const values = tuya?.values as Record<string, Record<string, Json> | undefined>;
        for (const [path, present] of Object.entries(facts.secretsPresent)) {
          const [name = '', field = ''] = path.split('.');
          const shown = values[name]?.[field];
          if (present) assert.equal(shown, '***', path);
          else assert.ok(shown === undefined || shown === null || shown === '', path);
        }
      });

      it('lets no secret out, as a search for each of them shows', async () => {
        const dump = bytes();
        const storage = readTuyaStorage(dump);
        const hidden = JSON.stringify(await inspect(dump));
        const items = [...(storage?.items ?? [])].map(([name, { value }]) => {
          return { name, value: parseTuyaObject(value) };
        });
        const secrets = items
          .filter(({ name }) => /^gw_/.test(name))
          .flatMap(({ name, value }) =>
            Object.entries(value ?? {})
              // Versions are no secrets, and the name of the schema is a name of the storage.
              .filter(([field]) => !/^((dev_)?swv|[blp]+v|c[ad]+v|mst_ver_\d|s_id)$/.test(field))
              .filter(([field]) => !(name === 'gw_bi' && field === 'country_code'))
              .flatMap(([, inner]) => texts(inner)),
          );
        assert.ok(secrets.length >= 4);
        // No message may show one.
        const leaks = secrets.filter((secret) => hidden.includes(secret)).length;
        assert.equal(leaks, 0);
        const all = JSON.stringify(await inspect(dump, { secrets: 'show' }));
        const missing = secrets.filter(
          (secret) => !all.includes(JSON.stringify(secret).slice(1, -1)),
        );
        assert.equal(missing.length, 0);
      });

      // Of the dumps one is not of a whole flash, and cannot be rotated.
      if (facts.app === undefined) return;
      it('is the same when it is rotated', async () => {
        const dump = bytes();
        const turned = Buffer.concat([dump.subarray(0x11000), dump.subarray(0, 0x11000)]);
        const { rotated, sha256: _, warnings, warningCodes: _c, ...found } = await inspect(turned);
        const {
          rotated: __,
          sha256: ___,
          warnings: ____,
          warningCodes: _____,
          ...expected
        } = await inspect(dump);
        assert.equal(rotated, true);
        assert.ok(warnings.length > 0);
        sameOrFail(found, expected, 'the rotated dump');
      });
    });
  }
});
