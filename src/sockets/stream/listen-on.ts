import cluster from 'node:cluster';
import type { Server } from 'node:net';

/** What every `listen` of Node ends in, and old callers may call (lib/net.js: "legacy alias"). */
interface Listener {
  _listen2(address: null, port: null, addressType: null, backlog: number | undefined, descriptor: number): void;
}

/**
 * Has a server listen on a descriptor, which is the server's from then on: 'listening' or 'error' follows.
 *
 * In a worker of node:cluster `server.listen({ fd })` has the primary listen, on what that number is among its own
 * descriptors; unlike for ports, `exclusive` is not looked at.
 * @param backlog Default, also for 0: 511, as Node has it.
 * @throws Node's ERR_SERVER_ALREADY_LISTEN.
 */
export function listenOn(server: Server, descriptor: number, backlog?: number): void {
  if (!cluster.isWorker || server.listening) server.listen({ fd: descriptor }, backlog);
  else (server as unknown as Listener)._listen2(null, null, null, backlog, descriptor);
}
