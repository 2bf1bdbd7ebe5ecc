import { setImmediate } from 'node:timers/promises';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import type { Clock } from '../../clock';
import { BkError, hex, isBkError, type Phase } from '../../errors';
import { ask, type HttpAnswer, type HttpRequest } from '../../http/ask';
import { throwIfAborted } from '../../session/base/abort';
import type { RecoveryRecord } from '../../session/base/report';
import { say } from '../../texts/note';
import { parseWebAddress } from '../../transport/schemes/network-address';
import { type DeviceInfo, LONGEST_INFO, nameInStatus, noOpenBeken, readInfo } from './device-info';

/** The file system is at most as long as the download slot. Source: OpenBeken's source text. */
const LONGEST_FILES = 0x100000;
/** More than this is no answer to a command, bytes. */
const LONGEST_ANSWER = 16 * 1024;
/** A device under way with Wi-Fi work is silent for some seconds; longer, and the connection is dead, ms. */
const IDLE_MS = 10_000;
/** It erases and writes while it takes an upload: the whole of it takes a minute, ms. */
const UPLOAD_IDLE_MS = 60_000;
const UPLOAD_MS = 600_000;
const ANSWER_MS = 60_000;
/** Between a connection and one that must not be turned away, ms. */
const BREATH_MS = 200;
const TURNS = 3;
/** How often a question that changes nothing is asked again, and how long is waited before each time, ms. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Who is told of connections that were lost and made anew. */
export type OnRecovery = (recovery: RecoveryRecord) => void;

/** Whether a device has answered, and the address of its Wi-Fi; null where it told none yet. */
interface Met {
  before: boolean;
  mac: string | null;
}

/** What is asked, and while what. */
type Question = Partial<HttpRequest> &
  Pick<HttpRequest, 'path' | 'limit'> & {
    phase: Phase;
    address?: number;
  };

/**
 * One OpenBeken device on the network, asked one thing at a time. What only asks is asked again where the connection
 * breaks; what changes something never is: whoever sends it has to look what came of it.
 */
export class OpenBekenClient {
  readonly port: string;
  readonly #host: string;
  readonly #tcpPort: number;
  readonly #password: string;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #onRecovery: OnRecovery;
  /** Shared with those made of this one. */
  readonly #met: Met;

  /**
   * @param port `http://host[:port]`
   * @param signal ends what only asks; never an upload
   */
  constructor(
    port: string,
    password: string,
    clock: Clock,
    signal: AbortSignal | undefined,
    onRecovery: OnRecovery = () => {},
    met: Met = { before: false, mac: null },
  ) {
    const { host, port: tcpPort } = parseWebAddress(port);
    this.port = port;
    this.#host = host;
    this.#tcpPort = tcpPort;
    this.#password = password;
    this.#clock = clock;
    this.#signal = signal;
    this.#onRecovery = onRecovery;
    this.#met = met;
  }

  /** The same device for work that must come to its end. */
  undisturbed(): OpenBekenClient {
    return new OpenBekenClient(
      this.port,
      this.#password,
      this.#clock,
      undefined,
      this.#onRecovery,
      this.#met,
    );
  }

  /**
   * What the device says of itself. The first one that answers is the one that is meant from then on.
   * @throws BkError BK_BAD_RESPONSE where no OpenBeken answers there, and as `ask`
   */
  async info(): Promise<DeviceInfo> {
    const question = { path: '/api/info', limit: LONGEST_INFO, phase: 'identify' } as const;
    const info = await this.#askAgain(question, (answer) => this.#infoIn(answer));
    this.#met.mac ??= info.mac;
    return info;
  }

  /**
   * The same of the device that was met first: routers give addresses away.
   * @throws BkError BK_WRONG_CHIP where it is another one by now
   */
  async sameInfo(phase: Phase): Promise<DeviceInfo> {
    const info = await this.info();
    if (info.mac === this.#met.mac) return info;
    throw new BkError('BK_WRONG_CHIP', say('openbeken.anotherByNow', { port: this.port }), {
      phase,
      advice: [say('openbeken.lookAtRouter')],
    });
  }

  /** The same, asked once and within so many ms: for a device that may not be back yet. */
  async infoNow(ms: number): Promise<DeviceInfo> {
    const question = { path: '/api/info', limit: LONGEST_INFO, phase: 'reboot' } as const;
    return this.#infoIn(await this.#ask({ ...question, idleMs: ms, totalMs: ms }));
  }

  #infoIn({ status, body }: HttpAnswer): DeviceInfo {
    const info = status === 200 ? readInfo(body) : null;
    if (info !== null) return info;
    const error = noOpenBeken(this.port);
    // What only begins as it should was cut off.
    throw body[0] === 0x7b ? error : error.with({ refusal: status });
  }

  /** The name that people gave it; null where it does not tell. */
  name(): Promise<string | null> {
    const question = { path: '/cm?cmnd=STATUS', limit: LONGEST_ANSWER, phase: 'identify' } as const;
    return this.#askAgain(question, ({ status, body }) =>
      status === 200 ? nameInStatus(body) : null,
    );
  }

  /**
   * Bytes of flash as they lie there, check bytes included.
   * @throws BkError BK_BAD_RESPONSE where the device refuses
   */
  readFlash({ offset, length }: Region, phase: Phase): Promise<Buffer> {
    const question = {
      path: `/api/flash/${offset.toString(16)}-${length.toString(16)}`,
      limit: length,
      length,
      phase,
      address: offset,
    };
    return this.#askAgain(question, ({ status, body }) => {
      if (status === 200) return body;
      throw this.#refused(status, say('openbeken.readingAt', { address: hex(offset) }), phase);
    });
  }

  /** All of its file system as it lies in flash, as far as it came; null where the firmware has none. */
  readFiles(phase: Phase): Promise<Buffer | null> {
    const question = { path: '/api/fsblock', limit: LONGEST_FILES, phase };
    return this.#askAgain(question, ({ status, body }) => {
      if (status !== 200 || isPage(body)) return null;
      if (body.length > 0 && body.length % SECTOR === 0) return body;
      throw new BkError('BK_BAD_RESPONSE', say('openbeken.filesCutOff', { port: this.port }), {
        phase,
        advice: [say('openbeken.closerToRouter')],
      });
    });
  }

  /**
   * Sends bytes to flash. It is not cancelled and not tried again: a connection that is closed meanwhile hangs the
   * device, and its answer says nothing of what was written.
   */
  async upload(path: string, body: Buffer, phase: Phase): Promise<void> {
    const question = { path, body, limit: LONGEST_ANSWER, phase };
    const times = { idleMs: UPLOAD_IDLE_MS, totalMs: UPLOAD_MS };
    await this.sameInfo(phase);
    // The device lets go of the connection before; some take only one at a time.
    await this.pause(BREATH_MS);
    const { status } = await this.#send({ ...question, ...times });
    if (status !== 200) throw this.#refused(status, say('openbeken.uploading', { path }), phase);
  }

  /** It restarts some seconds later. */
  async reboot(): Promise<void> {
    await this.pause(BREATH_MS);
    await this.#send({ path: '/api/reboot', limit: LONGEST_ANSWER, phase: 'reboot' });
  }

  /** Where no connection came about nothing was sent: that alone is tried again. */
  async #send(question: Question): Promise<HttpAnswer> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.#ask({ ...question, method: 'POST' }, undefined);
      } catch (error) {
        const pause = PAUSES_MS[tries];
        if (!isBkError(error, 'BK_PORT_NOT_FOUND') || pause === undefined) throw error;
        await this.pause(pause);
      }
    }
  }

  async pause(ms: number): Promise<void> {
    throwIfAborted(this.#signal, this.port);
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(() => end(), ms);
      const end = (): void => {
        this.#clock.clearTimeout(timer);
        this.#signal?.removeEventListener('abort', end);
        resolve();
      };
      this.#signal?.addEventListener('abort', end, { once: true });
    });
    // Connections that were closed before get their turn, however fast the clock goes.
    for (let turn = 0; turn < TURNS; turn++) await setImmediate();
    throwIfAborted(this.#signal, this.port);
  }

  /** Asks until there is a whole answer, or it was asked often enough. */
  async #askAgain<T>(question: Question, take: (answer: HttpAnswer) => T): Promise<T> {
    const start = this.#clock.now();
    let first: BkError | null = null;
    for (let tries = 0; ; tries++) {
      try {
        const taken = take(await this.#ask(question));
        this.#met.before = true;
        if (first !== null) this.#mended(question, first, this.#clock.now() - start);
        return taken;
      } catch (error) {
        const pause = PAUSES_MS[tries];
        if (!isBkError(error) || !this.#mayPass(error)) throw error;
        if (pause === undefined) throw error.with({ attempts: tries + 1 });
        first ??= error;
        await this.pause(pause);
      }
    }
  }

  /** What is worth another try: the connection broke, nobody answered in time, or what came was cut off. */
  #mayPass(error: BkError): boolean {
    if (error.details.refusal !== undefined) return false;
    // Nobody there at all is told at once, but for one that was there a moment ago.
    if (error.code === 'BK_PORT_NOT_FOUND') return this.#met.before;
    return error.code === 'BK_NO_RESPONSE' || error.code === 'BK_BAD_RESPONSE';
  }

  #mended({ phase, address }: Question, error: BkError, ms: number): void {
    const action = say('openbeken.askedAgain');
    this.#onRecovery({ address: address ?? null, phase, cause: error.text, action, ms });
  }

  async #ask(question: Question, signal = this.#signal): Promise<HttpAnswer> {
    const { phase, address, ...request } = question;
    try {
      return await ask(
        {
          host: this.#host,
          port: this.#tcpPort,
          method: 'GET',
          idleMs: IDLE_MS,
          totalMs: ANSWER_MS,
          ...(this.#password === '' ? {} : { password: this.#password }),
          ...(signal === undefined ? {} : { signal }),
          ...request,
        },
        this.#clock,
      );
    } catch (error) {
      if (!isBkError(error)) throw error;
      throw error.with({ phase, ...(address === undefined ? {} : { address }) });
    }
  }

  #refused(status: number, what: ReturnType<typeof say>, phase: Phase): BkError {
    return new BkError(
      'BK_BAD_RESPONSE',
      say('openbeken.refused', { port: this.port, what, status }),
      { phase, refusal: status, advice: [say('openbeken.updateByCable')] },
    );
  }
}

/** Firmware without a file system answers with a page for people. */
function isPage(body: Buffer): boolean {
  return /^(<|GET of )/.test(body.toString('latin1', 0, 16));
}
