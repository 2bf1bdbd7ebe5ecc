import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { unacknowledged } from '../../src/transport/arrival-watch';
import { until } from '../support/until';

describe('bytes of a connection that have not arrived', () => {
  for (const host of ['127.0.0.1', '::1']) {
    it(`are told by Linux (${host})`, async function () {
      // Only Linux's /proc tells what has not arrived.
      if (process.platform !== 'linux') this.skip();
      const sockets: Socket[] = [];
      const server = createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket));
      server.listen(0, host);
      const [how] = await Promise.race([once(server, 'listening'), once(server, 'error')]);
      // Not every computer has the newer addresses.
      if (how instanceof Error) this.skip();
      const client = connect((server.address() as AddressInfo).port, host);
      try {
        await once(client, 'connect');
        await until(() => sockets.length === 1, 'the server');
        assert.equal(await unacknowledged(client), 0);
        // A server that reads nothing: at some point its system takes no more, and says so.
        client.write(Buffer.alloc(16 * 1024 * 1024));
        let waiting: number | null = 0;
        for (let look = 0; look < 1000 && waiting === 0; look++) {
          await new Promise((resolve) => setImmediate(resolve));
          waiting = await unacknowledged(client);
        }
        assert.ok(waiting !== null && waiting > 0, `${waiting}`);
      } finally {
        for (const socket of [client, ...sockets]) socket.destroy();
        server.close();
      }
    });
  }

  it('are not told of a connection that there is not', async () => {
    assert.equal(await unacknowledged(new Socket()), null);
    assert.equal(await unacknowledged({ localPort: 1, remotePort: 1 }), null);
  });
});
