import { loadImage } from '../../../../src/jobs/place/load-image';
import { read } from '../../../../src/jobs/read';
import { write } from '../../../../src/jobs/write';
import { noise } from '../../../support/bench-device';
import type { Case } from '../rig';

type Job = Case['job'];

export const KIB = 1024;
/** Where jobs read and write. */
export const OFFSET = 0x100000;

export const writing =
  (seed: number, length = 256 * KIB): Job =>
  async (context) => {
    const options = { image: noise(length, seed), offset: OFFSET };
    await write(context, options, await loadImage(options));
  };

/** Of used flash: blank flash is not brought over the line. */
export const reading =
  (length = 256 * KIB): Job =>
  async (context, { chip }) => {
    noise(length, 3).copy(chip.flash, OFFSET);
    await read(context, { offset: OFFSET, length });
  };

/** Linking and identifying is all there is to do. */
export const nothing: Job = async () => {};
