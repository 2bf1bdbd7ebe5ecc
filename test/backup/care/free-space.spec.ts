import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import sinon from 'sinon';
import { mustHaveRoom } from '../../../src/backup/care/free-space';
import { rejection } from '../../support/rejects';

const MIB = 1024 * 1024;

/** A disk as statfs tells of it. */
function disk(told: object | Error): void {
  const answer = told instanceof Error ? Promise.reject(told) : Promise.resolve(told);
  answer.catch(() => {});
  sinon.replace(fs, 'statfs', (() => answer) as never);
}

describe('room for a backup', () => {
  afterEach(() => sinon.restore());

  it('is refused before anything is read, with how much is there and how much is wanted', async () => {
    disk({ bsize: 4096, blocks: 10_000, bavail: 512 });
    const { message, cause } = await rejection(mustHaveRoom('/backups', 2 * MIB), 'BK_STORAGE');
    assert.match(message, /folder \/backups: the backup takes 3 MiB, and 2 MiB are free/);
    assert.match(cause.advice.join(), /Make room/);
  });

  it('is enough to the byte, with what can go', async () => {
    disk({ bsize: 1024, blocks: 10_000, bavail: 2048 });
    await mustHaveRoom('/backups', MIB);
    await rejection(mustHaveRoom('/backups', MIB + 1), 'BK_STORAGE');
    await mustHaveRoom('/backups', 2 * MIB, MIB);
    await rejection(mustHaveRoom('/backups', 2 * MIB, MIB - 1), 'BK_STORAGE');
  });

  for (const [what, told] of [
    ['tells of no size', { bsize: 4096, blocks: 0, bavail: 0 }],
    ['says that nothing is free', { bsize: 4096, blocks: 1000, bavail: 0 }],
    ['has no block size', { bsize: 0, blocks: 1000, bavail: 1 }],
    ['has more free than there is', { bsize: 4096, blocks: 1, bavail: 2 }],
    ['is huge', { bsize: 2 ** 20, blocks: 2 ** 53, bavail: 2 ** 53 }],
    ['tells nothing', { bsize: Number.NaN, blocks: Number.NaN, bavail: Number.NaN }],
    ['cannot be asked', Object.assign(new Error('no'), { code: 'ENOSYS' })],
  ] as const)
    it(`is believed where a network folder ${what}`, async () => {
      disk(told);
      await mustHaveRoom('/backups', 32 * MIB);
    });
});
