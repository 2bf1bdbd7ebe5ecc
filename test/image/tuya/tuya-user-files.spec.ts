import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readUserFiles } from '../../../src/image/tuya/tuya-user-files';
import { dumpVectors } from '../../support/dump-vectors';
import { PLUG_PARAM, putUserFiles } from '../../support/tuya-storage';

const MIB = 1024 * 1024;

describe('readUserFiles', () => {
  const files = {
    oem_cfg: PLUG_PARAM,
    empty: '',
    large: Buffer.alloc(60_000, 0x5a),
    last: Buffer.alloc(30_000, 0xa5),
  };
  for (const layout of ['N', 'T'] as const) {
    it(`reads files where a BK7231${layout} has them, over all of its gaps`, () => {
      const dump = Buffer.alloc(2 * MIB, 0xff);
      putUserFiles(dump, files, layout);
      const found = readUserFiles(dump);
      assert.equal(found?.offset, layout === 'N' ? 0x1d2000 : 0x1e3000);
      assert.equal(found?.sequence, 2);
      const contents = [...(found?.files ?? [])].map(([name, { content }]) => [name, content]);
      for (const [name, content] of contents) assert.ok(Buffer.isBuffer(content), String(name));
      assert.deepEqual(
        contents.map(([name, content]) => [name, content?.toString('latin1')]),
        Object.entries(files).map(([name, content]) => [name, content.toString('latin1')]),
      );
    });
  }

  it('takes the older index where the newer is damaged', () => {
    const dump = Buffer.alloc(2 * MIB, 0xff);
    putUserFiles(dump, files);
    dump[0x1d3000 + 50] = 1;
    assert.equal(readUserFiles(dump)?.sequence, 1);
    dump[0x1d2000 + 50] = 1;
    assert.equal(readUserFiles(dump), null);
  });

  it('has no content for a file that reaches out of the dump', () => {
    const dump = Buffer.alloc(2 * MIB, 0xff);
    putUserFiles(dump, files);
    const cut = readUserFiles(dump.subarray(0, 0x1d8000));
    assert.equal(cut?.files.get('large')?.content, null);
    assert.equal(cut?.files.get('oem_cfg')?.content?.toString(), PLUG_PARAM);
  });

  it('takes any damage', () => {
    const dump = Buffer.alloc(2 * MIB, 0xff);
    putUserFiles(dump, files);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 8191 }), { maxLength: 20 }), fc.nat(), (places, cut) => {
        const bytes = Buffer.from(dump.subarray(0x1d2000, 0x1d4000));
        for (const place of places) dump[0x1d2000 + place] = cut & 0xff;
        readUserFiles(dump);
        readUserFiles(dump.subarray(0, 0x1d2000 + (cut % 0x3000)));
        bytes.copy(dump, 0x1d2000);
      }),
      { numRuns: 50 },
    );
  });
});

describe('readUserFiles on real dumps', () => {
  const vectors = dumpVectors();
  if (vectors.length === 0) it('needs dumps that are not on this computer');

  for (const { file, facts, bytes } of vectors) {
    it(`finds all files of ${file}`, () => {
      const dump = bytes();
      const found = readUserFiles(dump);
      if (facts.userFiles === undefined) {
        assert.equal(found, null);
        return;
      }
      assert.deepEqual(
        {
          index: found?.offset,
          sequence: found?.sequence,
          files: Object.fromEntries(
            [...(found?.files ?? [])].map(([name, { length, sectors }]) => [
              name,
              { len: length, sectors },
            ]),
          ),
        },
        facts.userFiles,
      );
      for (const [name, { content }] of found?.files ?? []) assert.ok(content !== null, name);
    });
  }
});
