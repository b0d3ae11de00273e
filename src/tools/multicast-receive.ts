import { type LedgerVerdict, type SenderFigures, SenderLedger } from '../engine/multicast/sender-ledger.js';
import { requireArray, requireInteger, requireNumber, requireObject, requireSignal } from '../io/argument-error.js';
import { native } from '../io/native.js';
import type { Datagram } from '../sockets/datagram/datagram.js';
import { DatagramSocket } from '../sockets/datagram/datagram-socket.js';
import type { InterfaceChoice } from '../sockets/datagram/endpoint.js';
import { requireGroup } from '../sockets/multicast/group-argument.js';
import type { IpAddress } from '../wire/ip-address.js';
import { EventStream } from './event-stream.js';
import { ZoneNames } from './zone-names.js';

export interface MulticastReceiveOptions {
  group: string | IpAddress;
  /** 1 to 65535. */
  port: number;
  /** Only these sources. Default: any source. */
  sources?: readonly (string | IpAddress)[];
  /** Default: the kernel's choice. */
  interface?: InterfaceChoice | 'all';
  /** The socket's mark (SO_MARK), 0 to 4294967295. Needs CAP_NET_ADMIN. Default: none. */
  mark?: number;
  /** Milliseconds between reports. Default: 1000. */
  interval?: number;
  /** Ends after so many datagrams. */
  count?: number;
  /** Ends after so many milliseconds, 1 or more. */
  duration?: number;
  signal?: AbortSignal;
}

export type MulticastReceiveEvent =
  | { type: 'start'; group: string; port: number; sources: string[]; interfaces: string[] }
  | { type: 'sender'; address: string; port: number; interface: string | null; hopLimit: number | null }
  | { type: 'gap'; address: string; port: number; from: number; missing: number }
  | { type: 'restart'; address: string; port: number }
  | { type: 'report'; senders: SenderFigures[]; drops: number }
  | { type: 'summary'; received: number; bytes: number; senders: SenderFigures[]; drops: number; elapsed: number };

/** A flood between two reports is counted, and its gaps told up to so many. */
const MOST_EVENTS_WAITING = 10_000;

/** Joins a group and tells who sends to it, how much, what is missing and how many hops were left. */
export function receiveMulticast(options: MulticastReceiveOptions): AsyncIterableIterator<MulticastReceiveEvent> {
  return new MulticastReceiver(options).stream;
}

class MulticastReceiver {
  readonly stream = new EventStream<MulticastReceiveEvent>(() => this.end());
  private readonly group: IpAddress;
  private readonly socket: DatagramSocket;
  private readonly begun = native().monotonicNow();
  private readonly ledger = new SenderLedger(this.begun);
  private readonly zones = new ZoneNames();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly count: number;
  private received = 0;
  private bytes = 0;
  private ended = false;
  private readonly finish = (): void => this.end();

  constructor(private readonly options: MulticastReceiveOptions) {
    requireSignal(requireObject('options', options).signal)?.throwIfAborted();
    this.group = requireGroup(options.group);
    const port = requireInteger('port', options.port, 1, 65_535);
    const interval = requireNumber('interval', options.interval ?? 1000, 1, 2 ** 31 - 1, 'ms');
    this.count = requireInteger('count', options.count ?? Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER);
    const { duration } = options;
    if (duration !== undefined) requireNumber('duration', duration, 1, 2 ** 31 - 1, 'ms');
    requireArray('sources', options.sources ?? []);
    this.socket = this.open(this.group, port);
    this.timers.push(setInterval(() => this.report(), interval));
    if (duration !== undefined) this.timers.push(setTimeout(this.finish, duration));
    options.signal?.addEventListener('abort', this.finish, { once: true });
    this.socket.on('message', datagram => this.take(datagram));
  }

  /**
   * Bound to the group, so that nothing else that is sent to the port comes in. A group of one link without a zone cannot be
   * bound to, nor can it be on several links: what comes besides is left out by `take`.
   */
  private open(group: IpAddress, port: number): DatagramSocket {
    const options = { SO_MARK: this.options.mark };
    const address = group.needsZone && group.scope === undefined ? '::' : group;
    const socket = DatagramSocket.open({ bind: { address, port }, reuseAddress: true, options });
    try {
      const { sources = [], interface: choice } = this.options;
      if (sources.length === 0) socket.join(group, { interface: choice });
      for (const source of sources) socket.join(group, { interface: choice, source });
      const interfaces = [...new Set(socket.memberships().map(({ interfaceName }) => interfaceName))];
      this.stream.push({
        type: 'start',
        group: this.zones.show(group),
        port,
        sources: sources.map(String),
        interfaces,
      });
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  private take(datagram: Datagram): void {
    const { source, destination, length, payload, hopLimit } = datagram;
    if (destination?.value !== this.group.value) return;
    const address = this.zones.show(source.address);
    this.received++;
    this.bytes += length;
    const entry = { address, port: source.port, length, payload, hopLimit };
    const verdict = this.ledger.enter(entry, native().monotonicNow());
    if (verdict !== undefined && this.stream.backlog < MOST_EVENTS_WAITING) this.tell(verdict, datagram, address);
    if (this.received >= this.count) this.end();
  }

  private tell({ isNew, sequence }: LedgerVerdict, datagram: Datagram, address: string): void {
    const { port } = datagram.source;
    if (isNew) {
      const { interfaceName = null, hopLimit = null } = datagram;
      this.stream.push({ type: 'sender', address, port, interface: interfaceName, hopLimit });
    }
    if (sequence?.kind === 'gap') {
      this.stream.push({ type: 'gap', address, port, from: sequence.from, missing: sequence.missing });
    } else if (sequence?.kind === 'restart') {
      this.stream.push({ type: 'restart', address, port });
    }
  }

  private report(): void {
    const senders = this.ledger.report(native().monotonicNow());
    if (this.stream.backlog < MOST_EVENTS_WAITING)
      this.stream.push({ type: 'report', senders, drops: this.socket.drops });
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.options.signal?.removeEventListener('abort', this.finish);
    const { received, bytes } = this;
    const { drops } = this.socket;
    this.socket.close();
    const elapsed = (native().monotonicNow() - this.begun) / 1e6;
    this.stream.push({ type: 'summary', received, bytes, senders: this.ledger.summary(), drops, elapsed });
    this.stream.end();
  }
}
