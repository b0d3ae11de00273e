import type { ClientRequest, ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Socket } from 'node:net';

/** Opens the connection that a request asks for; the signal gives it up. */
export type OpenConnection = (options: ClientRequestArgs, signal: AbortSignal) => Promise<Socket>;

type Created = (error: Error | null, socket?: Socket) => void;

/** What Node's agents keep their connections with (lib/_http_agent.js), of which @types/node has a part. */
interface Pool {
  readonly sockets: Record<string, Socket[] | undefined>;
  readonly requests: Record<string, ClientRequest[] | undefined>;
  totalSocketCount: number;
  getName(options: ClientRequestArgs): string;
  createSocket(request: ClientRequest, options: ClientRequestArgs, callback: Created): void;
  removeSocket(socket: Socket, options: ClientRequestArgs): void;
}

/**
 * Has an agent's connections opened by `open`. Node counts a connection towards `maxSockets` and `maxTotalSockets` once there
 * is a socket, which of its own there is at once; so one that is still being opened has a stand-in in its place.
 */
export function withConnections<Agent extends HttpAgent>(agent: Agent, open: OpenConnection): Agent {
  const pool = agent as unknown as Pool;
  const asking: Asking = { request: undefined };
  return Object.assign(agent, {
    createConnection: connectionsOf(pool, open, asking),
    createSocket: queueingOf(pool, asking),
  });
}

/** The request that `createSocket` is for while it calls `createConnection`, which is not told. */
interface Asking {
  request: ClientRequest | undefined;
}

function connectionsOf(
  pool: Pool,
  open: OpenConnection,
  asking: Asking,
): (options: ClientRequestArgs, callback: Created) => void {
  return (options, callback) => {
    const standIn = new Socket();
    const place = takePlace(pool, pool.getName(options), standIn);
    const ending = endingWith(standIn);
    const watch = asking.request && watchRequest(asking.request, standIn, ending, options.timeout);
    const end = () => {
      place.end();
      watch?.end();
    };
    open(options, ending.signal).then(
      socket => {
        end();
        callback(null, socket);
      },
      error => {
        end();
        callback(error);
        // Gone already; asked for what follows: a connection for the next request in the queue.
        pool.removeSocket(standIn, options);
      },
    );
  };
}

/**
 * Until `end`: a request that is destroyed destroys the stand-in, as it would its socket, and is told when it times out. A
 * request without a socket tells nobody of the one, and hears nothing of the other.
 */
function watchRequest(
  request: ClientRequest,
  standIn: Socket,
  ending: AbortController,
  agentTimeout = 0,
): { end(): void } {
  const { destroy } = request;
  const destroyBoth = (error?: Error) => {
    destroy.call(request, error);
    ending.abort(error ?? hangUp());
    standIn.destroy();
    return request;
  };
  request.destroy = destroyBoth;
  const { timeout = agentTimeout } = request as { timeout?: number };
  standIn.setTimeout(timeout, () => request.emit('timeout'));
  return {
    end() {
      standIn.setTimeout(0);
      if (request.destroy === destroyBoth) request.destroy = destroy;
    },
  };
}

/** Counts the stand-in as a socket of that name until `end`. `removeSocket` lowers the total on some versions of Node only. */
function takePlace(pool: Pool, name: string, standIn: Socket): { end(): void } {
  pool.sockets[name] ??= [];
  const sockets = pool.sockets[name];
  sockets.push(standIn);
  pool.totalSocketCount++;
  return {
    end() {
      sockets.splice(sockets.indexOf(standIn), 1);
      if (sockets.length === 0) delete pool.sockets[name];
      pool.totalSocketCount--;
    },
  };
}

/** Aborted when the stand-in is destroyed, as `agent.destroy()` does with all sockets. */
function endingWith(standIn: Socket): AbortController {
  const controller = new AbortController();
  standIn.once('close', () => controller.abort(hangUp()));
  return controller;
}

/** Node's own error for a request that loses its connection. */
function hangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/**
 * An agent makes a connection for the first request of a queue and leaves it there until the connection is free. It must be
 * out meanwhile: another connection could take it, and one that failed would be connected for again and again.
 */
function queueingOf(pool: Pool, asking: Asking): Pool['createSocket'] {
  const { createSocket } = pool;
  return (request, options, callback) => {
    const name = pool.getName(options);
    const queued = takeFirst(pool, name, request);
    asking.request = request;
    createSocket.call(pool, request, options, (error, socket) => {
      if (queued && !error) pool.requests[name] = [request, ...(pool.requests[name] ?? [])];
      callback(error, socket);
    });
    asking.request = undefined;
  };
}

/** Takes a request out of the queue that it is the first of, and says whether it was. */
function takeFirst({ requests }: Pool, name: string, request: ClientRequest): boolean {
  const queue = requests[name];
  if (queue?.[0] !== request) return false;
  queue.shift();
  if (queue.length === 0) delete requests[name];
  return true;
}
