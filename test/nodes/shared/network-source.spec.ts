import assert from 'node:assert/strict';
import { networkSource } from '../../../nodes/shared/network-source';
import { BkError, type FoundDevice, type Note, type ScanOptions, say } from '../../../src';
import { verbatim } from '../../../src/texts/note';
import { rejection } from '../../support/rejects';
import { VirtualClock } from '../../support/virtual-clock';

const SCAN_MS = 24_000;

function device(host: number, mac: string | null = `c8:47:8c:00:00:0${host}`): FoundDevice {
  const address = `http://192.168.1.${host}`;
  const known = { chipset: 'BK7231N', version: '1.18.1', build: 'x', name: `lamp${host}` };
  return { address, chip: 'BK7231N', ...known, mac, locked: false };
}

/** A network in which devices come and go. */
function world(interval = 300, hosts = '192.168.1.0/24') {
  const clock = new VirtualClock();
  const asked: ScanOptions[] = [];
  const state = { devices: [] as FoundDevice[], fails: null as BkError | null };
  const source = networkSource(hosts, interval * 1000, {
    clock,
    scan: (options) =>
      new Promise((resolve, reject) => {
        asked.push(options);
        options.onWarning?.(verbatim('cut'));
        const cancel = () => reject(new BkError('BK_CANCELLED', say('openbeken.scanCancelled')));
        if (options.signal?.aborted) return cancel();
        options.signal?.addEventListener('abort', cancel, { once: true });
        const end = () => (state.fails === null ? resolve(state.devices) : reject(state.fails));
        clock.setTimeout(end, SCAN_MS, { background: true });
      }),
  });
  const told: string[] = [];
  const listener = {
    appeared: ({ port }: { port: string }, there: boolean) =>
      void told.push(`${there ? '=' : '+'}${port}`),
    gone: ({ port }: { port: string }) => void told.push(`-${port}`),
    failed: (error: unknown) => void told.push(`! ${(error as BkError).code}`),
    warned: (_note: Note) => void told.push('? cut'),
  };
  /** What was told in so many rounds of a scan and the wait behind it. */
  const rounds = async (count: number) => {
    await clock.advance(count * (SCAN_MS + interval * 1000));
    return told.splice(0);
  };
  return { clock, asked, state, source, listener, rounds };
}

describe('devices in the network', () => {
  it('are told of as they come, scan after scan, where the setting says', async () => {
    const { asked, state, source, listener, rounds } = world();
    state.devices = [device(1)];
    source.watch(listener);
    assert.deepEqual(await rounds(1), ['? cut', '=http://192.168.1.1']);
    state.devices = [device(1), device(2)];
    assert.deepEqual(await rounds(3), ['+http://192.168.1.2']);
    assert.equal(asked.length, 5);
    assert.equal(asked[0]?.hosts, '192.168.1.0/24');
    assert.equal(asked[0]?.password, undefined);
  });

  it('are gone when three scans in a row have not found them, and not before', async () => {
    const { state, source, listener, rounds } = world();
    state.devices = [device(1)];
    source.watch(listener);
    await rounds(1);
    state.devices = [];
    assert.deepEqual(await rounds(2), []);
    state.devices = [device(1)];
    assert.deepEqual(await rounds(1), []);
    state.devices = [];
    assert.deepEqual(await rounds(3), ['-http://192.168.1.1']);
  });

  it('that have another address now are gone from the old one at once', async () => {
    const { state, source, listener, rounds } = world();
    state.devices = [device(1, 'c8:47:8c:aa:bb:cc'), device(3, null)];
    source.watch(listener);
    await rounds(1);
    state.devices = [device(7, 'c8:47:8c:aa:bb:cc'), device(4, null)];
    assert.deepEqual(await rounds(1), [
      '-http://192.168.1.1',
      '+http://192.168.1.7',
      '+http://192.168.1.4',
    ]);
  });

  it('are looked for only when somebody asks, where there is no interval', async () => {
    const { clock, asked, state, source, listener } = world(0);
    state.devices = [device(1)];
    source.watch(listener);
    await clock.advance(3_600_000);
    assert.equal(asked.length, 0);
    const lists = [source.list(), source.list()];
    await clock.advance(SCAN_MS);
    const [found, same] = await Promise.all(lists);
    assert.equal(found, same);
    assert.deepEqual(
      found?.map(({ port, name, payload }) => [port, name, payload]),
      [
        [
          'http://192.168.1.1',
          'lamp1',
          {
            source: 'network',
            port: 'http://192.168.1.1',
            name: 'lamp1',
            chip: 'BK7231N',
            chipset: 'BK7231N',
            version: '1.18.1',
            build: 'x',
            mac: 'c8:47:8c:00:00:01',
            locked: false,
            label: 'lamp1 (http://192.168.1.1)',
          },
        ],
      ],
    );
    assert.equal(asked.length, 1);
    assert.equal(clock.pending, 0);
  });

  it('are not looked for any more after the end, which a scan under way does not outlast', async () => {
    const { clock, asked, source, listener, rounds } = world();
    const end = source.watch(listener);
    await clock.advance(1000);
    end();
    assert.ok(asked[0]?.signal?.aborted);
    assert.deepEqual(await rounds(3), ['? cut']);
    assert.equal(asked.length, 1);
    await rejection(source.list(), 'BK_CANCELLED');
    assert.equal(clock.pending, 0);
  });

  it('are looked for again after a scan that failed, unless a setting is wrong', async () => {
    const { asked, state, source, listener, rounds } = world();
    state.fails = new BkError('BK_INTERNAL', verbatim('no'));
    source.watch(listener);
    assert.deepEqual(await rounds(2), ['? cut', '! BK_INTERNAL', '! BK_INTERNAL']);
    state.fails = new BkError('BK_BAD_SETTING', verbatim('no'));
    assert.deepEqual(await rounds(3), ['! BK_BAD_SETTING']);
    assert.equal(asked.length, 3);
  });
});
