import assert from 'node:assert/strict';
import { SAKE_OF } from '../../../../nodes/queue/bench/sake';
import { ERROR_CODES } from '../../../../src';
import { readText } from '../../../support/project';

describe('for whose sake a job failed', () => {
  it('is told of every code', () => {
    assert.deepEqual(Object.keys(SAKE_OF).sort(), [...ERROR_CODES].sort());
  });

  it('is the bench, where the line, the port or the computer is to blame', () => {
    for (const code of [
      'BK_NO_LINK',
      'BK_LINK_LOST',
      'BK_PORT_LOST',
      'BK_PORT_NOT_FOUND',
      'BK_STORAGE',
    ] as const)
      assert.equal(SAKE_OF[code], 'bench', code);
    for (const code of ['BK_BAD_SECTOR', 'BK_WRONG_IMAGE', 'BK_BAD_IMAGE', 'BK_CANCELLED'] as const)
      assert.notEqual(SAKE_OF[code], 'bench', code);
  });

  it('stands in the documents as it is', () => {
    const page = readText('docs/bk-worker.md');
    const row = page.split('\n').find((line) => line.startsWith("| the chip's")) ?? '';
    for (const [code, sake] of Object.entries(SAKE_OF))
      assert.equal(row.includes(`\`${code}\``), sake === 'chip', code);
  });
});
