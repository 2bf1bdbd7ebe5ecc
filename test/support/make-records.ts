/**
 * node dist-test/test/support/make-records.js: makes those records of `test/field/records/` anew that come from
 * simulated chips, as where the engine was changed on purpose. Two of them are made in real time.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BkError, Device, type DeviceSettings, textOf } from '../../src';
import { verbatim } from '../../src/texts/note';
import { noise, type TestDevice, testDevice } from './bench-device';
import { ROOT } from './project';
import { unplugSimulated } from './simulated-chips';

const FOLDER = join(ROOT, 'test', 'field', 'records');
const KIB = 1024;
const OFFSET = 0x11000;
const WIRED = { reset: 'rts', idle: 0, after: 'leave', record: 'all' } as const;

type Work = (device: Device) => Promise<unknown>;

async function inNoTime(
  name: string,
  sim: string,
  settings: Partial<DeviceSettings>,
  work: Work,
  arrange: (own: TestDevice) => void = () => {},
): Promise<void> {
  const own = testDevice(sim, { ...WIRED, ...settings });
  arrange(own);
  await keep(name, own.device, work);
}

async function inRealTime(name: string, sim: string, idle: number, work: Work): Promise<void> {
  await keep(name, new Device({ ...WIRED, port: `sim://${sim}`, idle }), work);
}

async function keep(name: string, device: Device, work: Work): Promise<void> {
  const end = await work(device).then(() => 'done', textOf);
  await device.record()?.save(join(FOLDER, `${name}.jsonl`));
  await device.close();
  console.log(`${name}: ${end}`);
}

const write =
  (length: number, offset = OFFSET): Work =>
  (device) =>
    device.write({ image: noise(length, length), offset });

/** Takes the adapter out at that time; for good, no chip can be opened there any more. */
function unplug(own: TestDevice, ms: number, forGood: boolean): void {
  own.clock.setTimeout(() => {
    unplugSimulated(own.url);
    if (!forGood) return;
    own.environment.ports.chips.open = () => {
      throw new BkError('BK_PORT_NOT_FOUND', verbatim('It is gone'));
    };
  }, ms);
}

async function main(): Promise<void> {
  const connect: Work = (device) => device.connect();
  await inNoTime(
    'nobody-resets-the-chip',
    'bk7231n?reset=none&app=silent&seed=3',
    { linkTimeout: 6 },
    connect,
  );
  await inNoTime('dead-sector', 'bk7231n?deadSector=0x13000&seed=5', {}, write(20 * KIB));
  await inNoTime(
    'answers-lost-while-reading',
    'bk7231t?app=silent&corrupt=0.03&lose=0.03&seed=7',
    { reset: 'auto' },
    (device) => device.read({ offset: OFFSET, length: 64 * KIB }),
  );
  await inNoTime(
    'erase-of-a-range',
    'bk7231t?seed=4',
    {},
    (device) => device.erase({ region: 'range', offset: 0x20000, length: 0x8000 }),
    ({ chip }) => chip.flash.fill(0x5a, 0x22000, 0x25000),
  );
  await inNoTime(
    'adapter-unplugged-and-back',
    'bk7231n?seed=6',
    { linkTimeout: 10 },
    write(48 * KIB),
    (own) => unplug(own, 2100, false),
  );
  await inRealTime(
    'weak-supply-in-real-time',
    'bk7231n?brownout=0.12&window=300&app=silent&seed=9',
    0,
    write(32 * KIB),
  );
  await inRealTime('three-jobs-on-one-link-in-real-time', 'bk7231n?seed=10', 3, async (device) => {
    await device.connect();
    await new Promise((resolve) => setTimeout(resolve, 1300));
    await write(9000, 0x11100)(device);
    await device.read({ offset: OFFSET, length: 16 * KIB });
  });
  // As of an engine that gave the chip another time to change its rate.
  const own = testDevice('bk7231n?seed=11', WIRED);
  await connect(own.device);
  const text = own.device.record()?.text() ?? '';
  writeFileSync(
    join(FOLDER, 'another-delay-before-a-new-rate.jsonl'),
    text.replaceAll(/(01e0fc060f[0-9a-f]{8})14"/g, '$119"'),
  );
  await own.device.close();

  // Last: it leaves no chips to be opened.
  await inNoTime(
    'adapter-unplugged-for-good',
    'bk7231n?seed=8',
    { linkTimeout: 3 },
    (device) => device.read({ offset: OFFSET, length: 128 * KIB }),
    (own) => unplug(own, 1000, true),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
