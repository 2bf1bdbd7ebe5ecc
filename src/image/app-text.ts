import { type JsonObject, parseTuyaObject } from './tuya-json';

/** What an application calls itself. */
export interface AppFacts {
  project: string | null;
  version: string | null;
  /** The SDK's line about its build. */
  sdk: string | null;
}

/** What firmware is told by: a text with the name, and the version in its first group. */
const KNOWN: readonly { project: string; pattern: RegExp }[] = [
  { project: 'ESPHome', pattern: /ESPHome version (\d{1,4}(?:\.\d{1,3}){1,2}[\w-]{0,12})/ },
];
const OPENBEKEN_NAME = /\0(OpenBK[\w]{2,12})[\0_]/;
const OPENBEKEN_VERSION = /Built on [ -~]{8,40} version ([\w.+-]{1,40})/;
/** Tuya's: the project's name, then its version; some put a label between. Source: real dumps. */
const TUYA_PROJECT =
  /\0([A-Za-z][\w-]{3,62})\0{1,4}(?:firmName\0{1,4})?(\d{1,3}\.\d{1,3}\.\d{1,3})\0/g;
const TUYA_NAME = /bk72|^oem_|_ty$/i;
const SDK_LINE = /<[^<>\0]{0,60}BUILD AT:[^<>\0]{1,200}>/;
/** Any text of settings holds these; the later ones are less sure. Source: bk7231tools. */
const PARAM_MARKS = [',crc:', ',module:', 'Jsonver:'] as const;
/** More places than this are looked at in no firmware. */
const MOST_PLACES = 32;
const LONGEST_PARAM = 4096;
/** Fewer settings are the text of a format, not of a device. */
const FEWEST_SETTINGS = 4;

/** Name, version and SDK of an application by its texts. `text` is its plain code, one letter a byte. */
export function readAppFacts(text: string): AppFacts {
  const sdk = SDK_LINE.exec(text)?.[0] ?? null;
  for (const [, project = '', version = ''] of text.matchAll(TUYA_PROJECT))
    if (TUYA_NAME.test(project)) return { project, version, sdk };
  const openBeken = OPENBEKEN_NAME.exec(text)?.[1];
  if (openBeken !== undefined)
    return { project: openBeken, version: OPENBEKEN_VERSION.exec(text)?.[1] ?? null, sdk };
  for (const { project, pattern } of KNOWN) {
    const version = pattern.exec(text)?.[1];
    if (version !== undefined) return { project, version, sdk };
  }
  return { project: null, version: null, sdk };
}

/**
 * The settings that some firmware carries in its own code instead of in the storage; null where it
 * has none. Firmware that reads the storage may hold some too, as a fallback that is of another device.
 */
export function readAppParam(text: string): JsonObject | null {
  for (const mark of PARAM_MARKS) {
    let at = text.indexOf(mark);
    for (let place = 0; at >= 0 && place < MOST_PLACES; place++) {
      const param = paramAround(text, at);
      if (param !== null) return param;
      at = text.indexOf(mark, at + 1);
    }
  }
  return null;
}

/** The text between the two NULs around this place, where it is one with settings. */
function paramAround(text: string, at: number): JsonObject | null {
  const before = text.slice(Math.max(0, at - LONGEST_PARAM), at);
  const behind = text.slice(at, at + LONGEST_PARAM);
  const start = before.lastIndexOf('\0');
  const end = behind.indexOf('\0');
  if (start < 0 || end < 0) return null;
  const param = parseTuyaObject(before.slice(start + 1) + behind.slice(0, end));
  return param !== null && Object.keys(param).length >= FEWEST_SETTINGS ? param : null;
}
