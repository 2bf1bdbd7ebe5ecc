import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { StatusTexts } from '../../nodes/shared/status';
import { BkError, type Note, say } from '../../src';
import { FakeEngine } from '../support/fake-engine';
import { Flow, useNodeRed } from '../support/flow';
import { until } from '../support/until';

const badges = new StatusTexts({ _: (key: string) => key } as unknown as NodeAPI);
const image = 'an application';
const refused = (why: Note) => say('placement.refused', { image, why });
const port = '/dev/ttyTEST0';
const chip = 'BK7231N';
const offset = '0x11000';
const length = '0x1000';

/** What is said, and what the badge makes of it. */
const CASES: readonly [badge: string, text: Note][] = [
  [
    "another chip's image",
    refused(
      say('placement.forOtherChip', { chips: 'BK7231T', chip: say('placement.chipIs', { chip }) }),
    ),
  ],
  ["another chip's image", refused(say('placement.uf2OfUnknown'))],
  ["another chip's image", say('placement.forOtherMake', { image })],
  [
    'image with another key',
    refused(say('placement.otherKey', { key: 'a key', needed: say('placement.chipKeyUnknown') })),
  ],
  ["chip's key is not known", refused(say('placement.keyNotSureToFit'))],
  ["another device's image", say('placement.otherCalibration', { given: 'a', port, own: 'b' })],
  ['another flash size', refused(say('placement.otherFlashSize', { length, size: length }))],
  ['image is too long', refused(say('placement.tooMuchCode', { length, room: length }))],
  [
    'image goes over data',
    say('placement.overData', { span: offset, port, what: say('placement.dataOfFirmware') }),
  ],
  ['place is not known', refused(say('placement.noDownloadSlot'))],
  ['update, no application', refused(say('placement.updateAsApp', { offset }))],
  ['update does not fit', refused(say('placement.noPartForCable'))],
  ['no bootloader for sure', refused(say('placement.couldBeApplication'))],
  ['settings for other pins', say('placement.configOfOtherMake', { port })],
  // What nobody has thought of yet.
  ['image does not fit', refused(say('placement.getAnew'))],
];

describe('the badge of a wrong image', () => {
  for (const [badge, text] of CASES) {
    it(`says which case it is: ${badge}`, () => {
      assert.deepEqual(badges.failed(new BkError('BK_WRONG_IMAGE', text)), {
        fill: 'red',
        shape: 'ring',
        text: badge,
      });
    });
  }

  describe('of a flow', () => {
    useNodeRed();

    it('does so as well', async () => {
      const engine = new FakeEngine();
      const flow = await Flow.load([
        { id: 'device', type: 'bk-device', name: '', port },
        { id: 'node', type: 'bk-write', name: '', device: 'device' },
      ]);
      flow.send('node', { payload: Buffer.from([1]) });
      (await engine.call()).fail(
        new BkError('BK_WRONG_IMAGE', refused(say('placement.keyNotSureToFit'))),
      );
      await until(() => flow.texts('node').at(-1) === "chip's key is not known", 'the badge');
    });
  });
});
