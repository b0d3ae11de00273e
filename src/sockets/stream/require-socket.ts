import { Socket } from 'node:net';
import { ArgumentError } from '../../io/argument-error.js';

/** Node's own socket, or a refusal by name: a descriptor alone has no stream to write to or to destroy. */
export function requireSocket(socket: unknown): Socket {
  if (socket instanceof Socket) return socket;
  throw new ArgumentError('socket', socket, 'a net.Socket');
}
