import { Retransmission } from '../engine/request/retransmission.js';
import {
  ArgumentError,
  requireFunction,
  requireInteger,
  requireNumber,
  requireObject,
  requireSignal,
} from '../io/argument-error.js';
import { native } from '../io/native.js';
import type { Datagram } from '../sockets/datagram/datagram.js';
import { DatagramSocket } from '../sockets/datagram/datagram-socket.js';
import { DatagramStateError } from '../sockets/datagram/datagram-state-error.js';
import { type Endpoint, requireAddress, requireInterface } from '../sockets/datagram/endpoint.js';
import { requirePayload } from '../sockets/datagram/outgoing-datagram.js';
import { withoutScope } from '../sockets/multicast/group-argument.js';
import { IpAddress } from '../wire/ip-address.js';
import { type Monotonic, NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';

/** What tells an answer's request: a transaction id, or whatever a protocol has in both. */
export type RequestId = string | number;

export interface DatagramRequesterOptions {
  /**
   * The id in a request's or an answer's bytes; undefined for bytes that are neither. Default: none, so that a peer can be
   * asked one thing at a time.
   */
  identify?: (payload: Uint8Array) => RequestId | undefined;
  /** How often a request is sent at most. Default: 5. */
  attempts?: number;
  /** Milliseconds to wait at first, before anything is known of a peer. Default: 1000 (RFC 6298 rule 2.1). */
  initialTimeout?: number;
  /** Milliseconds to wait at least. Default: 1000 (rule 2.4); less suits a network that is known. */
  minimumTimeout?: number;
  /** Milliseconds to wait at most. Default: 60000 (rule 2.5). */
  maximumTimeout?: number;
}

/** An answer, and what it took. */
export interface DatagramReply {
  datagram: Datagram;
  /** How often the request was sent. */
  attempts: number;
  /** Round trip in milliseconds; undefined where the request was sent more than once (Karn's rule). */
  rtt: number | undefined;
}

/** No answer came, however often the request was sent. */
export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';
  readonly code = 'ETIMEDOUT';

  constructor(
    /** Where the request was sent to. */
    readonly destination: Endpoint,
    readonly attempts: number,
  ) {
    super(`no answer from ${destination.address} port ${destination.port} to ${attempts} requests`);
  }
}

/** Who was asked, or answers. */
interface Peer {
  address: IpAddress;
  port: number;
}

interface Waiting {
  payload: Uint8Array;
  destination: Endpoint;
  attempts: number;
  resolve(reply: DatagramReply): void;
  reject(error: Error): void;
}

/**
 * Requests and answers over UDP: a request is sent again when its time is over, by what the peer's earlier answers took (RFC
 * 6298), and an answer counts only from the address and port that was asked, with the request's id.
 */
export class DatagramRequester {
  private readonly retransmission: Retransmission<string>;
  private readonly waiting = new Map<string, Waiting>();
  private readonly attempts: number;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  /** When the timer is due. */
  private wakes = 0 as Monotonic;
  private readonly onMessage = (datagram: Datagram): void => this.take(datagram);
  private readonly onClose = (): void => this.close();

  /** @param socket stays the caller's; datagrams that answer no request are left to its other listeners. */
  constructor(
    private readonly socket: DatagramSocket,
    private readonly options: DatagramRequesterOptions = {},
  ) {
    if (!(socket instanceof DatagramSocket)) throw new ArgumentError('socket', socket, 'a DatagramSocket');
    requireObject('options', options);
    if (options.identify !== undefined) requireFunction('identify', options.identify);
    const duration = (name: keyof DatagramRequesterOptions, value: number): number =>
      requireNumber(name, value, 1, 2 ** 31 - 1, 'ms') * NANOSECONDS_PER_MILLISECOND;
    this.attempts = requireInteger('attempts', options.attempts ?? 5, 1, 100);
    this.retransmission = new Retransmission({
      attempts: this.attempts,
      initial: duration('initialTimeout', options.initialTimeout ?? 1000),
      minimum: duration('minimumTimeout', options.minimumTimeout ?? 1000),
      maximum: duration('maximumTimeout', options.maximumTimeout ?? 60_000),
    });
    socket.on('message', this.onMessage);
    socket.once('close', this.onClose);
  }

  /**
   * Asks, and waits for the answer.
   * @param payload copied, so that what is sent again is the same.
   * @throws RequestTimeoutError; DatagramStateError REQUEST_ABORTED where the requester is closed, before or while it waits,
   * or the same id is asked of the same peer already, SOCKET_CLOSED where the socket is closed; the signal's reason.
   */
  async request(
    payload: Uint8Array | string,
    destination: Endpoint,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<DatagramReply> {
    requireSignal(signal)?.throwIfAborted();
    // A closed socket has closed its requester, and says so itself.
    if (this.closed && this.socket.descriptor !== undefined) {
      throw new DatagramStateError('REQUEST_ABORTED', 'the requester is closed');
    }
    const peer = requirePeer(destination);
    const bytes = Buffer.from(requirePayload(payload, peer.address.family));
    const key = keyOf(peer, this.options.identify?.(bytes));
    if (this.waiting.has(key)) {
      throw new DatagramStateError(
        'REQUEST_ABORTED',
        'a request with this id waits for an answer of this peer already',
      );
    }
    this.socket.send(bytes, destination);
    const abort = () => this.fail(key, signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    const answered = new Promise<DatagramReply>((resolve, reject) => {
      this.waiting.set(key, { payload: bytes, destination, attempts: 1, resolve, reject });
    });
    this.wakeAt(this.retransmission.begin(key, String(destination.address), native().monotonicNow()));
    return answered.finally(() => signal?.removeEventListener('abort', abort));
  }

  /** Ends every request that waits. The socket stays open. Idempotent. */
  close(): void {
    this.closed = true;
    this.socket.off('message', this.onMessage);
    this.socket.off('close', this.onClose);
    clearTimeout(this.timer);
    const error = new DatagramStateError('REQUEST_ABORTED', 'the requester was closed before the answer came');
    for (const key of [...this.waiting.keys()]) this.fail(key, error);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private take(datagram: Datagram): void {
    const { source } = datagram;
    const id = this.options.identify?.(datagram.payload);
    // A socket on one interface may ask without a zone.
    const keys = [keyOf(source, id), keyOf({ ...source, address: withoutScope(source.address) }, id)];
    const key = keys.find(each => this.waiting.has(each)) ?? '';
    const waiting = this.waiting.get(key);
    if (waiting === undefined) return;
    this.waiting.delete(key);
    const rtt = this.retransmission.answer(key, native().monotonicNow());
    waiting.resolve({
      datagram,
      attempts: waiting.attempts,
      rtt: rtt === undefined ? undefined : rtt / NANOSECONDS_PER_MILLISECOND,
    });
    this.sleepIfIdle();
  }

  private fail(key: string, error: Error): void {
    const waiting = this.waiting.get(key);
    this.waiting.delete(key);
    this.retransmission.cancel(key);
    waiting?.reject(error);
    this.sleepIfIdle();
  }

  /** A timer that comes too early does no harm, so answers leave it as it is. */
  private wakeAt(deadline: Monotonic): void {
    if (this.timer !== undefined && this.wakes <= deadline) return;
    clearTimeout(this.timer);
    this.wakes = deadline;
    const delay = (deadline - native().monotonicNow()) / NANOSECONDS_PER_MILLISECOND;
    this.timer = setTimeout(() => this.expire(), Math.max(1, Math.ceil(delay)));
  }

  private sleepIfIdle(): void {
    if (this.waiting.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private expire(): void {
    this.timer = undefined;
    for (const { key, action } of this.retransmission.expire(native().monotonicNow())) {
      const waiting = this.waiting.get(key);
      if (waiting === undefined) continue;
      if (action === 'failed') this.fail(key, new RequestTimeoutError(waiting.destination, waiting.attempts));
      else this.sendAgain(key, waiting);
    }
    const next = this.retransmission.nextTimeout();
    if (next !== undefined) this.wakeAt(next);
  }

  private sendAgain(key: string, waiting: Waiting): void {
    try {
      waiting.attempts++;
      this.socket.send(waiting.payload, waiting.destination);
    } catch (error) {
      this.fail(key, error as Error);
    }
  }
}

function keyOf({ address, port }: Peer, id: RequestId | undefined): string {
  return `${address} ${port} ${id ?? ''}`;
}

/** Written as the source of an answer is: the zone by its index. */
function requirePeer(destination: Endpoint): Peer {
  const address = requireAddress('destination.address', destination?.address).unmap();
  const { port } = destination;
  if (address.scope === undefined) return { address, port };
  const zone = String(requireInterface('destination.address', address.scope));
  return { address: IpAddress.fromValue(address.family, address.value, zone), port };
}
