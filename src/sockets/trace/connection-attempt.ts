import type { PacketSlot } from '../../engine/packet-slot.js';
import { check } from '../../io/errors.js';
import { type NativePoller, native, UV_PRIORITIZED, UV_READABLE, UV_WRITABLE } from '../../io/native.js';
import { setOption } from '../../io/option.js';
import { LINUX } from '../../wire/constants.generated.js';
import { IpAddress } from '../../wire/ip-address.js';
import { encodeSocketAddress } from '../../wire/socket-address.js';
import { TcpHeaderAt } from '../../wire/tcp-header.js';
import type { Monotonic } from '../../wire/time.js';
import { setUpSocket, type TraceSocketOptions } from './trace-socket-options.js';

const ADDRESS_FAMILY = { 4: LINUX.AF_INET, 6: LINUX.AF_INET6 } as const;
/** The kernel sends a SYN again after a second, for nobody: the engine decides that. Once is the least it can be told. */
const SYN_RETRANSMISSIONS = 1;
const DONE = new Int32Array(1);

/** One TCP connection that is opened to see how far its SYN gets, and goes no further. */
export class ConnectionAttempt {
  /** The SYN as the engine wrote it: what it knows its probe by. */
  readonly segment: Uint8Array;
  readonly destination: IpAddress;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly lane: number;
  /** When its SYN left. */
  sentAt = Number.NaN as Monotonic;
  /** Between the engine's idea of that and the truth. */
  setUpTime = 0;
  /** When it was seen to be over; NaN while it is not. */
  readyAt = Number.NaN as Monotonic;
  private poller: NativePoller | undefined;
  private closed = false;

  private constructor(
    readonly descriptor: number,
    slot: PacketSlot,
  ) {
    this.segment = slot.bytes.slice(0, slot.length);
    this.destination = IpAddress.fromWords(slot.family, slot.destination);
    this.sourcePort = TcpHeaderAt.sourcePort(this.segment, 0);
    this.destinationPort = TcpHeaderAt.destinationPort(this.segment, 0);
    this.lane = slot.lane;
  }

  /** Whether the packet is of this connection: the same addresses and ports. */
  isOfConnection({ bytes, lane, family, destination }: PacketSlot): boolean {
    return (
      this.lane === lane &&
      this.sourcePort === TcpHeaderAt.sourcePort(bytes, 0) &&
      this.destinationPort === TcpHeaderAt.destinationPort(bytes, 0) &&
      this.destination.equals(IpAddress.fromWords(family, destination))
    );
  }

  /**
   * Opens the connection.
   * @throws SystemCallError where the kernel refuses, nothing left open.
   */
  static open(slot: PacketSlot, options: TraceSocketOptions, onReady: () => void): ConnectionAttempt {
    const descriptor = check(native().socket(ADDRESS_FAMILY[slot.family], LINUX.SOCK_STREAM, 0), 'socket');
    const attempt = new ConnectionAttempt(descriptor, slot);
    try {
      attempt.setUp(slot, options);
      attempt.connect(slot);
      attempt.watch(onReady);
      return attempt;
    } catch (error) {
      attempt.close();
      throw error;
    }
  }

  /** SO_ERROR: 0 where the connection stands. */
  takeError(): number {
    check(native().getIntegerOption(this.descriptor, LINUX.SOL_SOCKET, LINUX.SO_ERROR, DONE), 'getsockopt');
    return DONE[0] ?? 0;
  }

  /** Ends it with a reset (SO_LINGER), should it stand. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.poller?.close();
    native().close(this.descriptor);
  }

  private setUp(slot: PacketSlot, options: TraceSocketOptions): void {
    const { descriptor } = this;
    setUpSocket(descriptor, options, { errors: true, transmitStamps: false });
    setOption(descriptor, 'SO_REUSEADDR', true);
    setOption(descriptor, 'SO_LINGER', { onoff: true, linger: 0 });
    setOption(descriptor, 'TCP_SYNCNT', SYN_RETRANSMISSIONS);
    if (slot.hopLimit > 0) setOption(descriptor, slot.family === 4 ? 'IP_TTL' : 'IPV6_UNICAST_HOPS', slot.hopLimit);
    if (slot.trafficClass >= 0) setOption(descriptor, slot.family === 4 ? 'IP_TOS' : 'IPV6_TCLASS', slot.trafficClass);
  }

  private connect(slot: PacketSlot): void {
    const family = slot.family === 4 ? 'ip4' : 'ip6';
    const any = IpAddress.parse(slot.family === 4 ? '0.0.0.0' : '::');
    const own = encodeSocketAddress({ family, address: any, port: this.sourcePort });
    check(native().bind(this.descriptor, own), 'bind', { object: `port ${this.sourcePort}` });
    const port = this.destinationPort;
    const peer = { family, address: this.destination, port, scopeId: slot.scopeId, flowInfo: slot.flowLabel } as const;
    this.sentAt = native().monotonicNow();
    const result = native().connect(this.descriptor, encodeSocketAddress(peer));
    const begun = result === -LINUX.EINPROGRESS || result === -LINUX.ECONNREFUSED || result === -LINUX.EHOSTUNREACH;
    if (!begun) check(result, 'connect', { object: String(this.destination) });
  }

  private watch(onReady: () => void): void {
    this.poller = new (native().Poller)(this.descriptor, () => {
      this.poller?.stop();
      this.readyAt = native().monotonicNow();
      onReady();
    });
    this.poller.start(UV_READABLE | UV_WRITABLE | UV_PRIORITIZED);
  }
}
