import { crc32 } from 'node:zlib';
import { CHIP_NAMES } from '../chip/known/chips';
import { COMMANDS } from '../protocol/commands/command-table';
import type { Note, ParamValue } from '../texts/note';
import type { OptionValue } from './record-lines';

/** Stands for words that are not told. */
export const HIDDEN = '…';

/** Words of ours: no text from elsewhere is among them. */
const WORDS: ReadonlySet<string> = new Set([
  ...CHIP_NAMES,
  ...COMMANDS.map(({ name }) => name),
  ...[
    'auto',
    'flash',
    'rom',
    'efuse',
    'otp',
    'openbeken',
    'littlefs',
    'tuya',
    'none',
    'custom',
    'unknown',
    'blank',
  ],
  ...['open', 'link', 'identify', 'compare', 'backup', 'read', 'erase', 'write', 'verify'],
]);

/** What a sentence is told by these names is a number of ours, in hex where it is a text. */
const NUMBERS: ReadonlySet<string> = new Set([
  ...[
    'address',
    'offset',
    'length',
    'size',
    'start',
    'end',
    'from',
    'to',
    'unit',
    'slot',
    'needed',
  ],
  ...['crc', 'chipId', 'status', 'mask', 'part', 'said', 'found', 'first', 'limit', 'room'],
]);
const HEX = /^(0x)?[0-9a-f]{1,8}$/;

/** What a sentence is told by these names may be what somebody typed, though it be a number. */
const TYPED: ReadonlySet<string> = new Set(['given', 'value', 'text', 'key', 'word']);

/** A sentence without any word that is not ours: values that could be somebody's are `…`. */
export function cleanNote({ code, params }: Note): Note {
  const clean = Object.entries(params).map(([name, value]) => [name, cleanParam(name, value)]);
  return { code, params: Object.fromEntries(clean) };
}

function cleanParam(name: string, value: ParamValue): ParamValue {
  if (typeof value === 'number') return TYPED.has(name) ? HIDDEN : value;
  if (typeof value === 'string') {
    if (name === 'port') return cleanPort(value);
    return isOurs(name, value) ? value : HIDDEN;
  }
  return 'code' in value ? cleanNote(value) : value.map(cleanNote);
}

function isOurs(name: string, value: string): boolean {
  if (TYPED.has(name)) return false;
  return WORDS.has(value) || (NUMBERS.has(name) && HEX.test(value));
}

/** Options of a simulated chip that tell nothing of anybody's; names as in its addresses, in lower case. */
const SIMULATED: ReadonlySet<string> = new Set([
  ...['size', 'baudlimit', 'window', 'seed', 'brownout', 'corrupt', 'lose', 'deadsector', 'speed'],
  ...[
    'reset',
    'app',
    'appbaud',
    'crash',
    'uart',
    'joined',
    'srpunish',
    'midlength',
    'stay',
    'jedec',
    'bootloader',
    'protect',
    'latency',
    'answer',
    'slow',
    'ahead',
    'erase32',
    'calibration',
    'download',
    'contents',
  ],
]);
const PLAIN_VALUE = /^[A-Za-z0-9.]{1,16}$/;
/** Names of serial ports; such of links and terminals in people's folders are theirs. */
const SERIAL = /^(?:\\\\\.\\)?COM\d{1,4}$|^\/dev\/(?!.*\.\.)[\w./:+@=-]+$/i;

/** An adapter by its ids, and behind them its serial number and which of its ports it is. */
const USB = /^(usb:[0-9a-f]{1,4}:[0-9a-f]{1,4})(:[^#]*)?(#[\d.]+)?$/i;

/** A port as it may be told: serial ports as they are, adapters without what tells one from its twins, all others without hosts, files, keys and addresses. */
export function cleanPort(port: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(port) ?? [];
  const [, ids, serial, unit = ''] = USB.exec(port) ?? [];
  if (ids !== undefined) return `${ids}${serial === undefined ? '' : `:${HIDDEN}`}${unit}`;
  if (scheme === '') return SERIAL.test(port) ? port : HIDDEN;
  if (scheme.toLowerCase() !== 'sim') {
    const number = /:(\d{1,5})$/.exec(rest)?.[1];
    return `${scheme}://${HIDDEN}${number === undefined ? '' : `:${number}`}`;
  }
  const [chip = '', query = ''] = rest.split('?', 2);
  const name = CHIP_NAMES.find((one) => one === chip.toUpperCase())?.toLowerCase() ?? HIDDEN;
  const options = [...new URLSearchParams(query)].map(([option, value]) => {
    const isPlain = SIMULATED.has(option.toLowerCase()) && PLAIN_VALUE.test(value);
    return SIMULATED.has(option.toLowerCase()) || KNOWN_SECRET.has(option.toLowerCase())
      ? `${option}=${isPlain ? value : HIDDEN}`
      : HIDDEN;
  });
  return `sim://${name}${options.length === 0 ? '' : `?${options.join('&')}`}`;
}

/** That they were given is told, with what is not. */
const KNOWN_SECRET: ReadonlySet<string> = new Set(['flash', 'key', 'efuse', 'mac', 'profile']);

/** Options of jobs that are numbers, switches or one of a few words. */
const TOLD: ReadonlySet<string> = new Set([
  ...[
    'memory',
    'offset',
    'length',
    'skip',
    'part',
    'unchanged',
    'bootloader',
    'anyImage',
    'dryRun',
  ],
  ...['region', 'calibration', 'linkTimeout', 'startCheck'],
]);
/** Options of which only that they were given is told. */
const GIVEN: ReadonlySet<string> = new Set(['file', 'openbeken']);
const SWITCH = /^[a-z]{1,12}$/;
/** Images shorter than this have no checksum, bytes. */
const SHORTEST_IMAGE = 64;

/** The options of a job without what they may hold of somebody's. @param options whatever was given */
export function cleanOptions(options: unknown): Record<string, OptionValue> {
  if (typeof options !== 'object' || options === null) return {};
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]): [string, OptionValue][] => {
      if (value === undefined) return [];
      if (GIVEN.has(name)) return [[name, true]];
      if (name === 'image') return [[name, imageOf(value)]];
      if (name === 'backup') return [[name, optionValue(value?.mode)]];
      return TOLD.has(name) ? [[name, optionValue(value)]] : [];
    }),
  );
}

function optionValue(value: unknown): OptionValue {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' && SWITCH.test(value) ? value : HIDDEN;
}

function imageOf(image: unknown): OptionValue {
  if (!(image instanceof Uint8Array)) return HIDDEN;
  const n = image.length;
  if (n < SHORTEST_IMAGE) return { n };
  return { n, crc: crc32(image).toString(16).padStart(8, '0') };
}
