import { requireNumber } from '../../../io/argument-error.js';
import { descriptorOf } from '../../../io/descriptor.js';
import { requireDescriptorCount } from '../../../wire/unix-control.js';
import type { UnixAddress } from '../address.js';
import { type PeerCredentials, peerCredentials } from '../peer-credentials.js';
import { UnixServer } from '../unix-server.js';
import type { UnixSocket } from '../unix-socket.js';
import { type HandOverSource, stopAccepting } from './draining.js';
import { LineExchange } from './line-exchange.js';
import { describeListener, type Offer, PROTOCOL, VERSION } from './offer.js';
import { trustsSameUser } from './trust.js';

export interface HandOverOptions {
  /** Access bits of the path. Default: 0o600. */
  mode?: number;
  /** Who may take over. Default: root, and the user that this process runs as. */
  allow?: (peer: PeerCredentials) => boolean;
  /** Something for the new process to know, as JSON; or what gives it, called for each process that asks. */
  state?: unknown | (() => unknown);
  /** How long accepted connections have to end after the hand-over, in milliseconds. Default: 30,000. */
  drainTimeout?: number;
}

const DEFAULT_DRAIN_MS = 30_000;

/**
 * Offers servers to a new process, which takes them with `takeOver(path)`. Both then accept from the same sockets, until the
 * new one says that it is ready: then the servers here accept no more, and connections that they have go on to their end. A
 * new process that fails before is as if it had not been.
 *
 * Connections that wait to be accepted wait in the socket, which goes over whole: none is lost. Answers over HTTP/1 carry
 * `Connection: close` from then on.
 * @param servers what to offer, by name; 253 at most.
 * @param path where to wait for the new process. It may not be the path of one of the servers.
 * @throws DescriptorError for a server that does not listen; SystemCallError as UnixServer.listen.
 */
export async function handOver(
  servers: Readonly<Record<string, HandOverSource>>,
  path: UnixAddress,
  options: HandOverOptions = {},
): Promise<HandOver> {
  requireDescriptorCount(Object.keys(servers).length);
  for (const server of Object.values(servers)) descriptorOf(server);
  requireNumber('drainTimeout', options.drainTimeout ?? DEFAULT_DRAIN_MS, 0, 2 ** 31 - 1, 'ms');
  const meeting = await UnixServer.listen(path, { mode: options.mode ?? 0o600, backlog: 8 });
  return new HandOver(servers, meeting.unref(), options);
}

/** Servers on offer. It does not keep the process alive. */
export class HandOver {
  /** Resolves when a new process serves in this one's place, with who that is; with undefined if the offer was withdrawn. */
  readonly handedOver: Promise<PeerCredentials | undefined>;
  /** Resolves when, after that, all connections here have ended: true; or the drain timeout has passed: false. */
  readonly drained: Promise<boolean>;
  readonly #servers: Readonly<Record<string, HandOverSource>>;
  readonly #meeting: UnixServer;
  readonly #options: HandOverOptions;
  readonly #visitors = new Set<LineExchange>();
  #settle: (successor: PeerCredentials | undefined) => void = () => {};
  #drain: (ended: boolean) => void = () => {};

  constructor(servers: Readonly<Record<string, HandOverSource>>, meeting: UnixServer, options: HandOverOptions) {
    this.#servers = servers;
    this.#meeting = meeting;
    this.#options = options;
    this.handedOver = new Promise(resolve => {
      this.#settle = resolve;
    });
    this.drained = new Promise(resolve => {
      this.#drain = resolve;
    });
    meeting.on('connection', (socket: UnixSocket) => void this.#receive(socket));
    meeting.on('error', () => {});
  }

  /** Withdraws the offer; the servers go on. Idempotent, and without effect after a hand-over. */
  close(): void {
    this.#leave();
    this.#settle(undefined);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Whatever goes wrong with one visitor, the offer stands for the next. */
  async #receive(socket: UnixSocket): Promise<void> {
    socket.on('error', () => {});
    const exchange = new LineExchange(socket);
    this.#visitors.add(exchange);
    try {
      const peer = peerCredentials(socket);
      const { allow = trustsSameUser } = this.#options;
      if (allow(peer) && (await this.#isReady(exchange))) await this.#give(exchange, peer);
    } catch {
      // The visitor went, or sent what is not of the protocol.
    } finally {
      this.#visitors.delete(exchange);
      exchange.close();
    }
  }

  async #isReady(exchange: LineExchange): Promise<boolean> {
    const servers = Object.entries(this.#servers);
    const { state } = this.#options;
    const offer: Offer = {
      protocol: PROTOCOL,
      version: VERSION,
      listeners: servers.map(([name, server]) => describeListener(name, descriptorOf(server))),
      state: typeof state === 'function' ? state() : state,
    };
    const descriptors = servers.map(([, server]) => descriptorOf(server));
    await exchange.write(offer, descriptors);
    const answer = await exchange.read();
    for (const descriptor of answer?.descriptors ?? []) descriptor.close();
    return answer?.value.ready === true;
  }

  /** The path is free before the new process hears that it is, because it will offer the servers there in its turn. */
  async #give(exchange: LineExchange, successor: PeerCredentials): Promise<void> {
    if (this.#meeting.closed) return;
    const ended = Promise.all(Object.values(this.#servers).map(stopAccepting));
    this.#visitors.delete(exchange);
    this.#leave();
    this.#settle(successor);
    this.#watchDrain(ended);
    await exchange.write({ released: true });
  }

  #watchDrain(ended: Promise<unknown>): void {
    const timer = setTimeout(() => this.#drain(false), this.#options.drainTimeout ?? DEFAULT_DRAIN_MS);
    timer.unref();
    void ended.then(() => {
      clearTimeout(timer);
      this.#drain(true);
    });
  }

  #leave(): void {
    this.#meeting.close();
    for (const visitor of this.#visitors) visitor.close();
    this.#visitors.clear();
  }
}
