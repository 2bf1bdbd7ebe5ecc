import { type JsonObject, parseTuyaObject } from '../tuya/tuya-json';

/** What an application calls itself. */
export interface AppFacts {
  project: string | null;
  version: string | null;
  /** The SDK's line about its build. */
  sdk: string | null;
}

const SDK_MARK = 'BUILD AT:';
/** At most so much stands in front of and behind the mark, on the same line. */
const SDK_BEFORE = 60;
const SDK_BEHIND = 200;
/** Any text of settings holds these; the later ones are less sure. Source: bk7231tools. */
const PARAM_MARKS = [',crc:', ',module:', 'Jsonver:'] as const;
/** More places than this are looked at in no firmware. */
const MOST_PLACES = 32;
const LONGEST_PARAM = 4096;
/** Fewer settings are the text of a format, not of a device. */
const FEWEST_SETTINGS = 4;

/** The SDK's line about its build, `< BUILD AT:… AT <chip> >`; null where there is none. */
export function readSdkLine(text: string): string | null {
  let at = text.indexOf(SDK_MARK);
  for (let place = 0; at >= 0 && place < MOST_PLACES; place++) {
    const line = lineAround(text, at);
    if (line !== null) return line;
    at = text.indexOf(SDK_MARK, at + 1);
  }
  return null;
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

/** From `<` to `>` around this place, with neither of them nor a NUL between. */
function lineAround(text: string, at: number): string | null {
  const before = text.slice(Math.max(0, at - SDK_BEFORE - 1), at);
  const start = before.lastIndexOf('<');
  const behind = text.slice(at + SDK_MARK.length, at + SDK_MARK.length + SDK_BEHIND + 1);
  const end = behind.indexOf('>');
  if (start < 0 || end < 1) return null;
  const inside = before.slice(start + 1) + behind.slice(0, end);
  if (/[<>\0]/.test(inside)) return null;
  return `${before.slice(start)}${SDK_MARK}${behind.slice(0, end + 1)}`;
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
