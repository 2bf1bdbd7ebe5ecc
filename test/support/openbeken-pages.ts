import type { CommandResult, OpenBekenDevice } from './openbeken-device';
import type { OpenBekenFaults } from './openbeken-faults';

export interface Asked {
  method: string;
  path: string;
  authorization: string | undefined;
  contentLength: number | undefined;
  /** What came together with the head. */
  body: Buffer;
}

interface Reply {
  head: string;
  body: Buffer | string;
}

const FLASH = 0x200000;
/** As the source text has it: a bare line feed behind the status, and never a length. */
const CORS =
  'Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: Origin, X-Requested-With, Content-Type, Accept';
const head = (status: number, type: string) =>
  `HTTP/1.1 ${status} OK\nContent-type: ${type}\r\n${CORS}\r\nConnection: close\r\n\r\n`;
const UNAUTHORIZED =
  'HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nWWW-Authenticate: Basic realm="OpenBeken HTTP Server"\r\n\r\n';

const json = (value: unknown, status = 200): Reply => ({
  head: head(status, 'application/json'),
  body: JSON.stringify(value),
});
const error = (status: number, msg: string) =>
  json(status === 200 ? { success: status, msg } : { error: status, msg }, status);
const html = (body: string): Reply => ({ head: head(200, 'text/html'), body });

/** What the pages of the web server need of its surroundings. */
interface Surroundings {
  /** @returns bytes that were taken, why it was refused, or null where the connection went away */
  upload(address: number, most: number): Promise<number | string | null>;
}

/** The pages that OpenBeken's web server has, as far as programs ask for them. Source: rest_interface.c, http_fns.c. */
export class Pages {
  readonly #server: { readonly faults: OpenBekenFaults; readonly host: string; rebootSoon(): void };
  readonly #device: OpenBekenDevice;
  readonly #around: Surroundings;

  constructor(
    server: { readonly faults: OpenBekenFaults; readonly host: string; rebootSoon(): void },
    device: OpenBekenDevice,
    around: Surroundings,
  ) {
    this.#server = server;
    this.#device = device;
    this.#around = around;
  }

  /** @returns null where there is nobody left to be answered */
  async answer(asked: Asked): Promise<Reply | null> {
    const { password, answers } = this.#server.faults;
    if (password !== null && !this.#knows(password, asked.authorization)) {
      return { head: UNAUTHORIZED, body: '' };
    }
    if (answers !== null) {
      return { head: head(answers.status, 'application/json'), body: answers.body };
    }
    if (asked.method === 'POST') return this.#post(asked);
    return this.#get(asked.path);
  }

  #knows(password: string, authorization: string | undefined): boolean {
    const [, code] = /^Basic (\S+)$/i.exec(authorization ?? '') ?? [];
    return code !== undefined && Buffer.from(code, 'base64').toString() === `admin:${password}`;
  }

  #get(path: string): Reply {
    const device = this.#device;
    if (path === '/api/info') return json(device.info(this.#server.host));
    if (path === '/api/pins') return json(device.pins());
    if (path === '/api/fsblock') return this.#flash(device.files.offset, device.files.length);
    if (path.startsWith('/api/lfs/')) return this.#file(path.slice(9).replace(/\?.*$/, ''));
    if (path.startsWith('/api/flash/')) {
      const [, offset, length] = /^([0-9a-f]+)-([0-9a-f]+)/i.exec(path.slice(11)) ?? [];
      if (length === undefined) return error(-1, 'invalid url');
      return this.#flash(Number.parseInt(offset ?? '', 16), Number.parseInt(length, 16));
    }
    if (path.startsWith('/cm?')) return this.#command(path);
    if (/^\/(index(\?.*)?)?$/.test(path)) return html(this.#index());
    return html(`GET of ${path.slice(1)}`);
  }

  #flash(offset: number, length: number): Reply {
    if (offset + length > FLASH) return error(-1, 'requested flash read out of range');
    return {
      head: head(200, 'application/octet-stream'),
      body: this.#device.flash.subarray(offset, offset + length),
    };
  }

  #file(name: string): Reply {
    const files = this.#device.readFiles();
    if (files === null) return { head: head(404, 'text/plain'), body: '' };
    if (name === '') {
      const content = Object.entries(files).map(([file, text]) => ({
        name: file,
        type: 1,
        size: text.length,
      }));
      return json({ dir: '', content });
    }
    const text = files[name];
    if (text === undefined) return json({ fname: name, error: -2 }, 404);
    return { head: head(200, 'application/octet-stream'), body: text };
  }

  #index(): string {
    const running = [...this.#device.running];
    const names = running.length === 0 ? '' : ` (${running.join(', ')})`;
    return `<h5>${running.length} drivers active${names}, total ${this.#device.drivers.length}</h5>`;
  }

  /** What a command printed, and no word of whether it was known. */
  #command(path: string): Reply {
    const text = new URLSearchParams(path.slice(4)).get('cmnd') ?? '';
    if (/^(restart|reboot)$/i.test(text.trim())) this.#server.rebootSoon();
    else this.#device.run(text);
    return json(this.#printed(text));
  }

  #printed(text: string): object {
    const [, number] = /^status\s+(\d+)$/i.exec(text.trim()) ?? [];
    const all = this.#device.status(this.#server.host) as Record<string, object>;
    if (number === undefined) return /^status$/i.test(text.trim()) ? { Status: all.Status } : {};
    if (number === '2') return { StatusFWR: all.StatusFWR };
    return number === '5' ? { StatusNET: all.StatusNET } : all;
  }

  async #post({ path, body }: Asked): Promise<Reply | null> {
    const device = this.#device;
    if (path === '/api/reboot') {
      this.#server.rebootSoon();
      return json({ reboot: 3 });
    }
    if (path === '/api/cmnd') return this.#console(body.toString());
    if (path === '/api/ota') return this.#upload(device.slot.offset, device.slot.end);
    if (path === '/api/fsblock') return this.#upload(device.files.offset, device.slot.end);
    if (path.startsWith('/api/flash/')) {
      const [, offset] = /^([0-9a-f]+)/i.exec(path.slice(11)) ?? [];
      const address = Number.parseInt(offset ?? '', 16);
      if (!(address >= device.slot.offset)) return error(-1, 'invalid url');
      return this.#upload(address, FLASH);
    }
    return html(`POST to ${path.slice(1)}`);
  }

  #console(text: string): Reply {
    const result: CommandResult = text.trim() === '' ? 'Unknown command' : this.#device.run(text);
    const status = result === 'OK' ? 200 : result === 'Unknown command' ? 501 : 400;
    const told = { [status === 200 ? 'success' : 'error']: status, msg: result };
    return json({ ...told, res: this.#printed(text) }, status);
  }

  async #upload(address: number, most: number): Promise<Reply | null> {
    const taken = await this.#around.upload(address, most);
    if (taken === null) return null;
    return typeof taken === 'string' ? error(-20, taken) : json({ size: taken });
  }
}
