import assert from 'node:assert/strict';
import { makeRecord, parseRecord } from '../../src/backup/record';

const RECORD = {
  file: 'lamp.bin',
  kind: 'full',
  chip: 'BK7231N',
  mac: '02:00:00:ab:cd:ef',
  offset: 0,
  length: 0x200000,
  sha256: '0123456789abcdef'.repeat(4),
  crc32: '01234567',
  date: '2026-01-02T03:04:05.000Z',
};

const parsed = (changes: object) => parseRecord(JSON.stringify({ ...RECORD, ...changes }));

describe('the sidecar of a backup', () => {
  it('is read as it was written, without what else stands there', () => {
    assert.deepEqual(parsed({}), RECORD);
    assert.deepEqual(parsed({ port: 'COM4' }), RECORD);
  });

  for (const changes of [
    { kind: 'part', offset: 0x11000 },
    { chip: null },
    { mac: null },
    { chip: null, mac: null },
    { file: 'x'.repeat(255) },
    { length: 0 },
  ]) {
    it(`may say ${JSON.stringify(changes).slice(0, 40)}`, () => {
      assert.deepEqual(parsed(changes), { ...RECORD, ...changes });
    });
  }

  // Whoever believes one of these takes the file beside it for a backup of the chip, and makes no other.
  for (const changes of [
    { kind: 'half' },
    { kind: '' },
    { chip: 'BK9999' },
    { chip: 7231 },
    { mac: '02:00:00:ab:cd' },
    { mac: '02:00:00:ab:cd:ef:01' },
    { mac: '02:00:00:AB:CD:EF' },
    { mac: 'x02:00:00:ab:cd:ef' },
    { mac: '' },
    { mac: 2 },
    { offset: -1 },
    { offset: 0.5 },
    { offset: '0' },
    { offset: 2 ** 60 },
    { length: -4096 },
    { length: null },
    { sha256: RECORD.sha256.slice(1) },
    { sha256: `${RECORD.sha256}0` },
    { sha256: `0${RECORD.sha256}` },
    { sha256: null },
    { crc32: '0123456' },
    { crc32: '012345678' },
    { crc32: 12345678 },
    { sha256: [RECORD.sha256] },
    { date: 'yesterday' },
    { date: 5 },
    { date: `2026-01-02${' '.repeat(250)}` },
    { file: 'x'.repeat(256) },
    { file: null },
  ]) {
    it(`is none that says ${JSON.stringify(changes).slice(0, 40)}`, () => {
      assert.equal(parsed(changes), null);
    });
  }

  for (const missing of Object.keys(RECORD)) {
    it(`is none without its ${missing}`, () =>
      assert.equal(parsed({ [missing]: undefined }), null));
  }

  for (const text of ['', '{', 'null', '7', '"full"', '[]']) {
    it(`is none of ${JSON.stringify(text)}`, () => assert.equal(parseRecord(text), null));
  }

  it('has eight digits of a checksum, also of one that is small', () => {
    const subject = { kind: 'full', chip: 'BK7231N', mac: RECORD.mac, offset: 0 } as const;
    const record = makeRecord(subject, Buffer.alloc(0), new Date(RECORD.date), '/a/b/lamp.bin');
    assert.equal(record.crc32, '00000000');
    assert.equal(record.file, 'lamp.bin');
    assert.deepEqual(parseRecord(JSON.stringify(record)), record);
  });
});
