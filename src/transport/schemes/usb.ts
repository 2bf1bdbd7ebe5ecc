import { BkError } from '../../errors';
import { type Note, say } from '../../texts/note';
import { parseUsbAddress, usbAddress } from '../usb/usb-address';
import { type DescribedPort, namesOf, portsHere, portsMeant } from './described-ports';
import type { PortNames, PortScheme } from './port-scheme';
import { serialScheme } from './serial';

/**
 * Adapters of this computer by what they are, wherever they are plugged in: looked for anew whenever one is opened. Where
 * several fit none is taken: a wrong adapter is a wrong chip.
 */
export const usbScheme: PortScheme = {
  names: ['usb'],
  form: say('transport.usbForm'),
  isServed: false,
  isFollowed: true,
  isOfKind: true,
  turnsAwayMs: 0,
  canonical: async (address) => (await namesOfAddress(address)).canonical,
  called: namesOfAddress,
  filesIn: () => [],
  open: async (address, options) => {
    const { device } = await adapterAt(address);
    return serialScheme.open(device, { ...options, named: address });
  },
};

async function namesOfAddress(address: string): Promise<PortNames> {
  const wanted = parseUsbAddress(address);
  const given = usbAddress(wanted);
  const [port, ...more] = portsMeant(wanted, await portsHere());
  if (port !== undefined && more.length === 0) return namesOf(port, given);
  return { canonical: given, isHere: false, own: [], others: [] };
}

/** @throws BkError BK_PORT_NOT_FOUND, BK_BAD_SETTING where several fit */
async function adapterAt(address: string): Promise<DescribedPort> {
  const all = await portsHere();
  const found = portsMeant(parseUsbAddress(address), all);
  const [port, ...more] = found;
  if (port === undefined) throw notPluggedIn(address, all);
  if (more.length > 0) throw severalFit(address, found);
  return port;
}

function notPluggedIn(port: string, all: readonly DescribedPort[]): BkError {
  const adapters = all.filter(({ vendorId }) => vendorId !== undefined);
  return new BkError('BK_PORT_NOT_FOUND', say('transport.noSuchAdapter', { port }), {
    phase: 'open',
    advice:
      adapters.length === 0
        ? [say('transport.noAdaptersHere'), say('transport.passAnyThrough')]
        : [say('transport.adaptersHere', { adapters: listed(adapters) })],
  });
}

function severalFit(port: string, found: readonly DescribedPort[]): BkError {
  const choices = found.map(({ usb, location, device }) => usb ?? location ?? device).join(', ');
  const bySocket = found.some(({ usb }) => usb === undefined);
  const told = { port, count: found.length, adapters: listed(found) };
  return new BkError('BK_BAD_SETTING', say('transport.adaptersAlike', told), {
    phase: 'open',
    advice: [
      say('transport.chooseAdapter', { choices }),
      ...(bySocket ? [say('transport.toldBySocket')] : []),
    ],
  });
}

/** Each with its address and its path, as far as it has one of its own. */
function listed(ports: readonly DescribedPort[]): Note {
  return ports
    .map(({ usb, location, byId, device }) =>
      say('transport.adapterHere', {
        address: usb ?? location ?? device,
        path: usb === undefined ? device : (byId ?? device),
      }),
    )
    .reduce((one, other) => say('transport.comma', { one, other }));
}
