import { ownName } from '../../chip/known/chip-queries';
import { CHIP_NAMES, type ChipName } from '../../chip/known/chips';
import { BkError, shown } from '../../errors';
import { anyOf, type Note, say } from '../../texts/note';
import { RECORDINGS, type Recording } from '../../trace/recorder';

export const RESET_METHODS = [
  'auto',
  'none',
  'rts',
  'dtr',
  'rts-inverted',
  'dtr-inverted',
] as const;

/** How the chip can be reset; `auto` tries what is harmless where unwired. */
export type ResetMethod = (typeof RESET_METHODS)[number];

/** What a person sets for one chip on one port. */
export interface DeviceSettings {
  /** `/dev/ttyUSB0`, `COM4`, `tcp://host:port`, `sim://<chip>`, … */
  port: string;
  /** For messages and records; the port where missing. */
  name?: string;
  /**
   * An expectation: another chip is an error before anything is written. Names by which people know chips are
   * taken, too, as `T2`. Default `auto`.
   */
  chip?: ChipName | 'auto' | (string & {});
  /** Bits per second; default `auto`. */
  baud?: number | 'auto';
  reset?: ResetMethod;
  /** Seconds to wait for the chip to answer, a person's reset included. Default 60. */
  linkTimeout?: number;
  /** Seconds for which a link is kept after the last job. Default 10. */
  idle?: number;
  /** What ends a link: start the firmware, or leave the chip in download mode. Default `reboot`. */
  after?: 'reboot' | 'leave';
  /** How much of a link its record keeps: what a failure needs, or all of it, some 30 MiB at most. Default `failures`. */
  record?: Recording;
  /** Of the web page of a device on the network; told to nobody else. Default none. */
  password?: string;
}

/** Settings with every default in its place. */
export interface FilledSettings extends Required<DeviceSettings> {
  chip: ChipName | 'auto';
}

const DEFAULTS: Omit<FilledSettings, 'port' | 'name'> = {
  chip: 'auto',
  baud: 'auto',
  reset: 'auto',
  linkTimeout: 60,
  idle: 10,
  after: 'reboot',
  record: 'failures',
  password: '',
};

/** Rates that a UART of these chips can have at all; 6.5 Mbit/s is a quarter of its clock. */
const BAUD_RANGE = { minimum: 9600, maximum: 6_500_000 };

/**
 * The longest wait that a setting may ask for, seconds: timers carry no more milliseconds than 31 bits hold.
 */
export const LONGEST_WAIT = 2_147_483;
/** `http://admin:secret@host`: whatever names the port would tell it. */
const WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i;
const AFTER: readonly FilledSettings['after'][] = ['reboot', 'leave'];
const NAMES = ['port', 'name', ...Object.keys(DEFAULTS)];

/**
 * Puts defaults in.
 * @param given whatever code has given as the settings of a device
 * @throws BkError BK_BAD_SETTING naming the setting and what it may be
 */
export function fillSettings(given: DeviceSettings): FilledSettings {
  must(
    typeof given === 'object' && given !== null && !Array.isArray(given),
    say('session.settingsAreNoObject', { given: shown(given) }),
    say('session.giveObject'),
  );
  const { name, port: untrimmed } = given;
  const port = typeof untrimmed === 'string' ? untrimmed.trim() : untrimmed;
  must(
    typeof port === 'string' && port !== '',
    port === undefined || port === ''
      ? say('session.noPort')
      : say('session.wrongPort', { given: shown(port) }),
    say('session.setPort'),
  );
  mustHideNothing(port);
  const filled: FilledSettings = {
    ...DEFAULTS,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    port,
    name: name === undefined || name === '' ? port : name,
    ...(typeof given.chip === 'string' ? { chip: ownName(given.chip) as ChipName } : {}),
  };
  const wrong = (setting: keyof FilledSettings, wanted: string | Note): [Note, Note] => [
    say('session.wrongSetting', { setting, port, given: shown(filled[setting]), wanted }),
    say('session.correctSetting', { setting }),
  ];
  for (const setting of Object.keys(filled)) {
    must(
      NAMES.includes(setting),
      say('session.unknownSetting', { port, setting: shown(setting), known: NAMES.join(', ') }),
      say('session.correctName'),
    );
  }
  must(typeof filled.name === 'string', ...wrong('name', say('session.wantedText')));
  must(
    filled.chip === 'auto' || CHIP_NAMES.includes(filled.chip),
    ...wrong('chip', say('session.wantedAutoOrOneOf', { names: CHIP_NAMES.join(', ') })),
  );
  must(
    filled.baud === 'auto' ||
      (Number.isInteger(filled.baud) &&
        filled.baud >= BAUD_RANGE.minimum &&
        filled.baud <= BAUD_RANGE.maximum),
    ...wrong('baud', say('session.wantedAutoOrWhole', BAUD_RANGE)),
  );
  must(
    RESET_METHODS.includes(filled.reset),
    ...wrong('reset', say('session.wantedOneOf', { names: RESET_METHODS.join(', ') })),
  );
  for (const setting of ['linkTimeout', 'idle'] as const) {
    must(
      Number.isFinite(filled[setting]) && filled[setting] >= 0 && filled[setting] <= LONGEST_WAIT,
      ...wrong(setting, say('session.wantedSeconds', { maximum: LONGEST_WAIT })),
    );
  }
  must(AFTER.includes(filled.after), ...wrong('after', anyOf(AFTER)));
  must(RECORDINGS.includes(filled.record), ...wrong('record', anyOf(RECORDINGS)));
  must(
    typeof filled.password === 'string' && !/\p{Cc}/u.test(filled.password),
    say('session.wrongPassword', { port }),
    say('session.correctSetting', { setting: 'password' }),
  );
  return filled;
}

/**
 * Refuses an address with a user's name or a password in it, and does not tell it.
 * @throws BkError BK_BAD_SETTING
 */
export function mustHideNothing(port: string): void {
  must(!WITH_PASSWORD.test(port), say('session.passwordInPort'), say('session.givePassword'));
}

function must(condition: boolean, message: Note, advice: Note): asserts condition {
  if (!condition) throw new BkError('BK_BAD_SETTING', message, { phase: 'open', advice: [advice] });
}
