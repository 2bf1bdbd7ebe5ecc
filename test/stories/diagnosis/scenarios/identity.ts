import { loadImage } from '../../../../src/jobs/place/load-image';
import { write } from '../../../../src/jobs/write';
import { MARKERS, packets } from '../../../support/images';
import { KIB, nothing, reading, writing } from './jobs';
import { onWiredChip, type Scenario } from './scenario';

export const OTHER_THAN_EXPECTED: readonly Scenario[] = [
  onWiredChip('blank bootloader', ['blankBootloader'], () => ({
    sim: 'bk7231n?bootloader=blank',
    job: reading(64 * KIB),
  })),
  onWiredChip('blank bootloader and a weak supply', ['power'], (seed) => ({
    sim: 'bk7231n?bootloader=blank&brownout=0.08&window=300&app=silent',
    job: writing(seed),
  })),
  onWiredChip('unknown bootloader', ['unknownBootloader'], () => ({
    sim: 'bk7231n?bootloader=unknown',
    job: reading(64 * KIB),
  })),
  onWiredChip('chip set wrongly', ['wrongChip'], (seed) => ({
    sim: seed % 2 === 0 ? 'bk7231n' : 'bk7238',
    settings: { chip: seed % 2 === 0 ? 'BK7231T' : 'BK7231N' },
    job: nothing,
  })),
  onWiredChip('image with another key', ['wrongKey'], (seed) => ({
    sim: 'bk7231m',
    job: async (context) => {
      const options = { image: packets(64, MARKERS.tuyaApp, seed), offset: 0x11000 };
      await write(context, options, await loadImage(options));
    },
  })),
];
