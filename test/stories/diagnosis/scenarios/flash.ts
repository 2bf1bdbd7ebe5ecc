import type { Spoiling } from '../../../support/spoiled-transport';
import { nothing, OFFSET, writing } from './jobs';
import { onWiredChip, type Scenario } from './scenario';

export const BAD_FLASH: readonly Scenario[] = [
  onWiredChip('dead sector', ['badSector'], (seed) => ({
    sim: `bk7231n?deadSector=0x${(OFFSET + ((seed * 13) % 64) * 0x1000).toString(16)}`,
    job: writing(seed),
  })),
  onWiredChip('status register that stays locked', ['locked'], (seed) => ({
    sim: 'bk7231n',
    spoiling: lockedStatus(),
    job: writing(seed),
  })),
  onWiredChip('flash that takes commands and no data', ['locked'], (seed) => ({
    sim: 'bk7231n',
    spoiling: { fromChip: hiddenLock },
    job: writing(seed),
  })),
  onWiredChip('flash that does not answer', ['deadFlash'], () => ({
    sim: 'bk7231n?jedec=000000',
    prepare: (chip) => chip.flash.fill(0),
    job: nothing,
  })),
];

/** A part whose status register takes every write and keeps its protect bits. */
function lockedStatus(): Spoiling {
  let asked: Buffer = Buffer.alloc(0);
  return {
    toChip: (bytes) => {
      if (bytes[3] !== 0xff || bytes[7] !== 0x0d) return bytes;
      asked = Buffer.from(bytes.subarray(9));
      const kept = Buffer.from(bytes);
      if (asked.length === 2) kept.writeUInt16LE(0x067c, 9);
      return kept;
    },
    fromChip: (bytes) => {
      if (bytes[0] !== 0x04 || bytes[9] !== 0x0d || bytes.length < 12 + asked.length) return bytes;
      const answer = Buffer.from(bytes);
      answer.set(asked, 12);
      return answer;
    },
  };
}

/** A part that is protected and tells nothing of it. */
function hiddenLock(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x04 || bytes[9] !== 0x0c || bytes.length < 13) return bytes;
  const answer = Buffer.from(bytes);
  answer[12] = 0;
  return answer;
}
