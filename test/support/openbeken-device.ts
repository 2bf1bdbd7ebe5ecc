import { crc32 } from 'node:zlib';
import { chipNamed } from '../../src/chip/known/chip-queries';
import { CHIPS } from '../../src/chip/known/chips';

const SECTOR = 0x1000;
const FLASH = 0x200000;
/** An upload that begins below is not taken. Source: hal_ota_bk7231.c. */
const LOWEST_UPLOAD = 0xff000;
/** Bytes of flash that its file system takes unless it was set otherwise. Source: our_lfs.h. */
const USUAL_FILES = 0x8000;
/** Where its file system ends. Source: our_lfs.h. */
const FILES_END: Readonly<Record<string, number>> = { BK7231T: 0x1b3000, BK7231N: 0x1d0000 };
const USUAL_FILES_END = 0x1ab000;
/** How a file system begins; littlefs has it there, too. */
const FILES_MAGIC = 'littlefs';
const APPLICATION = 0x11000;
const NOT_ENOUGH = 'Not enough arguments for this command';

export type CommandResult = 'OK' | 'Unknown command' | typeof NOT_ENOUGH;

export interface DeviceOptions {
  /** By any name that the chip has. Default BK7231N. */
  model?: string;
  /** Contents of the flash, 2 MiB; FF where they are shorter. Default: noise, with empty slot and file system. */
  flash?: Buffer;
  /** Short name, also of its host. Default `obk12345678`. */
  name?: string;
  version?: string;
  /** Default 11:22:33:44:55:66. */
  mac?: string;
  /** What its pins do: role and channel by number, as `{ 26: { role: 'Rel_n', channel: 1 } }`. */
  pins?: Readonly<Record<number, { role: string; channel: number }>>;
  /** What it does at each start; a driver that is started here runs again after a reboot. */
  startCommand?: string;
  /** Drivers that this build has. Default: UartTCP and what most have. */
  drivers?: readonly string[];
  /** Whether a bootloader that installs an update clears the whole slot, the file system in it too. Default true. */
  wipesSlot?: boolean;
}

/**
 * OpenBeken as it runs on a chip: its flash, settings and commands, and how it takes uploads. Written from its source text
 * (rest_interface.c, hal_ota_bk7231.c, our_lfs.h, cmd_*.c), for tests.
 */
export class OpenBekenDevice {
  readonly flash = Buffer.alloc(FLASH, 0xff);
  readonly model: string;
  readonly slot: { offset: number; end: number };
  /** Where its file system lies. */
  readonly files: { offset: number; length: number };
  readonly options: DeviceOptions;
  version: string;
  /** Values by channel. */
  readonly channels = new Map<number, number>();
  readonly running = new Set<string>();
  /** Everything that was asked of it, in order. */
  readonly commands: string[] = [];
  /** Updates that its bootloader has installed: their versions. */
  readonly installed: string[] = [];
  /** Where the next bytes of an upload go; a refused one leaves it behind. Source: init_ota, close_ota. */
  #upload: { address: number; held: Buffer } | null = null;
  /** Of the clock on which it runs, ms. */
  now: () => number = () => 0;
  #starts = 0;
  #startedAt = 0;
  /** Is told when a driver is started (with its arguments) or stopped. */
  onDriver: (name: string, args: readonly string[] | null) => void = () => {};
  onChannel: (channel: number, value: number) => void = () => {};

  constructor(options: DeviceOptions = {}) {
    this.options = options;
    const chip = chipNamed(options.model ?? 'BK7231N');
    if (chip === null) throw new Error(`no such chip: ${options.model}`);
    this.model = chip;
    this.version = options.version ?? '1.18.100';
    const places = CHIPS[chip].openBeken.places;
    if (places === null) throw new Error(`there is no OpenBeken for ${chip}`);
    const { download } = places;
    const end = FILES_END[chip] ?? USUAL_FILES_END;
    this.slot = { offset: download, end };
    this.files = { offset: end - USUAL_FILES, length: USUAL_FILES };
    if (options.flash !== undefined) options.flash.copy(this.flash);
    else this.#fill();
    this.start();
  }

  #fill(): void {
    let state = 12345;
    for (let at = 0; at < FLASH; at += 4) {
      if (at >= this.slot.offset && at < this.slot.end) continue;
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      this.flash.writeUInt32LE(state, at);
    }
    this.putFiles({});
  }

  // Its file system: what lies in it is ours, that it is gone once something was written over it is littlefs'.

  putFiles(files: Readonly<Record<string, string>>): void {
    const text = Buffer.from(JSON.stringify(files));
    const { offset, length } = this.files;
    this.flash.fill(0xff, offset, offset + length);
    this.flash.write(FILES_MAGIC, offset + 8, 'latin1');
    this.flash.writeUInt32LE(text.length, offset + 16);
    this.flash.writeUInt32LE(crc32(text), offset + 20);
    text.copy(this.flash, offset + 24);
  }

  /** Null where there is no file system (any more). */
  readFiles(): Record<string, string> | null {
    const { offset, length } = this.files;
    if (this.flash.toString('latin1', offset + 8, offset + 16) !== FILES_MAGIC) return null;
    const size = this.flash.readUInt32LE(offset + 16);
    if (size > length - 24) return null;
    const text = this.flash.subarray(offset + 24, offset + 24 + size);
    if (crc32(text) !== this.flash.readUInt32LE(offset + 20)) return null;
    return JSON.parse(text.toString());
  }

  // Starting and updating

  start(): void {
    this.#starts++;
    this.#startedAt = this.now();
    this.#upload = null;
    this.running.clear();
    this.channels.clear();
    if (this.options.startCommand) this.run(this.options.startCommand);
  }

  /** Seconds since its last start; it has been on for a while when it is made. */
  uptime(): number {
    const before = this.#starts > 1 ? 0 : 1234;
    return before + Math.floor((this.now() - this.#startedAt) / 1000);
  }

  /** What the bootloader does at a start, and then the firmware. @param takesAny also a damaged update */
  reboot(takesAny = false): void {
    for (const name of this.running) this.onDriver(name, null);
    const update = readUpdate(this.flash.subarray(this.slot.offset));
    if (update !== null && (takesAny || update.isRight)) {
      update.body.copy(this.flash, APPLICATION);
      this.version = update.version;
      this.installed.push(update.version);
      if (this.options.wipesSlot ?? true) this.flash.fill(0xff, this.slot.offset, this.slot.end);
      else this.flash.fill(0xff, this.slot.offset, this.slot.offset + SECTOR);
    }
    this.start();
  }

  // Uploads

  /** @returns what is wrong; null where it is taken. @param first bytes of it that came with the request */
  beginUpload(address: number, most: number, first: number): string | null {
    if (this.#upload === null && address > LOWEST_UPLOAD) {
      this.#upload = { address, held: Buffer.alloc(0) };
    }
    return address + first > most ? 'writelen < 0 or end > 0x200000' : null;
  }

  /** @param spoil changes what is stored */
  takeUpload(bytes: Buffer, spoil: (sector: Buffer) => void): void {
    const upload = this.#upload;
    if (upload === null) return;
    upload.held = Buffer.concat([upload.held, bytes]);
    while (upload.held.length >= SECTOR) {
      const sector = Buffer.from(upload.held.subarray(0, SECTOR));
      upload.held = upload.held.subarray(SECTOR);
      spoil(sector);
      // A sector that is erased is a whole one.
      this.flash.fill(0xff, floor(upload.address), floor(upload.address) + SECTOR);
      sector.copy(this.flash, upload.address);
      upload.address += SECTOR;
    }
  }

  endUpload(spoil: (sector: Buffer) => void): void {
    const held = this.#upload?.held.length ?? 0;
    if (held > 0) this.takeUpload(Buffer.alloc(SECTOR - held, 0xff), spoil);
    this.#upload = null;
  }

  // Commands

  /** @returns as CMD_ExecuteCommand */
  run(command: string): CommandResult {
    const text = command.trim();
    const [word = '', ...args] = text.split(/\s+/);
    const name = word.toLowerCase();
    if (name === 'backlog') {
      const results = text
        .slice(word.length)
        .split(';')
        .filter((one) => one.trim() !== '');
      return results.map((one) => this.run(one)).findLast((result) => result !== 'OK') ?? 'OK';
    }
    this.commands.push(text);
    if (name === 'startdriver') return this.#startDriver(args);
    if (name === 'stopdriver') return this.#stopDriver(args);
    if (name === 'setchannel') {
      if (args.length < 2) return NOT_ENOUGH;
      this.#setChannel(Number(args[0]), Number(args[1]));
      return 'OK';
    }
    return ['status', 'state', 'power'].includes(name) ? 'OK' : 'Unknown command';
  }

  #setChannel(channel: number, value: number): void {
    this.channels.set(channel, value);
    this.onChannel(channel, value);
  }

  /** A name that it does not know is nothing to it, and one that runs stays as it is. */
  #startDriver([name, ...args]: readonly string[]): CommandResult {
    if (name === undefined) return NOT_ENOUGH;
    const known = this.drivers.find((one) => one.toLowerCase() === name.toLowerCase());
    if (known === undefined || this.running.has(known)) return 'OK';
    this.running.add(known);
    this.onDriver(known, args);
    return 'OK';
  }

  #stopDriver([name]: readonly string[]): CommandResult {
    if (name === undefined) return NOT_ENOUGH;
    for (const one of [...this.running]) {
      if (name !== '*' && one.toLowerCase() !== name.toLowerCase()) continue;
      this.running.delete(one);
      this.onDriver(one, null);
    }
    return 'OK';
  }

  get drivers(): readonly string[] {
    return this.options.drivers ?? ['NTP', 'SSDP', 'BL0942', 'UartTCP'];
  }

  // What it tells

  info(ip: string): object {
    return {
      uptime_s: this.uptime(),
      build: `Built on Jan  2 2026 03:04:05 version ${this.version}`,
      ip,
      mac: this.mac,
      flags: '0',
      mqtthost: '192.168.0.113:1883',
      mqtttopic: this.name,
      chipset: this.model,
      webapp: 'https://openbekeniot.github.io/webapp/',
      shortName: this.name,
      startcmd: this.options.startCommand ?? '',
      supportsSSDP: this.running.has('SSDP') ? 1 : 0,
      supportsClientDeviceDB: true,
    };
  }

  status(ip: string): object {
    return {
      Status: {
        Module: 0,
        DeviceName: this.name,
        FriendlyName: [`${this.name} in full`],
        Topic: this.name,
        Power: 0,
      },
      StatusPRM: { Baudrate: 115200, SerialConfig: '8N1', Uptime: 1234 },
      StatusFWR: {
        Version: `Open${this.model}_${this.version}`,
        BuildDateTime: 'Jan  2 2026 03:04:05',
        Boot: 7,
        Core: '0.0',
        SDK: 'obk',
        CpuFrequency: 80,
        Hardware: this.model,
        CR: '465/699',
      },
      StatusLOG: { SerialLog: 2, SSId1: 'the wifi of home', SSId2: '' },
      StatusNET: {
        Hostname: this.name,
        IPAddress: ip,
        Mac: this.mac,
        Webserver: 2,
        HTTP_API: 1,
      },
      StatusMQT: { MqttHost: '192.168.0.113', MqttPort: 1883 },
    };
  }

  /** As /api/pins tells them: roles are numbers, with a list of their names. */
  pins(): object {
    const names = ['None', 'Rel', 'Rel_n', 'Btn', 'Btn_n', 'LED', 'LED_n', 'PWM', 'WifiLED'];
    const at = (pin: number) => this.options.pins?.[pin];
    const all = Array.from({ length: 29 }, (_, pin) => at(pin));
    return {
      rolenames: names,
      roles: all.map((pin) => (pin === undefined ? 0 : names.indexOf(pin.role))),
      channels: all.map((pin) => pin?.channel ?? 0),
      states: all.map((pin) => this.channels.get(pin?.channel ?? 0) ?? 0),
    };
  }

  get name(): string {
    return this.options.name ?? 'obk12345678';
  }

  get mac(): string {
    return this.options.mac ?? '11:22:33:44:55:66';
  }
}

function floor(address: number): number {
  return address - (address % SECTOR);
}

/** The update in a slot; null where there is none. Source: the header of Beken's over-the-air container. */
function readUpdate(slot: Buffer): { isRight: boolean; version: string; body: Buffer } | null {
  if (slot.toString('latin1', 0, 4) !== 'RBL\0') return null;
  const size = slot.readUInt32LE(88);
  const body = Buffer.from(slot.subarray(96, 96 + size));
  const version = slot.toString('latin1', 28, 52).replace(/\0.*$/s, '');
  const isWhole = slot.readUInt32LE(92) === crc32(slot.subarray(0, 92));
  return { isRight: isWhole && crc32(body) === slot.readUInt32LE(76), version, body };
}
