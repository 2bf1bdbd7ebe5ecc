import type { Request } from 'express';
import { inspect, LONGEST_IMAGE, say } from '../../../src';
import type { HeldImage } from '../messages';
import type { HeldImages } from './held-images';
import { readBody } from './read-body';
import { Refusal } from './refusal';

/** As many at a time: each may need its whole length of memory. */
const MOST_UPLOADS = 2;

/** Takes files that were chosen in the browser, and says what they are, secrets hidden. */
export class Uploads {
  readonly #images: HeldImages;
  #underWay = 0;

  constructor(images: HeldImages) {
    this.#images = images;
  }

  async take(request: Request): Promise<HeldImage> {
    if (this.#underWay >= MOST_UPLOADS)
      throw new Refusal(429, say('flasher.tooManyUploads'), say('flasher.sendAgain'));
    this.#underWay++;
    try {
      const bytes = await readBody(request, LONGEST_IMAGE);
      const inspection = await inspect(bytes, { secrets: 'hide' });
      const { name } = request.query;
      return this.#images.hold(typeof name === 'string' ? name : '', bytes, inspection);
    } finally {
      this.#underWay--;
    }
  }
}
