import type { Clock } from '../clock';
import { BkError } from '../errors';
import { schemeOf } from './address';
import { openSerial } from './serial';
import { openSimulated } from './simulated';
import { openTcp } from './tcp';
import type { Transport } from './transport';
import { UnstuckTransport } from './unstuck';

export { canonicalPort } from './canonical-port';

/** How a port is opened. */
export interface OpenOptions {
  /** Bits per second, where the port lets it be chosen. */
  baudRate: number;
  clock: Clock;
  /** Ends a wait for somebody who does not answer. */
  signal?: AbortSignal | undefined;
}

/**
 * Opens a port, of the kind that its name tells. No call of it waits for ever: a port that takes no bytes any
 * more counts as lost.
 * @throws BkError BK_PORT_NOT_FOUND, BK_PORT_DENIED, BK_PORT_BUSY, BK_PORT_LOST, BK_BAD_SETTING, BK_STORAGE
 *   (the file of a simulated chip), BK_CANCELLED
 */
export async function openTransport(port: string, options: OpenOptions): Promise<Transport> {
  return new UnstuckTransport(await openKind(port.trim(), options), options.clock);
}

async function openKind(name: string, options: OpenOptions): Promise<Transport> {
  switch (schemeOf(name)) {
    case 'sim':
      return openSimulated(name, options.clock);
    case 'tcp':
      return openTcp(name, options.clock, options.signal);
    case 'rfc2217':
      throw new BkError(
        'BK_BAD_SETTING',
        `${name} cannot be used: rfc2217:// is not yet supported`,
        {
          advice: ['Have the server offer the port as raw bytes at 115200 baud, and use tcp://.'],
        },
      );
    case 'serial':
      return openSerial(name, options.baudRate);
  }
}
