import { type AdapterWatch, type DescribedPort, type Note, processEnvironment } from '../../src';

/** Something that is there and can be a port: what a message says of it. */
export interface FoundPort {
  /** Told from all others as long as it is there. */
  key: string;
  /** A word for the badge. */
  name: string;
  /** What `msg.port` is to be. */
  port: string;
  /** `msg.payload`: plain data. */
  payload: Readonly<Record<string, string | number | boolean | null>>;
}

/** Who is told of what comes and goes. */
export interface PortListener {
  /** @param alreadyThere whether it was there before anybody looked */
  appeared(found: FoundPort, alreadyThere: boolean): void;
  gone(found: FoundPort): void;
  /** Nobody could look. */
  failed(error: unknown): void;
  /** What a person should know of how it is looked; once. */
  warned(note: Note): void;
}

/** Where ports come from. */
export interface PortSource {
  /** @returns what ends it */
  watch(listener: PortListener): () => void;
  /** What is there now. */
  list(): Promise<FoundPort[]>;
}

/** The USB adapters of this computer, of which all nodes have one watch. @param settleMs as AdapterWatch.watch */
export function adapterSource(
  settleMs: number,
  adapters: AdapterWatch = processEnvironment.adapters,
): PortSource {
  return {
    watch: (listener) =>
      adapters.watch(
        {
          onAppeared: (adapter, wasThere) => listener.appeared(foundAdapter(adapter), wasThere),
          onGone: (adapter) => listener.gone(foundAdapter(adapter)),
        },
        settleMs,
      ),
    list: async () => (await adapters.list()).map(foundAdapter),
  };
}

function foundAdapter(adapter: DescribedPort): FoundPort {
  const { device, port, path, label } = adapter;
  return {
    key: `${device} ${adapter.plugged ?? ''}`,
    name: device.slice(device.lastIndexOf('/') + 1),
    port,
    payload: {
      source: 'adapters',
      port,
      path,
      device,
      byId: adapter.byId ?? null,
      location: adapter.location ?? null,
      usb: adapter.usb ?? null,
      vendorId: adapter.vendorId ?? null,
      productId: adapter.productId ?? null,
      serialNumber: adapter.serialNumber ?? null,
      unit: adapter.unit ?? null,
      manufacturer: adapter.manufacturer ?? null,
      product: adapter.product ?? null,
      label,
    },
  };
}

/**
 * Whether a port is one of those that a filter lets through: all words of one of its alternatives stand in what is known of
 * it, whatever their case. Commas part alternatives, blanks words; an empty filter lets everything through.
 */
export function passes(filter: string, { payload }: FoundPort): boolean {
  const { vendorId, productId } = payload;
  const known = [...Object.values(payload), `${vendorId}:${productId}`].join('\n').toLowerCase();
  const alternatives = filter
    .toLowerCase()
    .split(',')
    .map((words) => words.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0);
  if (alternatives.length === 0) return true;
  return alternatives.some((words) => words.every((word) => known.includes(word)));
}
