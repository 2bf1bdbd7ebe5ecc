import { readFileSync, type Stats, statSync } from 'node:fs';
import { BkError, textOf } from '../../errors';
import { type Note, say } from '../../texts/note';

/**
 * What is in a file that an option names. A relative one begins where the program was started.
 * @param most bytes; a longer one cannot be what the option wants
 * @throws BkError BK_STORAGE
 */
export function readOptionFile(option: string, path: string, most: number): Buffer {
  const refuse = (what: Note, reason?: unknown): BkError =>
    new BkError('BK_STORAGE', what, {
      phase: 'open',
      ...(reason === undefined ? {} : { reason }),
      advice: [say('simulator.checkFileName')],
    });
  let stats: Stats | undefined;
  try {
    // Asked before it is opened: a pipe would have the whole program wait for somebody to write to it.
    stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() && stats.size <= most) return readFileSync(path);
  } catch (reason) {
    throw refuse(say('simulator.fileUnreadable', { option, path, reason: textOf(reason) }), reason);
  }
  if (stats === undefined) throw refuse(say('simulator.noSuchFile', { option, path }));
  if (!stats.isFile()) throw refuse(say('simulator.noPlainFile', { option, path }));
  throw refuse(say('simulator.fileTooLongToRead', { option, path, bytes: stats.size, most }));
}
