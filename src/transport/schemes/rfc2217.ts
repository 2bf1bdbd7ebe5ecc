import { BkError } from '../../errors';
import { say } from '../../texts/note';
import { canonicalNetworkPort } from './network-address';
import type { PortScheme } from './port-scheme';

/** A serial server that takes commands for rate and modem lines: known by name, not yet spoken. */
export const rfc2217Scheme: PortScheme = {
  names: ['rfc2217'],
  form: null,
  isServed: true,
  isFollowed: false,
  turnsAwayMs: 0,
  canonical: (address) => canonicalNetworkPort('rfc2217', address),
  filesIn: () => [],
  open: async (address) => {
    throw new BkError('BK_BAD_SETTING', say('transport.notYetSupported', { port: address }), {
      advice: [say('transport.useRawBytes')],
    });
  },
};
