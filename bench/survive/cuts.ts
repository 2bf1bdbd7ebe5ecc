import { cutWrites, type ServedPath } from '../../test/support/cut-writes';
import { cutRealWrites } from '../../test/support/servers/cut-real-writes';
import { missingFor, RAW_SER2NET, REAL_SERVERS } from '../../test/support/servers/real-servers';
import { type Outcome, type Section, type SurviveOptions, spread } from './section';

/** Those of a real server take their time. */
const MOST_REAL = 50;

/** How a write went whose connection was cut. */
interface Told {
  what: string;
  fault: string | null;
  recoveries: number;
  ms: number;
}

/** Connections that break while a chip behind a serial server is written. */
export const cuts: Section = {
  name: 'cuts',
  about: 'a chip written through a serial server whose connection is cut at any instant',
  run: async ({ seeds, seed }: SurviveOptions): Promise<Outcome> => {
    const table = [['over', 'ended verified', 'recoveries', 's']];
    const misses: string[] = [];
    const notes: string[] = [];
    const count = async (over: string, writes: AsyncIterable<Told>): Promise<void> => {
      let all = 0;
      const bad = misses.length;
      const mended: number[] = [];
      const seconds: number[] = [];
      for await (const { what, fault, recoveries, ms } of writes) {
        all++;
        if (fault !== null) misses.push(`${over}, ${what}: ${fault}`);
        mended.push(recoveries);
        seconds.push(ms / 1000);
      }
      const good = all - (misses.length - bad);
      table.push([over, `${good} of ${all}`, spread(mended, 0), spread(seconds)]);
    };
    for (const path of ['rfc2217', 'tcp'] as const satisfies readonly ServedPath[]) {
      await count(path, cutWrites(path, seeds, seed));
    }
    for (const server of [...REAL_SERVERS, RAW_SER2NET]) {
      const missing = missingFor(server);
      if (missing !== null) notes.push(missing);
      else await count(server.name, cutRealWrites(server, Math.min(seeds, MOST_REAL), seed));
    }
    return { table, misses, notes };
  },
};
