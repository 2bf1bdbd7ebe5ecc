import type { Duplex } from 'node:stream';

/**
 * Breaks a connection so that the other side is told of it at once. One that is just saying goodbye is let go instead:
 * Node.js forgets to close it when it is reset then, and its process never ends.
 */
export function resetSocket(socket: Duplex & { resetAndDestroy(): unknown }): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
