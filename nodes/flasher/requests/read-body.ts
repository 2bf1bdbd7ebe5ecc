import type { Readable } from 'node:stream';
import { say } from '../../../src';
import { Refusal } from './refusal';

/** What is asked of a request: its bytes, and how long it says that they are. */
type Request = Readable & { readonly headers: { readonly 'content-length'?: string | undefined } };

const MIB = 1024 * 1024;

/**
 * The bytes of a request, read as they come. What is longer is not kept: 413.
 * @param most bytes
 */
export function readBody(request: Request, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const tooLarge = () =>
      new Refusal(
        413,
        say('flasher.imageTooLarge', { mib: most / MIB }),
        say('flasher.chooseOtherFile'),
      );
    const broken = () =>
      reject(new Refusal(400, say('flasher.uploadBroke'), say('flasher.sendAgain')));
    if (Number(request.headers['content-length'] ?? 0) > most) {
      reject(tooLarge());
      return;
    }
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= most) {
        pieces.push(piece);
        return;
      }
      // What still comes is let pass, so that the browser hears the answer.
      pieces.length = 0;
      reject(tooLarge());
    });
    request.once('end', () => resolve(Buffer.concat(pieces)));
    request.once('error', broken);
    request.once('close', broken);
  });
}
