import { TROUBLES, updateWith } from '../../test/support/openbeken-updates';
import type { Outcome, Section, SurviveOptions } from './section';

/** Devices on the network, each with one fault: an update ends right, or with the device as it was. */
export const openBeken: Section = {
  name: 'openbeken',
  about: 'updates over the network, each on a device of its own with one of its faults',
  run: async ({ seeds }: SurviveOptions): Promise<Outcome> => {
    const table = [['fault', 'updated', 'files and settings as before', 'unharmed']];
    const misses: string[] = [];
    for (const name of Object.keys(TROUBLES)) {
      const counts = { updated: 0, asBefore: 0, unharmed: 0 };
      for (let seed = 1; seed <= seeds; seed++) {
        const { error, installed, isAsBefore, runsOld } = await updateWith(name, seed);
        const isUpdated = error === null && installed.length === 1;
        if (isUpdated) counts.updated++;
        if (isAsBefore) counts.asBefore++;
        if (isUpdated || runsOld) counts.unharmed++;
        if (!isUpdated) misses.push(`${name}, seed ${seed}: ${error?.code} ${error?.message}`);
        if (!isAsBefore) misses.push(`${name}, seed ${seed}: files or settings are not as before`);
      }
      const of = (count: number) => `${count}/${seeds}`;
      table.push([name, of(counts.updated), of(counts.asBefore), of(counts.unharmed)]);
    }
    return { table, misses };
  },
};
