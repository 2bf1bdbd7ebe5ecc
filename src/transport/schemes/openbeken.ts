import { BkError } from '../../errors';
import { say } from '../../texts/note';
import { canonicalWebPort } from './network-address';
import type { PortScheme } from './port-scheme';

/** A device on the network on which OpenBeken runs: it is asked over HTTP, and has no line of bytes to its chip. */
export const openBekenScheme: PortScheme = {
  names: ['http'],
  form: 'http://host',
  isServed: true,
  isFollowed: false,
  isWeb: true,
  turnsAwayMs: 0,
  canonical: canonicalWebPort,
  filesIn: () => [],
  open: (port) =>
    Promise.reject(
      new BkError('BK_BAD_SETTING', say('transport.noLine', { port }), {
        phase: 'open',
        advice: [say('transport.useLine')],
      }),
    ),
};
