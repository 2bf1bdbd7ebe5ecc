import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';

/** An MQTT broker for one spec. */
export interface Broker {
  host: string;
  port: number;
  close(): Promise<void>;
}

/**
 * The broker that BK72XX_BROKER names, as `mqtt://127.0.0.1:1883`, which should be new and empty; else one in this process.
 */
export async function startBroker(): Promise<Broker> {
  const { BK72XX_BROKER: address } = process.env;
  if (address !== undefined) {
    const { hostname, port } = new URL(address);
    return { host: hostname, port: Number(port), close: async () => {} };
  }
  const aedes = await Aedes.createBroker();
  const server = createServer((socket) => aedes.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
