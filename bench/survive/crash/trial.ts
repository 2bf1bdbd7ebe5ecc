import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChipProcess } from './chip-process';
import { atEnd } from './clean-up';
import { IMAGE } from './job';
import { judge, type Verdict } from './judge';
import type { Life } from './life';
import type { Row } from './rows';

export interface Trial extends Verdict {
  lives: Life[];
  kills: number;
}

/** One job on one chip, with as many processes as it takes; `killAfter` gives the instant for each. */
export async function trial(
  row: Row,
  seed: number,
  killAfter: (life: number) => number | null,
): Promise<Trial> {
  const root = mkdtempSync(join(tmpdir(), 'bk72xx-crash-'));
  // A process that was killed a moment ago may still leave a file behind.
  const removeRoot = atEnd(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const chip = await ChipProcess.start(row.chip, seed);
  try {
    const image = join(root, 'image.bin');
    writeFileSync(image, IMAGE);
    const job = row.job(join(root, 'bk-backups'), image);
    const live = row.host({ root, port: chip.port }, job);
    const lives: Life[] = [];
    do lives.push(await live(killAfter(lives.length)));
    while (lives.at(-1)?.killed);
    const verdict = judge(row, job, lives, chip.before, await chip.report());
    return { lives, kills: lives.length - 1, ...verdict };
  } finally {
    chip.end();
    removeRoot();
  }
}
