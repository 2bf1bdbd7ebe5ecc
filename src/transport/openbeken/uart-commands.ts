import type { Clock } from '../../clock';
import { BkError, isBkError } from '../../errors';
import { ask, type HttpAnswer } from '../../http/ask';
import { isSaid, say } from '../../texts/note';
import type { UartAddress } from './uart-address';

/** How long the module may be silent, and an answer may take, ms: all that a port may take for a call is 3 s. */
const IDLE_MS = 2_000;
const TOTAL_MS = 2_600;
/** For the last one, at the end of which nobody should have to wait, ms. */
const LAST_MS = 1_600;
/** What is only asked may be asked again. */
const TRIES = 3;
/** Longer than any page, bytes. */
const MOST = 262_144;
const OPENING_BRACE = 0x7b;
const DRIVER = 'UartTCP';
/** What its first page says of what runs. Source: drv_main.c. */
const RUNNING = /\d+ drivers active(?: \(([^)]*)\))?/;
/** A start of the driver among commands, with its arguments: rate, buffer, channel, flow control. */
const START = /\bstartDriver +UartTCP((?: +-?\d{1,7}){0,4})/i;
/** What the driver has where nobody says otherwise. Source: drv_uart_tcp.c. */
const USUAL_ARGUMENTS = '115200 512';

/** A pin that is switched by its channel. */
export interface ResetPin {
  channel: number;
  /** The channel's value for which the pin is low. */
  low: 0 | 1;
}

/** What the module does with its serial pins, by its web server. Facts: drv_uart_tcp.c, drv_main.c and rest_interface.c. */
export class UartCommands {
  readonly #name: string;
  readonly #address: UartAddress;
  readonly #password: string;
  readonly #clock: Clock;
  /** How the driver runs while nobody uses it here: null where it does not. */
  #asFound: string | null = null;

  /** @param name of the port, for messages */
  constructor(name: string, address: UartAddress, password: string, clock: Clock) {
    this.#name = name;
    this.#address = address;
    this.#password = password;
    this.#clock = clock;
  }

  /**
   * Makes sure that there is an OpenBeken, and looks how its driver is set.
   * @throws BkError BK_PORT_NOT_FOUND, BK_PORT_DENIED (password), BK_BAD_SETTING (something else), BK_CANCELLED
   */
  async lookAround(signal: AbortSignal | undefined): Promise<void> {
    const info = await this.#json('/api/info', signal);
    if (typeof info.chipset !== 'string' || typeof info.build !== 'string')
      throw this.#noOpenBeken();
    // Without the list it counts as stopped, as it is unless somebody has started it.
    if (await this.#runs(signal)) {
      const start = typeof info.startcmd === 'string' ? START.exec(info.startcmd) : null;
      this.#asFound = start?.[1]?.trim() || USUAL_ARGUMENTS;
    }
  }

  /** @throws BkError BK_BAD_SETTING where it has no such pin, or none that can be switched */
  async resetPin(pin: number, signal: AbortSignal | undefined): Promise<ResetPin> {
    const pins = await this.#json('/api/pins', signal);
    const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
    const role = list(pins.rolenames)[Number(list(pins.roles)[pin] ?? -1)];
    const channel = list(pins.channels)[pin];
    if ((role === 'Rel' || role === 'Rel_n') && typeof channel === 'number') {
      return { channel, low: role === 'Rel' ? 0 : 1 };
    }
    throw new BkError('BK_BAD_SETTING', say('transport.pinIsNoRelay', { port: this.#name, pin }), {
      phase: 'open',
      advice: [say('transport.makePinRelay', { pin })],
    });
  }

  /**
   * Starts the driver, anew where it runs: it takes a rate in no other way. Who is connected to it is not any more.
   * @throws BkError BK_BAD_SETTING where this OpenBeken has no such driver, and as lookAround
   */
  async start(baudRate: number, signal?: AbortSignal): Promise<void> {
    await this.#run(`startDriver ${DRIVER} ${baudRate} ${this.#address.buffer}`, signal);
  }

  /** @throws BkError BK_BAD_SETTING */
  async mustRun(signal: AbortSignal | undefined): Promise<void> {
    if ((await this.#runs(signal)) !== false) return;
    throw new BkError('BK_BAD_SETTING', say('transport.noUartDriver', { port: this.#name }), {
      phase: 'open',
      advice: [say('transport.useBuildWithDriver')],
    });
  }

  /** @throws BkError of asking */
  async set({ channel }: ResetPin, value: 0 | 1): Promise<void> {
    await this.#command(`SetChannel ${channel} ${value}`);
  }

  /** Leaves the driver as it was found. Never fails: whoever wants to know looks at the module. */
  async restore(): Promise<void> {
    const found = this.#asFound;
    const start = found === null ? '' : `; startDriver ${DRIVER} ${found}`;
    const command = `backlog stopDriver ${DRIVER}${start}`;
    await this.#ask('POST', '/api/cmnd', undefined, Buffer.from(command), LAST_MS).catch(() => {});
  }

  async #run(start: string, signal: AbortSignal | undefined): Promise<void> {
    const { status } = await this.#command(`backlog stopDriver ${DRIVER}; ${start}`, signal);
    if (status !== 200) throw this.#noOpenBeken();
  }

  /** Null where the module does not tell. */
  async #runs(signal: AbortSignal | undefined): Promise<boolean | null> {
    const { status, body } = await this.#get('/index?state=1', signal);
    const told = status === 200 ? RUNNING.exec(body.toString('latin1')) : null;
    if (told === null) return null;
    return (told[1] ?? '').split(',').some((name) => name.trim() === DRIVER);
  }

  /** What there is of an answer that has no length may be half of it: then it is asked once more. */
  async #json(path: string, signal: AbortSignal | undefined): Promise<Record<string, unknown>> {
    for (let tried = 1; tried <= TRIES; tried++) {
      const { status, body } = await this.#get(path, signal);
      if (status !== 200 || body[0] !== OPENING_BRACE) break;
      try {
        return JSON.parse(body.toString());
      } catch {}
    }
    throw this.#noOpenBeken();
  }

  /** The body of a command goes into the module's first look at the request, so that it may not be long. */
  #command(command: string, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.#ask('POST', '/api/cmnd', signal, Buffer.from(command));
  }

  async #get(path: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.#ask('GET', path, signal);
      } catch (error) {
        if (!isBkError(error)) throw error;
        const passes = isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE');
        if (!passes || tried === TRIES) throw this.#asOpening(error);
      }
    }
  }

  #ask(
    method: 'GET' | 'POST',
    path: string,
    signal?: AbortSignal,
    body?: Buffer,
    totalMs = TOTAL_MS,
  ): Promise<HttpAnswer> {
    const { host, httpPort } = this.#address;
    const idleMs = Math.min(IDLE_MS, totalMs);
    const most = { limit: MOST, idleMs, totalMs };
    const sent = body === undefined ? {} : { body };
    const whom = { host, port: httpPort, password: this.#password, signal };
    return ask({ method, path, ...whom, ...most, ...sent }, this.#clock);
  }

  /** What does not answer is not there: it may be again, as an adapter that was unplugged. */
  #asOpening(error: BkError): BkError {
    const notHttp = isSaid(
      error.text,
      'http.noHttp',
      'http.badHead',
      'http.sentElsewhere',
      'http.tooLong',
    );
    if (notHttp) return this.#noOpenBeken().with({ reason: error });
    const isThere = error.code !== 'BK_NO_RESPONSE' && error.code !== 'BK_BAD_RESPONSE';
    if (isThere) return error.with({ phase: 'open' });
    const { adviceCodes: advice } = error.cause;
    return new BkError('BK_PORT_NOT_FOUND', error.text, { phase: 'open', advice, reason: error });
  }

  #noOpenBeken(): BkError {
    return new BkError('BK_BAD_SETTING', say('transport.noOpenBeken', { port: this.#name }), {
      phase: 'open',
      advice: [say('transport.checkModule'), say('transport.useWithoutControl')],
    });
  }
}
