import type { Socket } from 'node:net';
import { requireFunction } from '../io/argument-error.js';
import { setOption } from '../io/option.js';
import { flushed } from './stream/flushed.js';
import { requireSocket } from './stream/require-socket.js';

/** How many calls of `cork` are under way on a socket. */
const depths = new WeakMap<Socket, number>();

/**
 * Sends what `write` writes in full segments: TCP_CORK is set before it and taken off when all of it has gone to the
 * kernel, which then sends the rest at once. Useful for a header and a body that are written apart.
 *
 *     await cork(socket, () => {
 *       socket.write(header);
 *       socket.write(body);
 *     });
 *
 * Of calls within one another, or beside one another, the last to end takes the cork off. A `socket.cork()` of Node's that
 * still holds something back at the end is lifted.
 * @returns what `write` returns. If it throws, the cork is taken off all the same.
 * @throws ArgumentError; DescriptorError, SystemCallError as setOption does.
 */
export async function cork<Result>(socket: Socket, write: () => Result | Promise<Result>): Promise<Result> {
  requireSocket(socket);
  requireFunction('write', write);
  setOption(socket, 'TCP_CORK', true);
  depths.set(socket, depthOf(socket) + 1);
  try {
    return await write();
  } finally {
    await flushed(socket);
    depths.set(socket, depthOf(socket) - 1);
    if (depthOf(socket) === 0 && !socket.destroyed) setOption(socket, 'TCP_CORK', false);
  }
}

function depthOf(socket: Socket): number {
  return depths.get(socket) ?? 0;
}
