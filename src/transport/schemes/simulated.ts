import { filesOfSimulator, simulatorKey } from '../../simulator/simulator';
import { say } from '../../texts/note';
import type { PortScheme } from './port-scheme';

/** Chips inside this process, each with a line of its own. */
export const simulatedScheme: PortScheme = {
  names: ['sim'],
  form: say('transport.simulatedForm'),
  isServed: false,
  isFollowed: false,
  turnsAwayMs: 0,
  canonical: simulatorKey,
  filesIn: filesOfSimulator,
  open: async (url, { chips, clock }) => chips.open(url, clock),
};
