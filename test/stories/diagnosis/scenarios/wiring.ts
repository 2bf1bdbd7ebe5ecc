import { between, randomFrom } from '../../../support/random';
import { lossy } from '../../../support/spoiled-transport';
import type { Case } from '../rig';
import { KIB, nothing, writing } from './jobs';
import { onChip, onWiredChip, type Scenario, withoutChip } from './scenario';

const LOG = ['[I] wifi: scanning', 'temp: 23.5 C', 'heap free 41236', 'mqtt: not connected, retry'];

export const WRONG_WIRES: readonly Scenario[] = [
  withoutChip('TX and RX joined', ['joined'], (line) => {
    line.onWrite = (bytes) => line.say(Buffer.from(bytes), 1);
  }),
  withoutChip('no chip, no ground, no power', ['silence'], () => {}),
  onChip('chip that nobody resets', ['silence'], () => ({
    sim: 'bk7231n?reset=none&app=silent',
    settings: { linkTimeout: 6 },
    job: nothing,
  })),
  withoutChip('noise from a floating line', ['line'], (line, _clock, seed) => {
    const random = randomFrom(seed);
    line.onWrite = () => {
      if (random() > 0.3) return;
      const bytes = Array.from({ length: between(random, 1, 6) }, () => between(random, 128, 255));
      line.say(Buffer.from(bytes), 1);
    };
  }),
  onChip('TuyaMCU module that runs', ['secondTalker'], () => ({
    sim: 'bk7231t?reset=none&app=tuyamcu',
    settings: { linkTimeout: 6 },
    job: nothing,
  })),
  onWiredChip('second controller in the middle of a job', ['secondTalker'], talkingController),
  onChip('application that prints a log and never resets', ['application'], () => ({
    sim: 'bk7231n?app=log&window=0',
    settings: { linkTimeout: 6 },
    job: nothing,
  })),
  withoutChip('log UART', ['application'], (line, clock, seed) => {
    const random = randomFrom(seed);
    const talk = (): void => {
      line.say(Buffer.from(`${LOG[between(random, 0, LOG.length - 1)]}\r\n`, 'latin1'));
      clock.setTimeout(talk, 200 + 600 * random(), { background: true });
    };
    clock.setTimeout(talk, 300, { background: true });
  }),
];

/** What is on its way while the controller talks is spoilt. */
function talkingController(seed: number): Case {
  const random = randomFrom(seed);
  const frame = Buffer.from('55aa0300000002', 'hex');
  frame[6] = frame.subarray(0, 6).reduce((sum, byte) => sum + byte, 0) & 0xff;
  let last = 0;
  let now = () => 0;
  return {
    sim: 'bk7231n',
    settings: { baud: 460_800 },
    spoiling: {
      toChip: (bytes, baud) => {
        const ms = (bytes.length * 10_000) / baud;
        if (bytes.length < 100 || now() + ms < last + 300) return bytes;
        return lossy(random, { change: 0.01 })(bytes, baud);
      },
    },
    meanwhile: ({ clock, line }) => {
      now = () => clock.now();
      const talk = (): void => {
        last = clock.now();
        line().say(frame);
        clock.setTimeout(talk, 250 + 100 * random(), { background: true });
      };
      clock.setTimeout(talk, 1500, { background: true });
    },
    job: writing(seed, 128 * KIB),
  };
}
