import { CHIP_MODELS } from '../../chip/known/chips';
/** What an application calls itself, and the chips that its texts name. */
export interface AppName {
  project: string;
  version: string | null;
  /** Names of chips and boards in it, best first; several where they differ. */
  targets: readonly string[];
}

/** Of ESPHome, by the line in its log, or by what it tells update servers. */
const ESPHOME =
  /ESPHome version (\d{1,4}(?:\.\d{1,3}){1,2}[\w-]{0,12})|\(esphome v(\d{1,4}(?:\.\d{1,3}){1,2}[\w-]{0,12})\)/;
/** LibreTiny's line about its build, with the board; ESPHome stands on it. Source: ESPHome's releases. */
const LIBRETINY = /LibreTiny v([\w.+-]{1,40}) on ([\w-]{2,48}), compiled at /;

/**
 * OpenBeken's name: alone, or with its version behind `_` or a space. Firmware for T also holds
 * the name for N with `_%02X…` behind it, a format that it shares with N's and that says nothing about the chip.
 * Source: OpenBeken's releases from 1.17.130 on.
 */
const OPENBEKEN = /\0(OpenBK[0-9A-Z]{2,10})(?:(?=\0)|[_ ]([\w.+-]{1,40})(?=[\0 ]))/g;
const OPENBEKEN_BUILD = /Built on [ -~]{8,40} version ([\w.+-]{1,40})/;

const TUYA_VERSION = /\0(\d{1,3}\.\d{1,3}\.\d{1,3})(?=\0)/g;
const TUYA_NAME = /bk72|^oem_|_ty$/i;
/** Of a project's name, and of the NULs and the label between it and its version. */
const TUYA_LONGEST = 63;
const TUYA_SHORTEST = 4;
const TUYA_MOST_NULS = 4;
const TUYA_LABEL = 'firmName';
/** The chip in the name of Tuya's projects. */
const TUYA_CHIP = new RegExp(
  `(?:^|_)(${CHIP_MODELS.flatMap(({ tuya }) => tuya.projects).join('|')})(?:_|$)`,
  'i',
);

/**
 * Whose firmware the text is, by what only that firmware says; null where it does not tell.
 * @param text plain code, one letter a byte
 */
export function readAppName(text: string): AppName | null {
  return libreTiny(text) ?? openBeken(text) ?? esphome(text) ?? tuya(text);
}

function libreTiny(text: string): AppName | null {
  const match = LIBRETINY.exec(text);
  if (match === null) return null;
  const [, version = '', board = ''] = match;
  const named = esphome(text) ?? { project: 'LibreTiny', version };
  return { ...named, targets: [board] };
}

function esphome(text: string): AppName | null {
  const match = ESPHOME.exec(text);
  const version = match?.[1] ?? match?.[2];
  return version === undefined ? null : { project: 'ESPHome', version, targets: [] };
}

/** The name that stands with the version of the build outranks others, and one with any version a bare one. */
function openBeken(text: string): AppName | null {
  const build = OPENBEKEN_BUILD.exec(text)?.[1] ?? null;
  const ranked: [Set<string>, Set<string>, Set<string>] = [new Set(), new Set(), new Set()];
  let versionOfName: string | null = null;
  for (const [, name = '', version] of text.matchAll(OPENBEKEN)) {
    ranked[version === undefined ? 2 : version === build ? 0 : 1].add(name);
    versionOfName ??= version ?? null;
  }
  const names = ranked.find(({ size }) => size > 0);
  if (names === undefined) return null;
  const targets = [...names];
  return { project: targets[0] as string, version: build ?? versionOfName, targets };
}

/** Tuya's: the project's name, then its version; some put a label between. Source: real dumps. */
function tuya(text: string): AppName | null {
  for (const match of text.matchAll(TUYA_VERSION)) {
    const word = wordBefore(text, match.index);
    const project = word === TUYA_LABEL ? labelled(text, match.index) : word;
    if (project === null || !TUYA_NAME.test(project)) continue;
    const chip = TUYA_CHIP.exec(project)?.[1];
    return { project, version: match[1] as string, targets: chip === undefined ? [] : [chip] };
  }
  return null;
}

/** The word in front of the label that ends here. */
function labelled(text: string, end: number): string | null {
  const at = behindNuls(text, end) - TUYA_LABEL.length;
  return at > 0 ? wordBefore(text, at - 1) : null;
}

/** The word that ends in front of the NULs up to this one, with a NUL in front; null where there is none. */
function wordBefore(text: string, nul: number): string | null {
  const end = behindNuls(text, nul);
  let start = end;
  while (start > 0 && end - start <= TUYA_LONGEST && isWord(text.charCodeAt(start - 1))) start--;
  const length = end - start;
  if (length < TUYA_SHORTEST || length > TUYA_LONGEST) return null;
  return start > 0 && text[start - 1] === '\0' && /^[A-Za-z]/.test(text[start] as string)
    ? text.slice(start, end)
    : null;
}

/** The first place behind what is in front of the NULs, of which the last one lies here. */
function behindNuls(text: string, nul: number): number {
  let at = nul;
  while (at > 0 && nul - at < TUYA_MOST_NULS - 1 && text.charCodeAt(at - 1) === 0) at--;
  return at;
}

/** Letters, digits, `_` and `-`. */
function isWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d
  );
}
