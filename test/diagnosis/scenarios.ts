import type { CauseId } from '../../src/diagnosis/causes';
import type { JobContext } from '../../src/jobs/context';
import { read } from '../../src/jobs/read-job';
import { loadImage, write } from '../../src/jobs/write';
import { noise } from '../support/bench-device';
import { MARKERS, packets } from '../support/images';
import { between, randomFrom } from '../support/random';
import { lossy, type Spoiling } from '../support/spoiled-transport';
import { run, runScript, type Seen, type World } from './rig';

/** A fault, and the cause that should be named first. */
export interface Scenario {
  name: string;
  /** Any of these is right; an empty list means that nothing is wrong and nothing may be named. */
  expected: readonly CauseId[];
  run(seed: number): Promise<Seen>;
}

const KIB = 1024;
const OFFSET = 0x100000;

const writing =
  (seed: number, length = 256 * KIB) =>
  async (context: JobContext): Promise<void> => {
    const options = { image: noise(length, seed), offset: OFFSET };
    await write(context, options, await loadImage(options));
  };

const reading =
  (length = 256 * KIB) =>
  async (context: JobContext): Promise<void> => {
    await read(context, { offset: OFFSET, length });
  };

const nothing = async (): Promise<void> => {};

const LOG = ['[I] wifi: scanning', 'temp: 23.5 C', 'heap free 41236', 'mqtt: not connected, retry'];

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'weak supply, caught in the boot window',
    expected: ['power'],
    run: (seed) =>
      run({
        sim: `bk7231n?brownout=0.08&window=300&app=silent&seed=${seed}`,
        settings: { reset: 'rts' },
        job: writing(seed),
      }),
  },
  {
    name: 'weak supply, reset by RTS',
    expected: ['power'],
    run: (seed) =>
      run({
        sim: `bk7231n?brownout=0.08&window=20&app=silent&seed=${seed}`,
        settings: { reset: 'rts' },
        job: writing(seed),
      }),
  },
  {
    name: 'weak supply, basic chip',
    expected: ['power'],
    run: (seed) =>
      run({
        sim: `bk7231t?brownout=0.08&window=300&app=silent&seed=${seed}`,
        settings: { reset: 'rts' },
        job: writing(seed),
      }),
  },
  {
    name: 'weak supply at 115200 baud',
    expected: ['power'],
    run: (seed) =>
      run({
        sim: `bk7231n?brownout=0.08&window=300&app=silent&seed=${seed}`,
        settings: { reset: 'rts', baud: 115_200 },
        job: writing(seed),
      }),
  },
  {
    name: 'weak supply, never back',
    expected: ['power'],
    run: (seed) =>
      run({
        sim: `bk7231n?brownout=0.1&window=20&reset=none&app=silent&seed=${seed}`,
        settings: { reset: 'none', linkTimeout: 5 },
        meanwhile: ({ clock, chip }) => clock.setTimeout(() => chip.powerCycle(), 900),
        job: writing(seed),
      }),
  },
  {
    name: 'bytes lost on the way to the chip',
    expected: ['toChip'],
    run: (seed) => {
      const random = randomFrom(seed);
      return run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts' },
        spoiling: { toChip: lossy(random, { lose: 1e-4 }) },
        job: writing(seed),
      });
    },
  },
  {
    name: 'bytes changed on the way to the chip',
    expected: ['toChip'],
    run: (seed) => {
      const random = randomFrom(seed);
      return run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts' },
        spoiling: { toChip: lossy(random, { change: 5e-5 }) },
        job: writing(seed),
      });
    },
  },
  {
    name: 'bytes lost on the way to a basic chip',
    expected: ['toChip'],
    run: (seed) => {
      const random = randomFrom(seed);
      return run({
        sim: `bk7231t?app=silent&seed=${seed}`,
        settings: { reset: 'rts' },
        spoiling: { toChip: lossy(random, { lose: 1e-4 }) },
        job: writing(seed),
      });
    },
  },
  {
    name: 'bytes lost and changed on the way back, reading',
    expected: ['fromChip'],
    run: (seed) => {
      const random = randomFrom(seed);
      return run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts' },
        spoiling: { fromChip: lossy(random, { lose: 3e-5, change: 3e-5 }) },
        job: reading(),
      });
    },
  },
  {
    name: 'answers lost on the way back, writing',
    // A job that dies at its first write has seen too little to tell the direction.
    expected: ['fromChip', 'line'],
    run: (seed) =>
      run({
        sim: `bk7231n?lose=0.12&seed=${seed}`,
        settings: { reset: 'rts' },
        job: writing(seed),
      }),
  },
  {
    name: 'bytes lost both ways',
    expected: ['line'],
    run: (seed) => {
      const random = randomFrom(seed);
      const spoil = lossy(random, { lose: 3e-5, change: 4e-5 });
      return run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts', baud: 921_600 },
        spoiling: { toChip: spoil, fromChip: spoil },
        job: async (context) => {
          await reading(128 * KIB)(context);
          await writing(seed, 128 * KIB)(context);
        },
      });
    },
  },
  {
    name: 'TX and RX joined',
    expected: ['joined'],
    run: () =>
      runScript((line) => {
        line.onWrite = (bytes) => line.say(Buffer.from(bytes), 1);
      }),
  },
  {
    name: 'no chip, no ground, no power',
    expected: ['silence'],
    run: () => runScript(() => {}),
  },
  {
    name: 'chip that nobody resets',
    expected: ['silence'],
    run: (seed) =>
      run({
        sim: `bk7231n?reset=none&app=silent&seed=${seed}`,
        settings: { linkTimeout: 6 },
        job: nothing,
      }),
  },
  {
    name: 'noise from a floating line',
    expected: ['line'],
    run: (seed) =>
      runScript((line) => {
        const random = randomFrom(seed);
        line.onWrite = () => {
          if (random() > 0.3) return;
          const bytes = Array.from({ length: between(random, 1, 6) }, () =>
            between(random, 128, 255),
          );
          line.say(Buffer.from(bytes), 1);
        };
      }),
  },
  {
    name: 'TuyaMCU module that runs',
    expected: ['secondTalker'],
    run: (seed) =>
      run({
        sim: `bk7231t?reset=none&app=tuyamcu&seed=${seed}`,
        settings: { linkTimeout: 6 },
        job: nothing,
      }),
  },
  {
    name: 'second controller in the middle of a job',
    expected: ['secondTalker'],
    run: (seed) => {
      const random = randomFrom(seed);
      const frame = Buffer.from('55aa0300000002', 'hex');
      frame[6] = frame.subarray(0, 6).reduce((sum, byte) => sum + byte, 0) & 0xff;
      let last = 0;
      let now = () => 0;
      return run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts', baud: 460_800 },
        spoiling: {
          // What is on its way while the controller talks is spoilt.
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
      });
    },
  },
  {
    name: 'application that prints a log and never resets',
    expected: ['application'],
    run: (seed) =>
      run({
        sim: `bk7231n?app=log&window=0&seed=${seed}`,
        settings: { linkTimeout: 6 },
        job: nothing,
      }),
  },
  {
    name: 'log UART',
    expected: ['application'],
    run: (seed) =>
      runScript((line, clock) => {
        const random = randomFrom(seed);
        const talk = (): void => {
          line.say(Buffer.from(`${LOG[between(random, 0, LOG.length - 1)]}\r\n`, 'latin1'));
          clock.setTimeout(talk, 200 + 600 * random(), { background: true });
        };
        clock.setTimeout(talk, 300, { background: true });
      }),
  },
  {
    name: 'errors above 500000 baud, in the job',
    expected: ['baud'],
    run: (seed) => {
      const random = randomFrom(seed);
      const spoil = lossy(random, { change: 6e-5, above: 500_000 });
      return run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts', baud: 921_600 },
        spoiling: { toChip: spoil, fromChip: spoil },
        job: async (context) => {
          await reading(512 * KIB)(context);
        },
      });
    },
  },
  {
    name: 'adapter that carries nothing above 300000 baud',
    expected: ['baud'],
    run: (seed) =>
      run({
        sim: `bk7231n?baudLimit=300000&seed=${seed}`,
        settings: { reset: 'rts', baud: 921_600 },
        job: reading(64 * KIB),
      }),
  },
  {
    name: 'adapter unplugged for good',
    expected: ['adapter'],
    run: (seed) =>
      run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts' },
        meanwhile: ({ clock, line }) =>
          clock.setTimeout(() => void line().vanish('unplugged'), 1200 + 100 * (seed % 20)),
        job: writing(seed),
      }),
  },
  {
    name: 'adapter that restarts',
    expected: ['adapter'],
    run: (seed) =>
      run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts' },
        comesBack: true,
        meanwhile: ({ clock, line }) =>
          clock.setTimeout(() => void line().vanish('unplugged'), 1200 + 100 * (seed % 20)),
        job: writing(seed),
      }),
  },
  {
    name: 'dead sector',
    expected: ['badSector'],
    run: (seed) =>
      run({
        sim: `bk7231n?deadSector=0x${(OFFSET + ((seed * 13) % 64) * 0x1000).toString(16)}&seed=${seed}`,
        settings: { reset: 'rts' },
        job: writing(seed),
      }),
  },
  {
    name: 'status register that stays locked',
    expected: ['locked'],
    run: (seed) =>
      run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts' },
        spoiling: lockedStatus(),
        job: writing(seed),
      }),
  },
  {
    name: 'flash that takes commands and no data',
    expected: ['locked'],
    run: (seed) =>
      run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts' },
        spoiling: { fromChip: hiddenLock },
        job: writing(seed),
      }),
  },
  {
    name: 'flash that does not answer',
    expected: ['deadFlash'],
    run: (seed) =>
      run({
        sim: `bk7231n?jedec=000000&seed=${seed}`,
        settings: { reset: 'rts' },
        prepare: (chip) => chip.flash.fill(0),
        job: nothing,
      }),
  },
  {
    name: 'blank bootloader',
    expected: ['blankBootloader'],
    run: (seed) =>
      run({
        sim: `bk7231n?bootloader=blank&seed=${seed}`,
        settings: { reset: 'rts' },
        job: reading(64 * KIB),
      }),
  },
  {
    name: 'blank bootloader and a weak supply',
    expected: ['power'],
    run: (seed) =>
      run({
        sim: `bk7231n?bootloader=blank&brownout=0.08&window=300&app=silent&seed=${seed}`,
        settings: { reset: 'rts' },
        job: writing(seed),
      }),
  },
  {
    name: 'unknown bootloader',
    expected: ['unknownBootloader'],
    run: (seed) =>
      run({
        sim: `bk7231n?bootloader=unknown&seed=${seed}`,
        settings: { reset: 'rts' },
        job: reading(64 * KIB),
      }),
  },
  {
    name: 'chip set wrongly',
    expected: ['wrongChip'],
    run: (seed) =>
      run({
        sim: `${seed % 2 === 0 ? 'bk7231n' : 'bk7238'}?seed=${seed}`,
        settings: { reset: 'rts', chip: seed % 2 === 0 ? 'BK7231T' : 'BK7231N' },
        job: nothing,
      }),
  },
  {
    name: 'image with another key',
    expected: ['wrongKey'],
    run: (seed) =>
      run({
        sim: `bk7231m?seed=${seed}`,
        settings: { reset: 'rts' },
        job: async (context) => {
          const options = { image: packets(64, MARKERS.tuyaApp, seed), offset: 0x11000 };
          await write(context, options, await loadImage(options));
        },
      }),
  },
  {
    name: 'answers that come too late',
    expected: ['hostTimeout'],
    run: (seed) =>
      run({
        sim: `bk7231n?seed=${seed}`,
        settings: { reset: 'rts', baud: 115_200 },
        spoiling: { lateMs: 300 + ((seed * 97) % 900) },
        job: writing(seed, 64 * KIB),
      }),
  },
  {
    name: 'reset by hand while it reads',
    expected: ['interrupted'],
    run: (seed) =>
      run({
        sim: `bk7231n?window=300&app=silent&seed=${seed}`,
        settings: { reset: 'rts', baud: 460_800 },
        meanwhile: (world) => resets(world, 1 + (seed % 3), seed),
        job: reading(512 * KIB),
      }),
  },
  {
    name: 'sound chip, sound line, write',
    expected: [],
    run: (seed) => run({ sim: `bk7231n?seed=${seed}`, job: writing(seed) }),
  },
  {
    name: 'sound basic chip, sound line, read',
    expected: [],
    run: (seed) => run({ sim: `bk7231t?seed=${seed}`, job: reading() }),
  },
];

function resets({ clock, chip }: World, count: number, seed: number): void {
  for (let index = 0; index < count; index++) {
    clock.setTimeout(() => chip.reset(), 3000 + 2500 * index + ((seed * 331) % 1500));
  }
}

/** A part whose status register takes every write and keeps its protect bits. */
function lockedStatus(): Spoiling {
  let asked: Buffer = Buffer.alloc(0);
  return {
    toChip: (bytes) => {
      if (bytes[3] !== 0xff || bytes[7] !== 0x0d) return bytes;
      asked = Buffer.from(bytes.subarray(9));
      const kept = Buffer.from(bytes);
      if (asked.length === 2) kept.writeUInt16LE(0x067c, 9);
      return kept;
    },
    fromChip: (bytes) => {
      if (bytes[0] !== 0x04 || bytes[9] !== 0x0d || bytes.length < 12 + asked.length) return bytes;
      const answer = Buffer.from(bytes);
      answer.set(asked, 12);
      return answer;
    },
  };
}

/** A part that is protected and tells nothing of it. */
function hiddenLock(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x04 || bytes[9] !== 0x0c || bytes.length < 13) return bytes;
  const answer = Buffer.from(bytes);
  answer[12] = 0;
  return answer;
}
