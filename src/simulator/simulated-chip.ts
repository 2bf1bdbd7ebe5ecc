import { BOOTLOADER_END } from '../chip/geometry';
import type { Clock, Random } from '../clock';
import { isLinkCheck, runCommand } from './answer-commands';
import { Application } from './application';
import { type Core, newCore } from './core';
import type { Counters } from './counters';
import { Adapter, PACKET } from './line/adapter';
import { spoilt, throughLine } from './line/line-noise';
import { type CommandFrame, CommandReader } from './line/request-frames';
import { type Arrival, Wire } from './line/wire';
import type { OtherMemories } from './memory/other-memories';
import { Processor } from './processor';
import { BOOT_BAUD, BROKEN_FRAME_MS, dividedBaud } from './setup/chip-timing';
import { seeded } from './setup/prng';
import type { ResolvedOptions } from './setup/resolve';
import type { Work } from './work';

/**
 * `window`: just booted, listens for a link; `app`: its application runs; `held`: kept in reset;
 * `dead`: will never answer again.
 */
export type ChipMode = 'download' | 'app' | 'dead' | 'window' | 'held';

/** The other end of the chip's UART. */
export interface ChipHost {
  /** Bits per second at which it listens; null where unknown, which counts as right. */
  readonly baudRate: number | null;
  receive(bytes: Buffer): void;
}

/** States of the two modem lines, true when asserted. */
export interface ChipLines {
  rts: boolean;
  dtr: boolean;
}

/**
 * A BK72xx as a device with a UART, a reset pin and a supply. It keeps no timer while no host is
 * attached: what silence or time change about its mode is worked out when somebody looks.
 */
export class SimulatedChip {
  readonly options: ResolvedOptions;
  readonly #core: Core;
  readonly #reader = new CommandReader();
  readonly #app: Application;
  readonly #line: Random;
  readonly #toChip: Wire;
  readonly #toHost: Wire;
  readonly #adapter: Adapter;
  readonly #processor: Processor;
  #clock: Clock;
  #host: ChipHost | null = null;
  #mode: ChipMode = 'app';
  #askedBaud = BOOT_BAUD;
  #baud = dividedBaud(BOOT_BAUD) as number;
  #bootAt = Number.NEGATIVE_INFINITY;
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(options: ResolvedOptions, clock: Clock) {
    this.options = options;
    this.#clock = clock;
    this.#core = newCore(options);
    this.#app = new Application(options, clock, {
      say: (bytes, at) => this.#say(bytes, at),
      crash: () => this.#restart(this.#clock.now(), false),
    });
    this.#line = seeded(options.seed, 'line');
    this.#toChip = new Wire(clock, (arrival) => this.#arrive(arrival));
    // What fills a packet of the adapter's is passed on at that very moment.
    const most = options.latency > 0 ? PACKET : undefined;
    this.#toHost = new Wire(clock, (arrival) => this.#leave(arrival), most);
    this.#adapter = new Adapter(clock, options.latency, (bytes) => this.#host?.receive(bytes));
    this.#processor = new Processor(clock, options, this.#core.faults, {
      start: (frame, at) => this.#start(frame, at),
      answer: (bytes, at) => this.#answer(bytes, at),
      restart: (at, brownout) => this.#restart(at, brownout),
    });
    if (!this.#bootloaderRuns()) this.#mode = 'dead';
    else this.#setBaud(options.appBaud);
  }

  /** The flash's contents, live. */
  get flash(): Buffer {
    return this.#core.memory.cells;
  }

  /** Whether its flash may be another one than that of a chip made anew with the same options. */
  get changed(): boolean {
    return this.#core.memory.changed || this.options.file !== null;
  }

  /** What it holds besides flash. */
  get others(): Readonly<OtherMemories> {
    return this.#core.others;
  }

  /** A register as the command that reads one shows it, its side effects included. */
  register(address: number): number {
    return this.#core.registers.read(address);
  }

  get counters(): Counters {
    return this.#core.counters;
  }

  get mode(): ChipMode {
    this.#catchUp(this.#clock.now());
    return this.#mode;
  }

  /** Bits per second that the chip's divider really makes. */
  get baudRate(): number {
    return this.#baud;
  }

  /** When everything that the host has sent will be at the chip, in the clock's ms. */
  get lineFreeAt(): number {
    return this.#toChip.freeAt;
  }

  get attached(): boolean {
    return this.#host !== null;
  }

  /** Connects the one host that the UART has room for. Resets nothing. */
  attach(host: ChipHost): void {
    if (this.#host !== null) throw new Error('The simulated chip has a host already');
    this.#host = host;
    this.#catchUp(this.#clock.now());
    if (this.#mode === 'app') this.#app.goOn();
    else this.#awaitApplication();
  }

  /** Disconnects it. Work under way is finished, a reset line let go, and no timer left. */
  detach(): void {
    const now = this.#clock.now();
    this.#host = null;
    this.#toChip.cut(now);
    this.#toHost.cut(now);
    this.#adapter.empty();
    this.#app.hush();
    this.#processor.settle();
    if (this.#mode === 'held') this.#boot(now);
  }

  /** Moves a chip without a host to another clock, keeping how long ago everything was. */
  useClock(clock: Clock): void {
    const shift = clock.now() - this.#clock.now();
    this.#clock = clock;
    this.#bootAt += shift;
    this.#heardAt += shift;
    this.#processor.useClock(clock, shift);
    this.#reader.shift(shift);
    this.#app.useClock(clock);
    this.#toChip.useClock(clock);
    this.#toHost.useClock(clock);
    this.#adapter.useClock(clock);
  }

  /**
   * Takes what the host sends. The chip hears it byte by byte as the line brings it.
   * @param hostBaud the host's rate; null where unknown, which counts as right
   */
  receive(bytes: Buffer, hostBaud: number | null): void {
    if (bytes.length === 0) return;
    const now = this.#clock.now();
    if (this.options.joined) {
      this.#toHost.send(Buffer.from(bytes), now, this.#byteMs(hostBaud ?? this.#baud), hostBaud);
      return;
    }
    this.#toChip.send(Buffer.from(bytes), now, this.#byteMs(hostBaud ?? this.#baud), hostBaud);
  }

  /** The host changed its rate: what it had not sent yet goes out spoilt. */
  hostRateChanged(): void {
    if (this.#toChip.freeAt > this.#clock.now()) this.#toChip.spoil();
  }

  /** Sets the host's modem lines, of which one may be wired to reset. */
  setLines(lines: ChipLines): void {
    const { reset } = this.options;
    if (reset === 'none') return;
    const line = reset.startsWith('rts') ? lines.rts : lines.dtr;
    const low = reset.endsWith('inverted') ? !line : line;
    const now = this.#clock.now();
    if (low && this.#mode !== 'held') this.#hold(now);
    else if (!low && this.#mode === 'held') this.#boot(now);
  }

  /** A pulse on the reset pin; nothing where a modem line holds it low anyway. */
  reset(): void {
    if (this.#mode !== 'held') this.#restart(this.#clock.now(), false);
  }

  /** Supply off and on. */
  powerCycle(): void {
    this.reset();
  }

  #byteMs(baud: number): number {
    return this.options.fast ? 0 : 10_000 / baud;
  }

  /** Stops the chip where it is. The host sends on; while the chip is held nobody hears it. */
  #hold(at: number): void {
    this.#mode = 'held';
    this.#processor.stop();
    this.#toHost.cut(at);
    this.#reader.reset();
    this.#app.hush();
  }

  #boot(at: number): void {
    this.#core.counters.boots++;
    this.#core.status.boot();
    this.#core.registers.boot();
    this.#core.locked = false;
    this.#setBaud(BOOT_BAUD);
    this.#bootAt = at;
    this.#processor.boot(at);
    this.#mode = this.#bootloaderRuns() ? 'window' : 'dead';
    if (this.#mode === 'window') this.#awaitApplication();
  }

  /** Basic chips live by the bootloader in their flash; the others have theirs in ROM. */
  #bootloaderRuns(): boolean {
    const { options, soundBootloader, memory } = this.#core;
    if (options.facts.family === 'full') return true;
    const bootloader = memory.cells.subarray(0, BOOTLOADER_END);
    if (soundBootloader !== null && !soundBootloader.equals(bootloader)) return false;
    return bootloader.subarray(0, 256).some((byte) => byte !== 0xff);
  }

  #setBaud(asked: number): void {
    this.#askedBaud = asked;
    this.#baud = dividedBaud(asked) as number;
  }

  /** Works out what time and silence have made of the mode. */
  #catchUp(at: number): void {
    const { timings, window, stay, profile } = this.options;
    if (this.#mode === 'window') {
      const end = this.#bootAt + timings.boot + window;
      if (at >= end) this.#enterApplication(end);
    } else if (this.#mode === 'download' && this.#processor.idle) {
      const broken = this.#reader.pending && at - this.#reader.lastAt >= BROKEN_FRAME_MS;
      if (broken) this.#reader.reset();
      const quietSince = Math.max(this.#heardAt, this.#processor.freeAt);
      if (broken && profile.leavesOnBrokenFrame) this.#enterApplication(at);
      else if (stay > 0 && at - quietSince > stay) {
        this.#enterApplication(quietSince + stay);
      }
    }
  }

  #enterApplication(at: number): void {
    this.#mode = 'app';
    this.#setBaud(this.options.appBaud);
    this.#reader.reset();
    this.#app.start();
    if (this.#host !== null && this.#applicationIsThere()) this.#app.talk(at);
  }

  #applicationIsThere(): boolean {
    const { cells } = this.#core.memory;
    return cells.subarray(BOOTLOADER_END, BOOTLOADER_END + 256).some((byte) => byte !== 0xff);
  }

  /** Has an application that says something by itself start by the clock. */
  #awaitApplication(): void {
    if (this.#host === null || this.#mode !== 'window') return;
    const end = this.#bootAt + this.options.timings.boot + this.options.window;
    this.#app.startIn(end - this.#clock.now(), () => this.#catchUp(this.#clock.now()));
  }

  /** A piece of what the host sent is there. */
  #arrive(arrival: Arrival): void {
    const { bytes, byteMs, end } = arrival;
    this.#catchUp(end - bytes.length * byteMs);
    if (this.#mode === 'dead' || this.#mode === 'held' || this.options.uart === '2') return;
    if (end < this.#bootAt + this.options.timings.boot) return;
    const heard = this.#throughLine(bytes, arrival.rate, this.#baud);
    if (heard.length === 0) return;
    this.#heardAt = end;
    if (this.#mode === 'app') {
      if (!this.#app.hears(heard)) return;
      this.#restart(end, false);
      return;
    }
    this.#processor.take(this.#reader.push(heard, end, byteMs));
  }

  /** A piece of what the chip said is at the host. */
  #leave(arrival: Arrival): void {
    const host = this.#host;
    if (host === null) return;
    const bytes = this.#throughLine(arrival.bytes, arrival.rate, host.baudRate);
    if (bytes.length > 0) this.#adapter.take({ ...arrival, bytes: Buffer.from(bytes) });
  }

  #throughLine(bytes: Buffer, sender: number | null, receiver: number | null): Buffer {
    const fastest = Math.max(this.#askedBaud, this.#host?.baudRate ?? 0);
    const overdriven = fastest > this.options.baudLimit;
    return throughLine(bytes, { sender, receiver, overdriven }, this.#line);
  }

  #start(frame: CommandFrame, at: number): Work | null {
    if (this.#mode === 'window') {
      if (!isLinkCheck(frame)) return null;
      this.#mode = 'download';
      this.#app.hush();
    }
    const work = runCommand(this.#core, frame, at);
    if (work === null) return null;
    if (work.baud !== undefined) this.#setBaud(work.baud);
    const { answer } = this.options.timings;
    return work.answer === null ? work : { ...work, ms: work.ms + answer };
  }

  #restart(at: number, brownout: boolean): void {
    if (brownout) this.#core.counters.brownouts++;
    this.#hold(at);
    this.#boot(at);
  }

  /** Returns when the chip is done with it, lost or not. */
  #answer(answer: Buffer, at: number): number {
    const { lose, corrupt } = this.options;
    const { faults } = this.#core;
    if (lose > 0 && faults() < lose) return at;
    return this.#say(corrupt > 0 && faults() < corrupt ? spoilt(answer, faults) : answer, at);
  }

  #say(bytes: Buffer, at: number): number {
    if (this.#host === null || bytes.length === 0 || this.options.joined) return at;
    return this.#toHost.send(bytes, at, this.#byteMs(this.#baud), this.#baud);
  }
}
