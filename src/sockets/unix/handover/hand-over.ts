import { descriptorOf } from '../../../io/descriptor.js';
import { requireDescriptorCount } from '../../../wire/unix-control.js';
import type { UnixAddress } from '../address.js';
import { type PeerCredentials, peerCredentials } from '../peer-credentials.js';
import { UnixServer } from '../unix-server.js';
import type { UnixSocket } from '../unix-socket.js';
import { type HandOverSource, requireSources, stopAccepting } from './draining.js';
import { type HandOverOptions, type HandOverSettings, handOverSettings } from './hand-over-options.js';
import { LineExchange } from './line-exchange.js';
import { describeListener, offerLine, withoutOffer } from './offer.js';

/**
 * Offers servers to a new process, which takes them with `takeOver(path)`. Both then accept from the same sockets, until the
 * new one says that it is ready: then the servers here accept no more, and connections that they have go on to their end. A
 * new process that fails before is as if it had not been.
 *
 * Connections that wait to be accepted wait in the socket, which goes over whole: none is lost. Answers over HTTP/1 carry
 * `Connection: close` from then on.
 * @param servers what to offer, by name; 253 at most.
 * @param path where to wait for the new process. It may not be the path of one of the servers.
 * @throws DescriptorError for a server that does not listen; ArgumentError for what is no server, and for a `state` that is
 * no JSON; SystemCallError as UnixServer.listen.
 */
export async function handOver(
  servers: Readonly<Record<string, HandOverSource>>,
  path: UnixAddress,
  options: HandOverOptions = {},
): Promise<HandOver> {
  requireSources(servers);
  requireDescriptorCount(Object.keys(servers).length);
  const settings = handOverSettings(options);
  offerOf(servers, typeof settings.state === 'function' ? undefined : settings.state);
  const meeting = await UnixServer.listen(path, { mode: settings.mode, backlog: 8 });
  return new HandOver(servers, meeting.unref(), settings);
}

/** What one new process is sent first. */
interface PreparedOffer {
  line: string;
  descriptors: number[];
}

function offerOf(servers: Readonly<Record<string, HandOverSource>>, state: unknown): PreparedOffer {
  const listeners = Object.entries(servers).map(([name, server]) => describeListener(name, descriptorOf(server)));
  return { line: offerLine(listeners, state), descriptors: Object.values(servers).map(server => descriptorOf(server)) };
}

/** Servers on offer. It does not keep the process alive. */
export class HandOver {
  /** Resolves when a new process serves in this one's place, with who that is; with undefined if the offer was withdrawn. */
  readonly handedOver: Promise<PeerCredentials | undefined>;
  /** Resolves when, after that, all connections here have ended: true; or the drain timeout has passed: false. */
  readonly drained: Promise<boolean>;
  readonly #servers: Readonly<Record<string, HandOverSource>>;
  readonly #meeting: UnixServer;
  readonly #settings: HandOverSettings;
  readonly #visitors = new Set<LineExchange>();
  #settle: (successor: PeerCredentials | undefined) => void = () => {};
  #drain: (ended: boolean) => void = () => {};

  constructor(servers: Readonly<Record<string, HandOverSource>>, meeting: UnixServer, settings: HandOverSettings) {
    this.#servers = servers;
    this.#meeting = meeting;
    this.#settings = settings;
    this.handedOver = new Promise(resolve => {
      this.#settle = resolve;
    });
    this.drained = new Promise(resolve => {
      this.#drain = resolve;
    });
    meeting.on('connection', (socket: UnixSocket) => void this.#receive(socket));
    meeting.on('error', error => this.#report(error));
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
    socket.on('error', () => {}).unref();
    const exchange = new LineExchange(socket);
    this.#visitors.add(exchange);
    const timer = setTimeout(() => exchange.close(), this.#settings.readyTimeout).unref();
    try {
      const peer = peerCredentials(socket);
      if ((await this.#allows(peer)) && (await this.#isReady(exchange))) await this.#give(exchange, peer);
    } catch {
      // The visitor went, or sent what is not of the protocol.
    } finally {
      clearTimeout(timer);
      this.#visitors.delete(exchange);
      exchange.close();
    }
  }

  async #allows(peer: PeerCredentials): Promise<boolean> {
    try {
      return await this.#settings.allow(peer);
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  async #isReady(exchange: LineExchange): Promise<boolean> {
    const offer = await this.#prepare(exchange);
    if (offer === undefined) return false;
    await exchange.writeLine(offer.line, offer.descriptors);
    const answer = await exchange.read();
    for (const descriptor of answer?.descriptors ?? []) descriptor.close();
    return answer?.value.ready === true;
  }

  async #prepare(exchange: LineExchange): Promise<PreparedOffer | undefined> {
    const { state } = this.#settings;
    try {
      return offerOf(this.#servers, typeof state === 'function' ? await state() : state);
    } catch (error) {
      this.#report(error);
      await exchange.write(withoutOffer(error));
      return undefined;
    }
  }

  /** A handler that throws does so where nothing here is interrupted. */
  #report(reason: unknown): void {
    process.nextTick(this.#settings.onError, reason instanceof Error ? reason : new Error(String(reason)));
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
    const timer = setTimeout(() => this.#drain(false), this.#settings.drainTimeout);
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
