import assert from 'node:assert/strict';
import { inspect } from '../../../src/image/inspect/inspect';
import { detectImage } from '../../support/detect-image';
import { allEnglish } from '../../support/english';
import { HOSTILE } from '../../support/hostile';

/** What else than its limit of time can be said about them: they are what they look like. */
const KINDS: Readonly<Record<string, string>> = {
  'commas around settings in the code': 'app',
  'letters of a header everywhere': 'app',
  'a key sector everywhere': 'tuya-storage',
  'UF2 in crumbs that share sectors': 'uf2',
  'UF2 in crumbs on each other': 'uf2',
};

describe('files that were made to keep a reader busy', () => {
  for (const [name, make] of Object.entries(HOSTILE)) {
    it(`are read all the same: ${name}`, async function () {
      this.timeout(60_000);
      const bytes = make();
      const { kind } = await inspect(bytes);
      const image = detectImage(bytes);
      assert.equal(kind, KINDS[name] ?? kind);
      if (kind === 'uf2') assert.match(allEnglish(image.damaged).join(' '), /more than 64 pieces/);
    });
  }

  it('are read in slices', async () => {
    const bytes = HOSTILE['more code than any chip has']?.() ?? Buffer.alloc(0);
    let pauses = 0;
    await inspect(bytes, { pause: async () => void pauses++ });
    assert.ok(pauses > 100, String(pauses));
  });
});
