import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BkError, createEnvironment, Device, type EventLine, isBkError } from '../../../src';
import type { Clock, Random } from '../../../src/clock';
import { PortRegistry } from '../../../src/ports/port-registry';
import type { RecordLine } from '../../../src/trace/record-lines';
import { SimulatedChips } from '../../../src/transport/schemes/simulated-chips';
import type { Transport } from '../../../src/transport/transport';
import { scratchFolder } from '../../support/bench-device';
import { calibrationSector } from '../../support/images';
import { between, randomFrom } from '../../support/random';
import { leaksIn, type Secret, secretBytes, secretText } from '../../support/secrets';
import { nextSeed } from '../../support/seed';
import { SpoiledTransport } from '../../support/spoiled-transport';
import { openBeken, TUYA_KINDS } from '../../support/tuya-device';
import { PAIRED, tuyaStorage } from '../../support/tuya-storage';
import { VirtualClock } from '../../support/virtual-clock';

const DEVICES = 50;
const JOBS = 20;

/** Chips whose application tells its secrets in the midst of answers. */
class TalkingChips extends SimulatedChips {
  readonly #talk: () => Buffer;

  constructor(talk: () => Buffer) {
    super();
    this.#talk = talk;
  }

  override open(url: string, clock: Clock): Transport {
    const fromChip = (bytes: Buffer): Buffer => Buffer.concat([this.#talk(), bytes]);
    return new SpoiledTransport(super.open(url, clock), { fromChip }, clock as VirtualClock);
  }
}

/** What one person's lamp and habits must not give away. */
function secretsOf(random: Random) {
  const [ssid, password, user, broker] = Array.from({ length: 4 }, () => secretText(random));
  const mac = Buffer.concat([Buffer.from('c8478c', 'hex'), secretBytes(random, 3)]);
  const key = secretBytes(random, 16);
  return { ssid, password, user, broker, mac, key } as Record<
    'ssid' | 'password' | 'user' | 'broker',
    string
  > & { mac: Buffer; key: Buffer };
}

function asList({
  ssid,
  password,
  user,
  broker,
  mac,
  key,
}: ReturnType<typeof secretsOf>): Secret[] {
  const text = (what: string, value: string): Secret => ({ what, bytes: Buffer.from(value) });
  return [
    text('the Wi-Fi name', ssid),
    text('the Wi-Fi password', password),
    text('the name of the user', user),
    text('the name of the broker', broker),
    { what: 'the MAC', bytes: mac },
    { what: 'the key as eFuse has it', bytes: Buffer.from(key).swap32() },
    { what: 'the key as it is printed', bytes: key },
    { what: 'the psk of Tuya', bytes: Buffer.from('secret-psk-0002') },
    { what: 'the authkey of Tuya', bytes: Buffer.from('secret-auth-0003') },
  ];
}

/** The bytes of eFuse as a record tells them, by their indices. */
function efuseIn(lines: readonly RecordLine[]): Map<number, number> {
  const found = new Map<number, number>();
  let index = 0;
  for (const line of lines) {
    const bytes = line.kind === 'out' || line.kind === 'in' ? line.bytes[0] : undefined;
    if (typeof bytes !== 'string') continue;
    const request = /^01e0fc090174008000..(..)/.exec(bytes);
    if (request !== null) index = Number.parseInt(request[1] as string, 16);
    const answer = /^040e0c01e0fc0378008000(..)01/.exec(bytes);
    if (answer !== null) found.set(index, Number.parseInt(answer[1] as string, 16));
  }
  return found;
}

/** A flash with all of it: Tuya's storage, plain text, and the MAC in the calibration. */
function plant(flash: Uint8Array, secrets: ReturnType<typeof secretsOf>): void {
  const { ssid, password, mac } = secrets;
  const values = { ...PAIRED, gw_wsm: JSON.stringify({ nc_tp: 9, ssid, passwd: password, md: 0 }) };
  flash.set(tuyaStorage(values), TUYA_KINDS[0].storage);
  flash.set(calibrationSector([...mac]), TUYA_KINDS[0].calibration);
  for (const at of PLAIN) flash.set(Buffer.from(`ssid=${ssid};password=${password};`), at);
}

const FAULTS = [
  '',
  '&corrupt=0.00005&lose=0.00003',
  '&brownout=0.3',
  '&corrupt=0.001',
  '&deadSector=0x42000',
];

/** Where flash holds secrets in clear; the last of them across two sectors. */
const PLAIN = [0x1d1000, 0x40010, 0x41000 - 20];

type Job = (device: Device) => Promise<unknown>;

/** What people ask for, with their secrets wherever they may put them. */
function jobsOf(random: Random, secrets: ReturnType<typeof secretsOf>, folder: string): Job[] {
  const { ssid, password, user, broker, mac } = secrets;
  const home = join(folder, user);
  const inTheWay = join(folder, `${user}.txt`);
  writeFileSync(inTheWay, '');
  const plain = Buffer.concat([
    Buffer.from(`${ssid} ${password} ${user}`),
    secretBytes(random, 0x1800),
  ]);
  const never = { mode: 'never' as const, folder: '' };
  const cancelled = (): AbortController => {
    const abort = new AbortController();
    setImmediate(() => abort.abort());
    return abort;
  };
  return [
    (device) => device.connect(),
    (device) => device.read({ offset: 0x1d0000, length: 0x2000 }),
    (device) => device.read({ offset: 0x40011, length: ssid.length + password.length }),
    (device) => device.read({ offset: 0x1ee000, length: 0x4000 }),
    (device) => device.read({ memory: 'efuse' }),
    (device) =>
      device.read({
        offset: 0x40000,
        length: 0x2000,
        file: { folder: home, filename: `${ssid}-${mac.toString('hex')}.bin` },
      }),
    (device) => device.write({ image: plain, offset: 0x42000, backup: never }),
    (device) =>
      device.write({ image: plain, offset: 0x42000, unchanged: 'rewrite', backup: never }),
    (device) =>
      device.write({
        image: calibrationSector([...mac]),
        offset: 0x1d0000,
        unchanged: 'rewrite',
        backup: never,
      }),
    (device) => device.write({ image: { path: join(home, `${password}.bin`) }, backup: never }),
    (device) => device.write({ image: plain, offset: password as never, backup: never }),
    (device) => device.erase({ region: 'range', offset: 0x1d1000, length: 0x1000, backup: never }),
    (device) => device.erase({ region: password as never }),
    (device) => device.read({}, { signal: cancelled().signal }),
    // Where a file is in the way of the folder, as is found out when the chip is linked.
    (device) => device.read({ length: 0x1000, file: { folder: join(inTheWay, password) } }),
    (device) =>
      device.write({
        image: plain,
        offset: 0x42000,
        backup: { mode: 'always', folder: join(inTheWay, password) },
      }),
    (device) =>
      device.write({
        image: openBeken(TUYA_KINDS[0]),
        backup: never,
        openbeken: { ssid, password, mqttUser: user, mqttHost: broker, mqttPassword: password },
      }),
  ];
}

describe('what a saved record tells', function () {
  const folder = scratchFolder(this);

  it('is no secret of a thousand jobs, however they end', async function () {
    this.timeout(120_000);
    const ends = { well: 0, badly: 0 };
    for (let number = 0; number < DEVICES; number++) {
      const random = randomFrom(nextSeed());
      const secrets = secretsOf(random);
      const list = asList(secrets);
      const clock = new VirtualClock();
      const { ssid, password, key, mac, user } = secrets;
      const words = [`\r\nWiFi ${ssid} ${password}\r\n`, `psk=${password}`, mac.toString('hex')];
      const chatter = number % 3 === 0 ? 0.002 : 0;
      const chips = new TalkingChips(() => {
        if (random() >= chatter) return Buffer.alloc(0);
        return Buffer.concat([Buffer.from(words[between(random, 0, 2)] as string), mac, key]);
      });
      const environment = { ...createEnvironment(clock), ports: new PortRegistry(clock, chips) };
      const isTuya = number % 5 === 0;
      const faults = FAULTS[number % FAULTS.length];
      const chip = number % 10 === 9 ? 'BK7231T' : 'auto';
      const url = `sim://bk7231n?speed=fast&seed=${nextSeed()}&mac=${mac.toString('hex')}&key=${isTuya ? 'tuya' : key.toString('hex')}${faults}`;
      plant(chips.prepare(url, clock).flash, secrets);
      const live: EventLine[] = [];
      const device = new Device(
        {
          port: url,
          name: `lamp of ${user}`,
          record: number % 2 === 0 ? 'all' : 'failures',
          chip,
          linkTimeout: 5,
        },
        environment,
      );
      const jobs = jobsOf(random, secrets, folder());
      const texts: string[] = [];
      for (let job = 0; job < JOBS; job++) {
        const work = jobs[between(random, 0, jobs.length - 1)] as Job;
        try {
          await work(device);
          ends.well++;
        } catch (error) {
          assert.ok(isBkError(error), String(error));
          ends.badly++;
          texts.push((error as BkError).record?.text() ?? '');
        }
        if (random() < 0.1)
          await device.connect({ onRecord: (line) => live.push(line) }).catch(() => {});
      }
      await device.close();
      const record = device.record();
      texts.push(record?.text() ?? '', JSON.stringify(live));
      for (const text of texts) assert.deepEqual(leaksIn(text, list), []);
      if (isTuya) continue;
      const efuse = efuseIn(record?.lines() ?? []);
      const eFuseKey = Buffer.from(key).swap32();
      const told = [...efuse].filter(([index, byte]) => eFuseKey[index] === byte);
      // Some of the bytes that are made up are the true ones by chance.
      assert.ok(told.length <= 4, `${told.length} bytes of the key`);
    }
    assert.ok(ends.badly > DEVICES && ends.well > DEVICES, JSON.stringify(ends));
  });
});
