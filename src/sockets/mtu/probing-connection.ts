import { check } from '../../io/errors.js';
import { type NativePoller, native, UV_PRIORITIZED, UV_WRITABLE } from '../../io/native.js';
import { getOption, setOption } from '../../io/option.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { Family, IpAddress } from '../../wire/ip-address.js';
import { encodeSocketAddress } from '../../wire/socket-address.js';

/** Where a connection goes, and how its packets leave. */
export interface ConnectionTarget {
  address: IpAddress;
  port: number;
  scopeId?: number;
  interface?: string;
  source?: IpAddress;
  mark?: number;
}

/**
 * What became of a segment. acknowledged: the peer has got it, in one packet. cut: the kernel has come to believe that the
 * path takes less. reset: somebody ended the connection before.
 */
export type SegmentFate = 'pending' | 'acknowledged' | 'cut' | 'reset';

const ADDRESS_FAMILY = { 4: LINUX.AF_INET, 6: LINUX.AF_INET6 } as const;
/** IP header and TCP header, without options. */
const HEADERS: Readonly<Record<Family, number>> = { 4: 40, 6: 60 };
/** RFC 7323 section 3.2 with its padding. */
const TIMESTAMPS = 12;
const LEAST_PAYLOAD = 8;
const DONE = new Int32Array(1);

/** Empty lines: servers of HTTP skip them (RFC 9112 section 2.2), and to others they are no request. */
const LINES = Buffer.alloc(0xffff, '\r\n');

/** A TCP connection that sends one segment, to see whether a packet of that size gets to the peer. It needs no privilege. */
export class ProbingConnection {
  private readonly poller: NativePoller;
  private payload = 0;

  private closed = false;

  private constructor(
    private readonly descriptor: number,
    private readonly family: Family,
    onChange: () => void,
  ) {
    this.poller = new (native().Poller)(descriptor, () => {
      this.poller.stop();
      onChange();
    });
  }

  /**
   * Opens it. `onChange` is called once it stands or has failed, and once its segment has met its fate.
   * @throws SystemCallError where the kernel refuses, nothing left open.
   */
  static open(target: ConnectionTarget, onChange: () => void): ProbingConnection {
    const { family } = target.address;
    const descriptor = check(native().socket(ADDRESS_FAMILY[family], LINUX.SOCK_STREAM, 0), 'socket', {
      object: 'TCP',
    });
    try {
      setUp(descriptor, target);
      const connection = new ProbingConnection(descriptor, family, onChange);
      connection.poller.start(UV_WRITABLE);
      return connection;
    } catch (error) {
      native().close(descriptor);
      throw error;
    }
  }

  /** The shortest packet that has data, if the connection has time stamps. */
  static smallestPacket(family: Family): number {
    return HEADERS[family] + TIMESTAMPS + LEAST_PAYLOAD;
  }

  /** It stood, and sent its segment. */
  get hasSent(): boolean {
    return this.payload > 0;
  }

  /** SO_ERROR: 0 where the connection stands. */
  takeError(): number {
    check(native().getIntegerOption(this.descriptor, LINUX.SOL_SOCKET, LINUX.SO_ERROR, DONE), 'getsockopt');
    return DONE[0] ?? 0;
  }

  /** The path MTU as the kernel believes it. */
  get mtu(): number {
    return getOption(this.descriptor, 'TCP_INFO').pmtu ?? 0;
  }

  /** The largest packet it sends: what the peer takes (its MSS), and the path as the kernel believes it. */
  get largestPacket(): number {
    return (getOption(this.descriptor, 'TCP_INFO').snd_mss ?? 0) + this.headers;
  }

  /** MSS of the peer's SYN-ACK, where it is what limits the packets; else it is not known. */
  get offeredMss(): number | undefined {
    const { largestPacket, mtu } = this;
    return largestPacket < mtu ? largestPacket - HEADERS[this.family] : undefined;
  }

  /** Sends one packet of this size, unless it is too long for what the connection sends, or somebody has ended it. */
  send(size: number): 'sent' | 'too-long' | 'reset' {
    if (getOption(this.descriptor, 'TCP_INFO').state === 'closed') return 'reset';
    if (size > this.largestPacket) return 'too-long';
    this.payload = size - this.headers;
    if (native().write(this.descriptor, LINES.subarray(0, this.payload)) !== this.payload) return 'reset';
    // The stamp of the acknowledgment is in the error queue, of which a poller is always told.
    this.poller.start(UV_PRIORITIZED);
    return 'sent';
  }

  get fate(): SegmentFate {
    const { state, unacked, notsent_bytes: waiting = 0, snd_mss: segment = 0 } = getOption(this.descriptor, 'TCP_INFO');
    if (state === 'closed') return 'reset';
    // The kernel sends what was lost again in segments of the size that it believes in by then.
    if (segment < this.payload) return 'cut';
    return unacked === 0 && waiting === 0 ? 'acknowledged' : 'pending';
  }

  /** Ends it with a reset. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.poller.close();
    native().close(this.descriptor);
  }

  private get headers(): number {
    const { options } = getOption(this.descriptor, 'TCP_INFO');
    return HEADERS[this.family] + (options?.includes('timestamps') ? TIMESTAMPS : 0);
  }
}

function setUp(descriptor: number, target: ConnectionTarget): void {
  const { address, port, scopeId, source, mark } = target;
  const family = address.family === 4 ? 'ip4' : 'ip6';
  setOption(descriptor, 'SO_LINGER', { onoff: true, linger: 0 });
  setOption(descriptor, 'TCP_NODELAY', true);
  setOption(descriptor, 'SO_TIMESTAMPING', ['tx-ack', 'software', 'opt-tsonly']);
  if (target.interface !== undefined) setOption(descriptor, 'SO_BINDTODEVICE', target.interface);
  if (mark !== undefined) setOption(descriptor, 'SO_MARK', mark);
  if (source !== undefined) {
    const own = encodeSocketAddress({ family, address: source, port: 0, scopeId });
    check(native().bind(descriptor, own), 'bind', { object: String(source) });
  }
  const result = native().connect(descriptor, encodeSocketAddress({ family, address, port, scopeId }));
  const begun = result === -LINUX.EINPROGRESS || result === -LINUX.ECONNREFUSED;
  if (!begun) check(result, 'connect', { object: `${address} port ${port}` });
}
