import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';

/** To open a pipe waits for somebody at its other end, and a terminal may become that of this program. */
const NO_WAIT = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
/** Windows has none of these flags: there it is what was asked before that counts. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** What a file may be that somebody else can have put there. */
export interface Bounds {
  /** Bytes that are read at most. */
  most: number;
  /** Whether a link leads to a file as good: of the files under way, which only this program makes, none does. */
  links?: 'follow' | 'refuse';
  /** Of a file that is longer: nothing, or so much of it. */
  longer?: 'refuse' | 'cut';
  /** Where in the file to begin, bytes; default at its beginning. */
  from?: number;
}

/**
 * The bytes of a file that may be anything: a pipe, a socket, a device, longer than the memory. Waits for nobody,
 * and reads what was looked at, also where something else takes its place meanwhile.
 * @returns what it is instead, where it is no plain file or too long
 * @throws errors of the operating system
 */
export function readPlain(path: string, bounds: Bounds): Promise<Buffer | Stats> {
  return usePlain(path, bounds, (file, { size }) => {
    const from = Math.min(bounds.from ?? 0, size);
    return readFrom(file, from, Math.min(size - from, bounds.most));
  });
}

/** Bytes that are held at once of a file that is only hashed. */
const PIECE = 256 * 1024;

/**
 * The SHA-256 of a file and its length, piece by piece, with the same care.
 * @param onPiece is told of each piece, bytes; ends it by throwing
 * @returns what it is instead, where it is no plain file or too long
 * @throws errors of the operating system
 */
export function hashPlain(
  path: string,
  bounds: Pick<Bounds, 'most'>,
  onPiece: (bytes: number) => void = () => {},
): Promise<{ sha256: string; length: number } | Stats> {
  return usePlain(path, bounds, async (file) => {
    const hash = createHash('sha256');
    const piece = Buffer.alloc(PIECE);
    let length = 0;
    while (length <= bounds.most) {
      const { bytesRead } = await file.read(piece, 0, PIECE, length);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
      length += bytesRead;
      onPiece(bytesRead);
    }
    return { sha256: hash.digest('hex'), length };
  });
}

async function usePlain<T>(
  path: string,
  bounds: Bounds,
  use: (file: FileHandle, stats: Stats) => Promise<T>,
): Promise<T | Stats> {
  // Asked before it is opened, too: a serial port that is opened resets what hangs on it.
  const asked = await (bounds.links === 'refuse' ? lstat(path) : stat(path));
  if (!fits(asked, bounds)) return asked;
  const follow = bounds.links === 'refuse' ? NO_FOLLOW : 0;
  const file = await open(path, constants.O_RDONLY | NO_WAIT | follow);
  try {
    const stats = await file.stat();
    if (!fits(stats, bounds)) return stats;
    return await use(file, stats);
  } finally {
    await file.close();
  }
}

/** The same where it does not matter why there are none; null then. */
export async function readIfPlain(path: string, bounds: Bounds): Promise<Buffer | null> {
  const read = await readPlain(path, bounds).catch(() => null);
  return Buffer.isBuffer(read) ? read : null;
}

function fits(stats: Stats, { most, longer }: Bounds): boolean {
  return stats.isFile() && (stats.size <= most || longer === 'cut');
}

/** Not until the end: a file may grow as long as it is read. */
async function readFrom(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
