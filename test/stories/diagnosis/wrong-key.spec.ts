import assert from 'node:assert/strict';
import { loadImage } from '../../../src/jobs/place/load-image';
import { write } from '../../../src/jobs/write';
import { findings } from '../../support/findings';
import { MARKERS, packets } from '../../support/images';
import { run } from './rig';

describe('a job that refuses an image for its key', () => {
  for (const offset of ['auto', 0x11000] as const) {
    it(`notes both keys (offset ${offset})`, async () => {
      const options = { image: packets(64, MARKERS.tuyaApp), offset };
      const { evidence, error } = await run({
        sim: 'bk7231m',
        settings: { reset: 'rts' },
        job: async (context) => {
          await write(context, options, await loadImage(options));
        },
      });
      assert.equal(error?.code, 'BK_WRONG_IMAGE');
      assert.deepEqual(evidence.key, { chip: 'none', image: 'tuya' });
      assert.equal(findings(evidence)[0]?.id, 'wrongKey');
    });
  }
});
