import { plainCode } from './app-code';
import { type AppFacts, readAppFacts } from './app-text';
import type { CodeKey } from './marker';

/** Images for N have this text behind the vectors; some newer ones for other chips too. Source: real dumps. */
const CHIP_TEXT = 'BK7231\0\0';
const CHIP_TEXT_AT = 0x100;

/** What the code of an application tells. */
export interface AppImage extends AppFacts {
  /** Its first word, in clear. */
  firstWord: number | null;
  saysBk7231: boolean;
  /** Bytes of code, without check bytes. */
  codeLength: number;
}

/** What code in clear tells, as update files hold it and as `plainCode` gives it. Never throws. */
export function readAppCode(code: Buffer): AppImage {
  const text = code.toString('latin1');
  return {
    ...readAppFacts(text),
    firstWord: code.length < 4 ? null : code.readUInt32LE(0),
    saysBk7231: text.startsWith(CHIP_TEXT, CHIP_TEXT_AT),
    codeLength: code.length,
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
  for (const slice of plainCode(bytes, offset, end, key)) {
    slices.push(slice);
    yield;
  }
  return readAppCode(Buffer.concat(slices));
}
