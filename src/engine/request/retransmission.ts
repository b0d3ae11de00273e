import { after, type Monotonic, type Nanoseconds } from '../../wire/time.js';
import { RttEstimator, type RttEstimatorOptions } from '../rtt-estimator.js';

export interface RetransmissionOptions extends RttEstimatorOptions {
  /** How often a request is sent at most, 1 or more. */
  attempts: number;
}

/** One request that waits for its answer. */
interface Exchange {
  peer: Peer;
  attempts: number;
  /** When it was sent first and last. */
  first: Monotonic;
  last: Monotonic;
  deadline: Monotonic;
}

/** What is known of the way to one peer. */
interface Peer {
  estimator: RttEstimator;
  /** When its timeout was doubled last. */
  backedOff: number;
}

/** Peers whose round trips are remembered; the one not asked for longest is forgotten. */
const MOST_PEERS = 1024;

/** What has come of a request whose time was over. */
export interface Expiry<Key> {
  key: Key;
  /** `retransmit`: send it again; `failed`: it was sent as often as it may be. */
  action: 'retransmit' | 'failed';
}

/**
 * When to send requests again: timeouts by RFC 6298, a peer at a time. It sends nothing and reads no clock. A request that
 * was sent more than once gives no sample, for nobody knows which copy was answered (Karn's rule, section 3).
 */
export class Retransmission<Key> {
  private readonly exchanges = new Map<Key, Exchange>();
  private readonly peers = new Map<string, Peer>();

  constructor(private readonly options: RetransmissionOptions) {}

  /** Requests that wait for their answers. */
  get waiting(): number {
    return this.exchanges.size;
  }

  has(key: Key): boolean {
    return this.exchanges.has(key);
  }

  /** A request was sent for the first time. @returns when its time is over. */
  begin(key: Key, peerName: string, now: Monotonic): Monotonic {
    const peer = this.peer(peerName);
    const deadline = after(now, peer.estimator.retransmissionTimeout);
    this.exchanges.set(key, { peer, attempts: 1, first: now, last: now, deadline });
    return deadline;
  }

  /** An answer came. @returns the round trip, where it is known; undefined for a request that was sent more than once. */
  answer(key: Key, now: Monotonic): Nanoseconds | undefined {
    const exchange = this.exchanges.get(key);
    this.exchanges.delete(key);
    if (exchange === undefined || exchange.attempts > 1) return undefined;
    const rtt = now - exchange.first;
    exchange.peer.estimator.sample(rtt);
    return rtt;
  }

  /** Nobody waits for the answer any more. */
  cancel(key: Key): void {
    this.exchanges.delete(key);
  }

  /** Requests whose time is over. Each that is to be sent again counts as sent at `now`. */
  expire(now: Monotonic): Expiry<Key>[] {
    const expired: Expiry<Key>[] = [];
    for (const [key, exchange] of this.exchanges) {
      if (exchange.deadline > now) continue;
      const failed = exchange.attempts >= this.options.attempts;
      if (failed) this.exchanges.delete(key);
      else this.retransmit(exchange, now);
      expired.push({ key, action: failed ? 'failed' : 'retransmit' });
    }
    return expired;
  }

  /** When `expire` has something to do next. */
  nextTimeout(): Monotonic | undefined {
    let next: Monotonic | undefined;
    for (const { deadline } of this.exchanges.values()) if (next === undefined || deadline < next) next = deadline;
    return next;
  }

  /** The timeout that a request to this peer would have now. */
  timeoutOf(peerName: string): Nanoseconds {
    return this.peer(peerName).estimator.retransmissionTimeout;
  }

  /** Rules 5.4 to 5.6. Several requests that were lost together double the peer's timeout once. */
  private retransmit(exchange: Exchange, now: Monotonic): void {
    const { peer } = exchange;
    if (peer.backedOff <= exchange.last) {
      peer.estimator.backOff();
      peer.backedOff = now;
    }
    exchange.attempts++;
    exchange.last = now;
    exchange.deadline = after(now, peer.estimator.retransmissionTimeout);
  }

  private peer(name: string): Peer {
    const peer = this.peers.get(name) ?? {
      estimator: new RttEstimator(this.options),
      backedOff: Number.NEGATIVE_INFINITY,
    };
    this.peers.delete(name);
    this.peers.set(name, peer);
    const [oldest] = this.peers.keys();
    if (this.peers.size > MOST_PEERS && oldest !== undefined) this.peers.delete(oldest);
    return peer;
  }
}
