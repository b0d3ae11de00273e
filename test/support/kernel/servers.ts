import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** The port that a server listens on. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A server on loopback that does with each connection what it is told; closed with all its connections. */
export class LoopbackServer {
  readonly server: Server;
  readonly connections: Socket[] = [];

  private constructor(onConnection: (socket: Socket) => void) {
    this.server = createServer({ allowHalfOpen: true }, socket => {
      this.connections.push(socket);
      socket.on('error', () => undefined);
      onConnection(socket);
    });
  }

  static async open(
    onConnection: (socket: Socket) => void = () => undefined,
    host = '127.0.0.1',
  ): Promise<LoopbackServer> {
    const loopback = new LoopbackServer(onConnection);
    loopback.server.listen(0, host);
    await once(loopback.server, 'listening');
    return loopback;
  }

  /** Sends everything back, and ends when the peer does. */
  static echo(host?: string): Promise<LoopbackServer> {
    return LoopbackServer.open(socket => socket.pipe(socket), host);
  }

  get port(): number {
    return portOf(this.server);
  }

  /** The next connection, or the one that came already. */
  async connection(): Promise<Socket> {
    if (this.connections.length === 0) await once(this.server, 'connection');
    return this.connections[0] as Socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Everything that a stream gives until it ends, as text. The other direction stays open. */
export async function textOf(stream: Readable): Promise<string> {
  let text = '';
  stream.on('data', chunk => {
    text += chunk.toString();
  });
  stream.resume();
  if (!stream.readableEnded) await once(stream, 'end');
  return text;
}
