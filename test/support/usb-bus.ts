import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sinon from 'sinon';
import { systemPorts } from '../../src/transport/schemes/serial-ports';
import { ROOT } from './project';

/** An adapter that can be plugged in. */
export interface MadeUpAdapter {
  vendorId?: string;
  productId?: string;
  serial?: string;
  manufacturer?: string;
  product?: string;
  /** USB's numbers of those of its interfaces that are ports; the first one by default. */
  interfaces?: number[];
  /** Whether udev gives it names that last. */
  named?: boolean;
  /** The terminal that is really behind its first port. */
  terminal?: string;
}

/** Folders as Linux has them in /dev and /sys, into which adapters are plugged. */
export class UsbBus {
  readonly #root = realpathSync(mkdtempSync(path.join(tmpdir(), 'bk72xx-usb-')));
  readonly dev = path.join(this.#root, 'dev');
  readonly ttys = path.join(this.#root, 'ttys');
  readonly #made = new Map<string, string[]>();
  #plugged = 0;

  constructor() {
    for (const folder of ['serial/by-id', 'serial/by-path'])
      mkdirSync(path.join(this.dev, folder), { recursive: true });
    mkdirSync(this.ttys);
  }

  /** The script that puts it in the place of the computer's ports in another process, before anything else runs there. */
  forProcess(): string {
    const file = path.join(this.#root, 'preload.js');
    const folders = `dev: ${JSON.stringify(this.dev)}, ttys: ${JSON.stringify(this.ttys)}`;
    // As the tests have compiled it, and as the package has it.
    const put = ['dist-test', 'dist'].map((built) => {
      const module = path.join(ROOT, built, 'src', 'transport', 'schemes', 'serial-ports.js');
      return `Object.assign(require(${JSON.stringify(module)}).systemPorts, { ${folders}, list: async () => [] });\n`;
    });
    writeFileSync(file, put.join(''));
    return file;
  }

  /** Takes the place of this computer's until `sinon.restore()`. */
  install(): this {
    sinon.replace(systemPorts, 'dev', this.dev);
    sinon.replace(systemPorts, 'ttys', this.ttys);
    sinon.replace(systemPorts, 'list', () => Promise.reject(new Error('no udevadm')));
    return this;
  }

  /**
   * @param socket as the kernel names it: `1-2`
   * @param names of its ports, one for each of its interfaces
   * @returns the devices of its ports
   */
  plugIn(socket: string, names: string | string[], adapter: MadeUpAdapter = {}): string[] {
    const { vendorId = '1a86', productId = '7523', serial, manufacturer, product } = adapter;
    const usb = path.join(this.#root, 'usb', socket);
    mkdirSync(usb, { recursive: true });
    const made = [usb];
    const facts = {
      idVendor: vendorId,
      idProduct: productId,
      serial,
      manufacturer,
      product,
      busnum: '1',
      devnum: String(++this.#plugged),
    };
    for (const [name, text] of Object.entries(facts))
      if (text !== undefined) writeFileSync(path.join(usb, name), `${text}\n`);
    const devices = [names].flat().map((name, index) => {
      const number = adapter.interfaces?.[index] ?? index;
      const own = path.join(usb, `${socket}:1.${number}`);
      mkdirSync(path.join(own, name), { recursive: true });
      const hex = number.toString(16).padStart(2, '0');
      writeFileSync(path.join(own, 'bInterfaceNumber'), `${hex}\n`);
      const terminal = index === 0 ? adapter.terminal : undefined;
      const device = terminal ?? path.join(this.dev, name);
      const tty = path.join(this.ttys, path.basename(device));
      mkdirSync(tty);
      symlinkSync(path.join(own, name), path.join(tty, 'device'));
      const file = path.join(this.dev, name);
      if (terminal === undefined) writeFileSync(file, '');
      else symlinkSync(terminal, file);
      made.push(tty, file);
      if (adapter.named) {
        const words = `usb-${vendorId}_${productId}${serial === undefined ? '' : `_${serial}`}`;
        made.push(
          this.#link('by-id', `${words}-if${hex}-port0`, device),
          this.#link('by-path', `pci-usb-0:${socket}:1.${number}-port0`, device),
        );
      }
      return device;
    });
    this.#made.set(socket, made);
    return devices;
  }

  unplug(socket: string): void {
    for (const made of this.#made.get(socket) ?? []) rmSync(made, { recursive: true, force: true });
    this.#made.delete(socket);
  }

  /** A path below dev. */
  at(name: string): string {
    return path.join(this.dev, name);
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** As udev does it: whoever comes last gets the name. */
  #link(folder: string, name: string, device: string): string {
    const link = path.join(this.dev, 'serial', folder, name);
    rmSync(link, { force: true });
    symlinkSync(device, link);
    return link;
  }
}
