import { CHIPS, type ChipName } from '../../chip/known/chips';
import { BkError, shown } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Timings } from './chip-timing';
import { readOptionFile } from './option-file';
import type { SimulatorOptions } from './simulator-options';

/** What a report tells of a chip, as a simulated one takes it. What it does not tell is left out. */
export interface ToldProfile {
  options: Partial<SimulatorOptions>;
  timings: Partial<Timings>;
  /** Values of registers, by address. */
  registers: ReadonlyMap<number, number>;
  /** It has a code key of its own, which no report shows. */
  hasOwnKey: boolean;
  /** The first half of its address, three bytes; null where it is not told. */
  maker: Buffer | null;
}

/** Bytes; a report has some thousand. */
const LONGEST = 0x100000;
const FORMAT = 'bk72xx-report';
/** No time in a report is longer, ms. */
const LONGEST_MS = 3_600_000;

/**
 * Reads a report of `bk72xx doctor`; its form is told in docs/doctor.md.
 * @throws BkError BK_STORAGE, BK_BAD_SETTING for what is no report, or one of another chip
 */
export function readProfile(path: string, chip: ChipName): ToldProfile {
  const report = new Report(path, readOptionFile('profile', path, LONGEST));
  report.mustBeOf(chip);
  const options = { ...chipOptions(report), ...lineOptions(report) };
  return {
    options: withoutUndefined(options),
    timings: withoutUndefined(timingsOf(report)),
    registers: new Map(report.hexValues('chip.registers')),
    hasOwnKey: report.text('chip.key', /^.*$/) === 'custom',
    maker: makerOf(report),
  };
}

function chipOptions(report: Report): Partial<Record<keyof SimulatorOptions, unknown>> {
  const keys: Readonly<Record<string, string>> = { tuya: 'tuya', zeros: 'none' };
  const status = new Map(report.hexValues('chip.status'));
  const first = status.get(0x05);
  const known = report.flag('chip.bootloader.known');
  const isBlank = report.text('chip.bootloader.name', /^.*$/) === 'blank';
  return {
    size: report.number('chip.flash.size', 0x4000000),
    jedec: report.text('chip.flash.id', /^[0-9a-f]{6}$/),
    key: keys[report.text('chip.key', /^.*$/) ?? ''],
    protect: first === undefined ? undefined : ((status.get(0x35) ?? 0) << 8) | first,
    bootloader: known === false ? (isBlank ? 'blank' : 'unknown') : undefined,
  };
}

function lineOptions(report: Report): Partial<Record<keyof SimulatorOptions, unknown>> {
  const opens = report.ms('link.window.opensMs');
  const closes = report.ms('link.window.closesMs') ?? report.ms('link.window.longestMs');
  const wire = report.text('link.wire', /^(rts|dtr)(-inverted)?$/);
  const isTried = report.text('link.restart', /^(wire|command)$/) !== undefined;
  return {
    window: opens === undefined || closes === undefined ? undefined : Math.max(0, closes - opens),
    reset: wire ?? (isTried ? 'none' : undefined),
    latency: report.ms('line.holdMs'),
    baudLimit: report.number('line.fastestBaud', 10_000_000),
    ahead: report.flag('line.commandAhead'),
    erase32: report.ms('flash.eraseMs.32768.median') === undefined ? undefined : true,
  };
}

function timingsOf(report: Report): Partial<Record<keyof Timings, unknown>> {
  const perMs = (name: string) => {
    const perSecond = report.number(name, Number.MAX_SAFE_INTEGER);
    return perSecond === undefined || perSecond === 0 ? undefined : perSecond / 1000;
  };
  const blank = perMs('checksum.blankBytesPerSecond');
  return {
    boot: report.ms('link.window.opensMs'),
    answer: report.ms('line.delayMs'),
    crcBytesPerMs: perMs('checksum.otherBytesPerSecond') ?? blank,
    crcBlankBytesPerMs: blank,
    sectorErase: report.ms('flash.eraseMs.4096.median'),
    halfBlockErase: report.ms('flash.eraseMs.32768.median'),
    blockErase: report.ms('flash.eraseMs.65536.median'),
    pageProgram: report.ms('flash.programMs.256.median'),
    sectorProgram: report.ms('flash.programMs.4096.median'),
  };
}

function makerOf(report: Report): Buffer | null {
  const mac = report.text('chip.mac', /^([0-9a-f]{2}:){3}\*\*:\*\*:\*\*$/);
  return mac === undefined ? null : Buffer.from(mac.slice(0, 8).replaceAll(':', ''), 'hex');
}

/** Values of a report by their place, as `chip.flash.size`. What is null or not there is undefined. */
class Report {
  readonly #path: string;
  readonly #document: unknown;

  constructor(path: string, bytes: Buffer) {
    this.#path = path;
    try {
      this.#document = JSON.parse(bytes.toString('utf8'));
    } catch {
      throw this.#refused(say('simulator.reportNoJson'));
    }
    if (this.#at('format') !== FORMAT) throw this.#refused(say('simulator.reportNoFormat'));
    const version = this.#at('version');
    if (version !== 1)
      throw this.#refused(say('simulator.reportVersion', { version: shown(version) }));
  }

  /** @throws BkError BK_BAD_SETTING for a report of another model */
  mustBeOf(chip: ChipName): void {
    const name = this.#at('chip.model');
    if (name === null || name === undefined || name === chip) return;
    if (typeof name !== 'string' || !Object.hasOwn(CHIPS, name))
      throw this.#unfit('chip.model', name);
    throw new BkError(
      'BK_BAD_SETTING',
      say('simulator.profileOfOtherChip', { path: this.#path, other: name, chip }),
      {
        phase: 'open',
        advice: [say('simulator.takeChipOfReport', { other: name.toLowerCase() })],
      },
    );
  }

  ms(name: string): number | undefined {
    return this.number(name, LONGEST_MS);
  }

  number(name: string, most: number): number | undefined {
    return this.#value(name, (value) => typeof value === 'number' && value >= 0 && value <= most);
  }

  text(name: string, form: RegExp): string | undefined {
    return this.#value(name, (value) => typeof value === 'string' && form.test(value));
  }

  flag(name: string): boolean | undefined {
    return this.#value(name, (value) => typeof value === 'boolean');
  }

  /** Entries whose names and values are hex digits, of 32 bits at most. */
  hexValues(name: string): [number, number][] {
    const isHex = (text: unknown) => typeof text === 'string' && /^[0-9a-f]{1,8}$/.test(text);
    const all: object | undefined = this.#value(
      name,
      (value) =>
        typeof value === 'object' &&
        Object.entries(value ?? {})
          .flat()
          .every(isHex),
    );
    return Object.entries(all ?? {}).map(([address, value]) => [
      Number.parseInt(address, 16),
      Number.parseInt(value, 16),
    ]);
  }

  #value<Value>(name: string, fits: (value: unknown) => boolean): Value | undefined {
    const value = this.#at(name);
    if (value === null || value === undefined) return undefined;
    if (!fits(value)) throw this.#unfit(name, value);
    return value as Value;
  }

  #at(name: string): unknown {
    return name
      .split('.')
      .reduce<unknown>(
        (value, key) =>
          typeof value === 'object' && value !== null && Object.hasOwn(value, key)
            ? (value as Record<string, unknown>)[key]
            : undefined,
        this.#document,
      );
  }

  #unfit(name: string, value: unknown): BkError {
    return this.#refused(say('simulator.reportValue', { name, given: shown(value) }));
  }

  #refused(what: Note): BkError {
    return new BkError('BK_BAD_SETTING', say('simulator.noReport', { path: this.#path, what }), {
      phase: 'open',
      advice: [say('simulator.takeReport')],
    });
  }
}

function withoutUndefined<T extends object>(values: T): Partial<Record<keyof T, never>> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Record<keyof T, never>>;
}
