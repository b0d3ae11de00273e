import { Socket as DatagramSocket } from 'node:dgram';
import fs from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArgumentError, requireObject } from '../../../io/argument-error.js';
import { UnixDatagramSocket } from '../datagram-socket.js';
import { UnixListener } from '../listener.js';
import { OwnedDescriptor } from '../owned-descriptor.js';
import type { UnixSeqpacketServer, UnixServer } from '../unix-server.js';

/** What can be handed over: servers of Node's (net, tls, http, https), dgram sockets, this package's servers and datagrams. */
export type HandOverSource =
  | Server
  | DatagramSocket
  | UnixServer
  | UnixSeqpacketServer
  | UnixDatagramSocket
  | OwnedDescriptor;

const KINDS = [Server, DatagramSocket, UnixListener, UnixDatagramSocket, OwnedDescriptor] as const;

/** @throws ArgumentError for what cannot be handed over. */
export function requireSources(servers: unknown): void {
  for (const [name, source] of Object.entries(requireObject('servers', servers, 'servers by name') as object)) {
    if (KINDS.some(kind => source instanceof kind)) continue;
    throw new ArgumentError(`servers.${name}`, source, 'a server, a dgram.Socket or an OwnedDescriptor');
  }
}

/**
 * Makes a server accept no more, while its socket and path live on in another process.
 * @returns when the connections that it has accepted have ended.
 */
export function stopAccepting(source: HandOverSource): Promise<void> {
  if (source instanceof Server) return stopServer(source);
  if (source instanceof DatagramSocket) return stopDatagram(source);
  if (source instanceof UnixDatagramSocket) return stopUnixDatagram(source);
  if (source instanceof UnixListener && !source.closed) source.detach().close();
  else source.close();
  return Promise.resolve();
}

/** One that was closed meanwhile has ended. */
function stopDatagram(socket: DatagramSocket): Promise<void> {
  return new Promise(resolve => {
    if (!succeeds(() => socket.close(() => resolve()))) resolve();
  });
}

/** It stays as long as messages wait to be sent. Closing it would unlink the path, which the successor needs. */
async function stopUnixDatagram(socket: UnixDatagramSocket): Promise<void> {
  while (!socket.closed && !succeeds(() => socket.detach().close())) {
    await sleep(RETRY_MS, undefined, { ref: false });
  }
}

const RETRY_MS = 10;

function stopServer(server: Server): Promise<void> {
  server.prependListener('request', endWithAnswer);
  return new Promise(resolve => {
    keepingPath(server, () => Server.prototype.close.call(server, () => resolve()));
  });
}

/**
 * Tells a connection that stays open between requests to end with this answer. http.Server's own close() would cut idle ones,
 * and with them a request that is on its way.
 */
function endWithAnswer(_request: IncomingMessage, response: ServerResponse | Http2ServerResponse): void {
  if ('stream' in response) response.stream.session?.close();
  else if (!response.headersSent) response.setHeader('Connection', 'close');
}

/**
 * Node unlinks the path of a server that it bound itself as it closes it (libuv, uv__pipe_close); the successor needs it. A
 * second name keeps it, and becomes the first at once. Between both calls a client finds no path: servers that were given
 * a descriptor do without that.
 */
function keepingPath(server: Server, close: () => void): void {
  const path = server.address();
  if (typeof path !== 'string' || path.startsWith('\0')) {
    close();
    return;
  }
  const second = `${path}.${process.pid}`;
  const kept = succeeds(() => fs.linkSync(path, second));
  close();
  if (kept) succeeds(() => fs.renameSync(second, path));
}

/** A path that somebody has removed cannot be kept, nor a closed socket closed: all else is handed over and drained. */
function succeeds(call: () => void): boolean {
  try {
    call();
    return true;
  } catch {
    return false;
  }
}
