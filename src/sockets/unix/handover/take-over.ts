import { requireFunction, requireObject, requireSignal, requireText } from '../../../io/argument-error.js';
import { SystemCallError } from '../../../io/errors.js';
import { showUnixAddress, type UnixAddress } from '../address.js';
import { boundAddress, type NamedListener } from '../named-listener.js';
import type { OwnedDescriptor } from '../owned-descriptor.js';
import { type PeerCredentials, peerCredentials } from '../peer-credentials.js';
import { UnixSocket } from '../unix-socket.js';
import { HandOverError } from './hand-over-error.js';
import { type Line, LineExchange } from './line-exchange.js';
import { readOffer } from './offer.js';
import { trustsSameUser } from './trust.js';

export interface TakeOverOptions {
  /** From whom to take over. Default: root, and the user that this process runs as. */
  trust?: (peer: PeerCredentials) => boolean | Promise<boolean>;
  /** Ends the wait for the offer of the old process; the call rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Takes the servers that the process at `path` offers with `handOver`. Make them serve, then call `ready()`.
 * @returns undefined where nobody offers anything: this process is the first.
 * @throws HandOverError where the peer is not trusted ('NOT_ALLOWED'), refuses ('NOT_ALLOWED'), fails to make its offer
 * ('NO_OFFER'), or speaks something else ('PROTOCOL'); SystemCallError EACCES; the reason of `signal`.
 */
export async function takeOver(path: UnixAddress, options: TakeOverOptions = {}): Promise<TakenOver | undefined> {
  const { trust = trustsSameUser } = requireObject('options', options);
  requireFunction('trust', trust);
  const signal = requireSignal(options.signal);
  signal?.throwIfAborted();
  const socket = await connectUnlessNobody(path);
  if (socket === undefined) return undefined;
  socket.on('error', () => {});
  const exchange = new LineExchange(socket);
  try {
    const predecessor = peerCredentials(socket);
    if (!(await trust(predecessor))) {
      throw new HandOverError('NOT_ALLOWED', `${showUnixAddress(path)} belongs to user ${predecessor.uid}`);
    }
    return await receiveOffer(exchange, predecessor, signal);
  } catch (error) {
    exchange.close();
    throw error;
  }
}

async function connectUnlessNobody(path: UnixAddress): Promise<UnixSocket | undefined> {
  try {
    return await UnixSocket.connect(path, { lostDescriptors: 'raise' });
  } catch (error) {
    if (error instanceof SystemCallError && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED'))
      return undefined;
    throw error;
  }
}

async function receiveOffer(
  exchange: LineExchange,
  predecessor: PeerCredentials,
  signal?: AbortSignal,
): Promise<TakenOver> {
  const line = await exchange.read(signal);
  if (line === undefined) throw new HandOverError('NOT_ALLOWED', 'the old process closed the connection: it refuses');
  try {
    const offer = readOffer(line);
    const listeners = line.descriptors.map((descriptor, index) => {
      const name = offer.listeners[index]?.name ?? '';
      return { name, descriptor, address: boundAddress(descriptor.fd) };
    });
    return new TakenOver(exchange, listeners, predecessor, offer.state);
  } catch (error) {
    for (const descriptor of line.descriptors) descriptor.close();
    throw error;
  }
}

/** What was taken over. Until `ready()` the old process serves too. */
export class TakenOver {
  /** In the order in which the old process named them. */
  readonly listeners: readonly NamedListener[];
  /** What the old process wanted to be known. */
  readonly state: unknown;
  readonly predecessor: PeerCredentials;
  readonly #exchange: LineExchange;
  #ready: Promise<void> | undefined;
  #closed = false;

  constructor(
    exchange: LineExchange,
    listeners: readonly NamedListener[],
    predecessor: PeerCredentials,
    state: unknown,
  ) {
    this.#exchange = exchange;
    this.listeners = listeners;
    this.predecessor = predecessor;
    this.state = state;
  }

  /**
   * The socket of that name: `toServer()`, `new UnixServer(it)` and the like make it theirs.
   * @throws HandOverError 'PROTOCOL' where the old process offered none of that name.
   */
  take(name: string): OwnedDescriptor {
    requireText('name', name);
    const found = this.listeners.find(listener => listener.name === name);
    if (found !== undefined) return found.descriptor;
    const names = this.listeners.map(listener => listener.name).join(', ');
    throw new HandOverError('PROTOCOL', `the old process offers no ${JSON.stringify(name)}; it offers: ${names}`);
  }

  /**
   * Says that this process serves. Sockets that were not taken are closed. A second call gives what the first gave.
   * @returns when the old process accepts no more and its path is free, so that this one can `handOver` there.
   * @throws HandOverError 'TAKEN_BY_ANOTHER' where the old process has ended, given to somebody else, or waited for no
   * longer than its `readyTimeout`; 'GIVEN_UP' after `close()`.
   */
  ready(): Promise<void> {
    this.#ready ??= this.#announce();
    return this.#ready;
  }

  async #announce(): Promise<void> {
    if (this.#closed) throw givenUp();
    try {
      const answer = await this.#ask();
      if (answer === undefined) throw this.#closed ? givenUp() : takenByAnother();
      if (answer.value.released !== true) throw new HandOverError('PROTOCOL', 'the old process did not let go');
    } finally {
      this.close();
    }
  }

  /** What the old process answers; undefined where the connection has ended, be it before it was asked. */
  async #ask(): Promise<Line | undefined> {
    try {
      await this.#exchange.write({ ready: true });
      return await this.#exchange.read();
    } catch (error) {
      const ended = error instanceof SystemCallError && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
      if (ended || this.#closed) return undefined;
      throw error;
    }
  }

  /** Gives up: closes sockets that were not taken. The old process goes on. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const { descriptor } of this.listeners) descriptor.close();
    this.#exchange.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function givenUp(): HandOverError {
  return new HandOverError('GIVEN_UP', 'close() has given up what was taken over');
}

function takenByAnother(): HandOverError {
  return new HandOverError('TAKEN_BY_ANOTHER', 'the old process gave to another, waits no more, or ended');
}
