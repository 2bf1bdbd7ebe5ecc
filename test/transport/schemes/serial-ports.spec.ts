import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listPorts } from '../../../src/transport/schemes/serial-ports';

describe('listPorts', () => {
  let root: string;
  let dev: string;
  let ttys: string;

  before(async function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    root = await realpath(await mkdtemp(join(tmpdir(), 'bk-dev-')));
    dev = join(root, 'dev');
    ttys = join(root, 'ttys');
    const names = ['ttyUSB10', 'ttyUSB2', 'ttyACM0', 'ttyAMA0', 'ttyS0', 'ttyS1', 'tty1', 'null'];
    await mkdir(join(dev, 'serial', 'by-id'), { recursive: true });
    for (const name of names) await writeFile(join(dev, name), '');
    await symlink('../../ttyUSB10', join(dev, 'serial', 'by-id', 'usb-CH340-if00-port0'));
    await mkdir(join(dev, 'serial', 'by-path'));
    await symlink('../../ttyUSB2', join(dev, 'serial', 'by-path', 'pci-usb-0:2:1.0-port0'));
    await symlink('../../ttyUSB77', join(dev, 'serial', 'by-id', 'usb-gone-if00-port0'));
    for (const [name, type] of [
      ['ttyS0', '4'],
      ['ttyS1', '0'],
    ] as const) {
      await mkdir(join(ttys, name), { recursive: true });
      await writeFile(join(ttys, name, 'type'), `${type}\n`);
    }
  });

  after(() => rm(root, { recursive: true, force: true }));

  const noUdev = () => Promise.reject(new Error('spawn udevadm ENOENT'));

  it('looks below /dev where udev is missing, lasting names first, unreal ports left out', async () => {
    const ports = await listPorts({ dev, ttys, list: noUdev });
    assert.deepEqual(
      ports.map(({ path }) => path),
      [
        join(dev, 'serial/by-id/usb-CH340-if00-port0'),
        ...['ttyACM0', 'ttyAMA0', 'ttyS0', 'ttyUSB2'].map((name) => join(dev, name)),
      ],
    );
    assert.equal(ports[0]?.label, 'usb-CH340-if00-port0 (ttyUSB10)');
  });

  it('tells what the kernel knows of an adapter where udev is missing, as in Home Assistant', async () => {
    const usb = join(root, 'sys', 'usb1', '1-1');
    for (const [port, terminal] of [
      ['ttyUSB2', join(usb, '1-1:1.0', 'ttyUSB2')],
      ['ttyACM0', join(usb, '1-1:1.2')],
    ] as const) {
      await mkdir(terminal, { recursive: true });
      await mkdir(join(ttys, port), { recursive: true });
      await symlink(terminal, join(ttys, port, 'device'));
    }
    const facts = { idVendor: '1a86', idProduct: '7523', manufacturer: 'QinHeng', serial: '42' };
    for (const [name, text] of Object.entries(facts)) await writeFile(join(usb, name), `${text}\n`);
    const ports = await listPorts({ dev, ttys, list: noUdev });
    const known = {
      manufacturer: 'QinHeng',
      serialNumber: '42',
      vendorId: '1a86',
      productId: '7523',
    };
    const location = join(dev, 'serial/by-path/pci-usb-0:2:1.0-port0');
    assert.deepEqual(ports.slice(1), [
      { path: join(dev, 'ttyACM0'), label: 'QinHeng (ttyACM0)', ...known },
      { path: join(dev, 'ttyAMA0'), label: 'ttyAMA0' },
      { path: join(dev, 'ttyS0'), label: 'ttyS0' },
      { path: join(dev, 'ttyUSB2'), label: 'QinHeng (ttyUSB2)', ...known, location },
    ]);
  });

  it('tells what the operating system knows of a port', async () => {
    const list = async () => [
      {
        path: join(dev, 'ttyUSB2'),
        manufacturer: 'Maker',
        serialNumber: '17',
        vendorId: '1a86',
        productId: '7523',
      },
      { path: join(dev, 'ttyUSB10'), manufacturer: undefined },
    ];
    assert.deepEqual(await listPorts({ dev, ttys, list }), [
      {
        path: join(dev, 'serial/by-id/usb-CH340-if00-port0'),
        label: 'usb-CH340-if00-port0 (ttyUSB10)',
      },
      {
        path: join(dev, 'ttyUSB2'),
        label: 'Maker (ttyUSB2)',
        manufacturer: 'Maker',
        serialNumber: '17',
        vendorId: '1a86',
        productId: '7523',
        location: join(dev, 'serial/by-path/pci-usb-0:2:1.0-port0'),
      },
    ]);
  });

  it('is empty where there is nothing', async () => {
    assert.deepEqual(await listPorts({ dev: join(root, 'none'), ttys, list: noUdev }), []);
  });

  it('works on this computer', async () => {
    assert.ok(Array.isArray(await listPorts()));
  });
});
