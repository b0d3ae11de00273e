import type { Socket } from 'node:net';
import { setOption } from '../io/option.js';
import { requireSocket } from './stream/require-socket.js';

/**
 * Closes a TCP connection with a reset instead of in an orderly way: the peer gets ECONNRESET, what was not sent is thrown
 * away, and no TIME_WAIT remains. SO_LINGER with a time of 0 does it (socket(7)).
 * @throws ArgumentError; DescriptorError where the socket is not connected, or closed already.
 */
export function reset(socket: Socket): void {
  setOption(requireSocket(socket), 'SO_LINGER', { onoff: true, linger: 0 });
  socket.destroy();
}
