import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type Datagram, DatagramSocket, type DatagramSocketOptions, type NetworkError } from '../../../src/index.js';

/** A socket that is closed when the test has ended. */
export function open(options: DatagramSocketOptions = {}): DatagramSocket {
  const socket = DatagramSocket.open(options);
  onTestFinished(() => socket.close());
  return socket;
}

/** The next datagrams, in order. */
export async function take(socket: DatagramSocket, count: number): Promise<Datagram[]> {
  const taken: Datagram[] = [];
  for await (const datagram of socket) if (taken.push(datagram) === count) break;
  return taken;
}

/** The next datagram. */
export async function takeOne(socket: DatagramSocket): Promise<Datagram> {
  const [datagram] = await take(socket, 1);
  return datagram as Datagram;
}

/** The next error of the network. */
export async function networkError(socket: DatagramSocket): Promise<NetworkError> {
  const [error] = await once(socket, 'icmp-error');
  return error as NetworkError;
}

/** The error that `action` throws. */
export function thrown(action: () => unknown): Error & { code?: string } {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** The kernel turns stamps on behind the call that asks for them, where no other socket of the machine had them on. */
export async function stampsAreOn(): Promise<void> {
  using socket = DatagramSocket.open({ bind: { address: '127.0.0.1' } });
  for (let stamped = false; !stamped; ) {
    socket.send('stamped?', { address: '127.0.0.1', port: socket.localAddress.port });
    stamped = (await takeOne(socket)).stamp !== undefined;
  }
}
