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
  return Object.assign(agent, { createConnection: connectionsOf(pool, open), createSocket: queueingOf(pool) });
}

function connectionsOf(pool: Pool, open: OpenConnection): (options: ClientRequestArgs, callback: Created) => void {
  return (options, callback) => {
    const standIn = new Socket();
    const count = takePlace(pool, pool.getName(options), standIn);
    open(options, closedSignal(standIn)).then(
      socket => {
        count.end();
        callback(null, socket);
      },
      error => {
        count.end();
        callback(error);
        // Gone already; asked for what follows: a connection for the next request in the queue.
        pool.removeSocket(standIn, options);
      },
    );
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

/** Aborted when the stand-in is destroyed, as `agent.destroy()` does with all sockets; the error is Node's for that. */
function closedSignal(standIn: Socket): AbortSignal {
  const controller = new AbortController();
  standIn.once('close', () => controller.abort(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })));
  return controller.signal;
}

/**
 * An agent makes a connection for the first request of a queue and leaves it there until the connection is free. It must be
 * out meanwhile: another connection could take it, and one that failed would be connected for again and again.
 */
function queueingOf(pool: Pool): Pool['createSocket'] {
  const { createSocket } = pool;
  return (request, options, callback) => {
    const name = pool.getName(options);
    const queued = takeFirst(pool, name, request);
    createSocket.call(pool, request, options, (error, socket) => {
      if (queued && !error) pool.requests[name] = [request, ...(pool.requests[name] ?? [])];
      callback(error, socket);
    });
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
