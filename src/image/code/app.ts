import type { CodeKey } from '../../chip/marker';
import { plainCode } from './app-code';
import { readAppName } from './app-names';
import { type AppFacts, readSdkLine } from './app-text';
import { onFlash } from './packets';

/** Images for N have this text behind the vectors; some newer ones for other chips too. Source: real dumps. */
const CHIP_TEXT = 'BK7231\0\0';
const CHIP_TEXT_AT = 0x100;
/** More than any application has; its texts are looked for no further. */
const MOST_TEXT = 4 * 1024 * 1024;

/** What the code of an application tells. */
export interface AppImage extends AppFacts {
  saysBk7231: boolean;
  /** All of its code that was read, one letter a byte. */
  text: string;
  /** Names of chips and boards that it says it is for, best first; several where they differ. */
  targets: readonly string[];
}

/** What code in clear tells, as update files hold it and as `plainCode` gives it. Never throws. */
export function readAppCode(code: Buffer): AppImage {
  const text = code.toString('latin1', 0, MOST_TEXT);
  const { project = null, version = null, targets = [] } = readAppName(text) ?? {};
  return {
    project,
    version,
    sdk: readSdkLine(text),
    text,
    targets,
    saysBk7231: text.startsWith(CHIP_TEXT, CHIP_TEXT_AT),
  };
}

/**
 * Reads the application whose packets begin at `offset`, in slices of a few milliseconds: the caller
 * decides what happens between them.
 * @param end where its slot ends at the latest, bytes
 */
export function* readApp(
  bytes: Uint8Array,
  offset: number,
  end: number,
  key: CodeKey,
): Generator<void, AppImage> {
  const slices: Buffer[] = [];
  const last = Math.min(end, offset + onFlash(MOST_TEXT));
  for (const slice of plainCode(bytes, offset, last, key)) {
    slices.push(slice);
    yield;
  }
  return readAppCode(Buffer.concat(slices));
}
