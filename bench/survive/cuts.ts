import { cutWrites, type ServedPath } from '../../test/support/cut-writes';
import { type Outcome, type Section, type SurviveOptions, spread } from './section';

/** Connections that break while a chip behind a serial server is written. */
export const cuts: Section = {
  name: 'cuts',
  about:
    '96 KiB written through a serial server whose connection is cut at any instant, in six ways',
  run: async ({ seeds, seed }: SurviveOptions): Promise<Outcome> => {
    const table = [['over', 'ended verified', 'recoveries', 'virtual s']];
    const misses: string[] = [];
    for (const path of ['rfc2217', 'tcp'] as const satisfies readonly ServedPath[]) {
      let good = 0;
      const mended: number[] = [];
      const seconds: number[] = [];
      for await (const { what, fault, recoveries, ms } of cutWrites(path, seeds, seed)) {
        if (fault === null) good++;
        else misses.push(`${path}, ${what}: ${fault}`);
        mended.push(recoveries);
        seconds.push(ms / 1000);
      }
      table.push([path, `${good} of ${seeds}`, spread(mended, 0), spread(seconds)]);
    }
    return { table, misses };
  },
};
