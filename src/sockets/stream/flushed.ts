import type { Socket } from 'node:net';

/** Resolves when everything that was written before has gone to the kernel, or cannot go any more. */
export function flushed(socket: Socket): Promise<void> {
  if (socket.writableLength === 0 || socket.destroyed || socket.writableEnded) return Promise.resolve();
  return new Promise(resolve => {
    socket.write('', () => resolve());
  });
}
