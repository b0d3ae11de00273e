import type { Socket } from 'node:net';

/**
 * Resolves when everything that was written before has gone to the kernel, or cannot go any more. A `socket.cork()` that holds
 * something back is lifted: who calls `uncork()` only after this would wait for himself.
 */
export function flushed(socket: Socket): Promise<void> {
  if (socket.writableLength === 0 || socket.destroyed || socket.writableEnded) return Promise.resolve();
  while (socket.writableCorked > 0) socket.uncork();
  return new Promise(resolve => {
    socket.write('', () => resolve());
  });
}
