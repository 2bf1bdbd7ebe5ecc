import { fileOfReplay, Replays, replayClock } from '../../replay/replays';
import { say } from '../../texts/note';
import type { PortScheme } from './port-scheme';

/** What a port did according to a record of it, on a clock that waits for nothing. */
export const replayScheme: PortScheme = {
  names: ['replay'],
  form: say('transport.replayForm'),
  isServed: false,
  isFollowed: false,
  turnsAwayMs: 0,
  clock: replayClock,
  canonical: (address) => `replay://${fileOfReplay(address)}`,
  filesIn: (address) => [fileOfReplay(address)],
  open: async (address, { clock, replays = new Replays() }) => replays.open(address, clock),
};
