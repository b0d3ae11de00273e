import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type ControlMessage, decodeControlMessages } from '../../wire/control-message.js';
import { DatagramControl } from '../../wire/datagram-control.js';
import type { IpAddress } from '../../wire/ip-address.js';
import type { IpSocketAddress } from '../../wire/socket-address.js';
import { NANOSECONDS_PER_MILLISECOND, type Realtime } from '../../wire/time.js';
import type { SourceCache } from './source-cache.js';

/** Where in packed memory one datagram lies, and what recvmmsg(2) said beside it. */
export interface DatagramPlace {
  bytes: Uint8Array<ArrayBuffer>;
  nameStart: number;
  nameLength: number;
  controlStart: number;
  controlLength: number;
  payloadStart: number;
  payloadLength: number;
  trueLength: number;
  flags: number;
  stamp: number;
  sources: SourceCache;
}

/** RFC 3168 section 5: the lowest two bits of the traffic class. */
export type Ecn = 'not-ect' | 'ect1' | 'ect0' | 'ce';
const ECN: readonly Ecn[] = ['not-ect', 'ect1', 'ect0', 'ce'];

const reader = new DatagramControl();

/**
 * A datagram with everything the kernel told of it. It owns its bytes: the memory is never reused. What the socket was not
 * asked to tell (`ancillary`) is undefined. Values are decoded when they are first asked for.
 */
export class Datagram {
  /** The payload was longer than the socket's `maximumPayload`: its end is missing. */
  readonly truncated: boolean;
  /** The datagram's true length in bytes, also where it was truncated. */
  readonly length: number;
  /** When the kernel received it: nanoseconds since the origin of this process's clocks, to subtract from one another. */
  readonly stamp: Realtime | undefined;
  private readonly place: DatagramPlace;
  private payloadBytes: Buffer<ArrayBuffer> | undefined;
  private decoded = false;
  private hops = -1;
  private class_ = -1;
  private index = 0;
  private dropped = 0;
  private to: IpAddress | undefined;
  private at: IpAddress | undefined;

  constructor(place: DatagramPlace) {
    this.place = place;
    this.length = place.trueLength;
    this.truncated = (place.flags & LINUX.MSG_TRUNC) !== 0;
    this.stamp = Number.isNaN(place.stamp) ? undefined : (place.stamp as Realtime);
  }

  /** The datagram's bytes; fewer than `length` where it was truncated. */
  get payload(): Buffer<ArrayBuffer> {
    const { bytes, payloadStart, payloadLength } = this.place;
    this.payloadBytes ??= Buffer.from(bytes.buffer, bytes.byteOffset + payloadStart, payloadLength);
    return this.payloadBytes;
  }

  /** Who sent it. Immutable, and shared by the datagrams of one sender. */
  get source(): IpSocketAddress {
    const { sources, bytes, nameStart, nameLength } = this.place;
    const source = sources.get(bytes, nameStart, nameLength);
    if (source === undefined) throw new TypeError('the kernel gave no IP source address');
    return source;
  }

  /** The address in its header: a group or a broadcast address where it was sent to one. */
  get destination(): IpAddress | undefined {
    return this.decode().to;
  }

  /** The address of this machine to answer from; undefined for an IPv6 multicast, where the kernel names none. */
  get localAddress(): IpAddress | undefined {
    const local = this.decode().at;
    return local?.isMulticast ? undefined : local;
  }

  /** Index of the interface it came in on. */
  get interfaceIndex(): number | undefined {
    return this.decode().index || undefined;
  }

  /** That interface's name, asked for at this moment: if_indextoname(3). Undefined once the interface is gone. */
  get interfaceName(): string | undefined {
    const index = this.interfaceIndex;
    return index === undefined ? undefined : native().interfaceName(index);
  }

  /** TTL or hop limit that was left when it arrived: 255 shows that no router passed it on (RFC 5082). */
  get hopLimit(): number | undefined {
    return known(this.decode().hops);
  }

  /** TOS or traffic class, the two ECN bits included. */
  get trafficClass(): number | undefined {
    return known(this.decode().class_);
  }

  /** Explicit congestion notification: `ce` says that a router on the way is congested. */
  get ecn(): Ecn | undefined {
    const { class_ } = this.decode();
    return class_ < 0 ? undefined : ECN[class_ & 3];
  }

  /** Datagrams that the kernel had dropped by then because the socket's receive buffer was full. */
  get drops(): number {
    return this.decode().dropped;
  }

  /** When the kernel received it: milliseconds since 1970, with fractions (about a quarter of a microsecond is left). */
  get timestamp(): number | undefined {
    return this.stamp === undefined ? undefined : native().realtimeOrigin + this.stamp / NANOSECONDS_PER_MILLISECOND;
  }

  /** Every control message as the kernel gave it, for options that this class has no name for. */
  get controlMessages(): ControlMessage[] {
    const { bytes, controlStart, controlLength } = this.place;
    return decodeControlMessages(bytes, controlStart, controlStart + controlLength);
  }

  /** Control data did not fit: some of the values may be missing (MSG_CTRUNC). */
  get controlTruncated(): boolean {
    return (this.place.flags & LINUX.MSG_CTRUNC) !== 0;
  }

  private decode(): this {
    if (this.decoded) return this;
    const { bytes, controlStart, controlLength } = this.place;
    reader.read(bytes, controlStart, controlStart + controlLength);
    this.decoded = true;
    this.hops = reader.hopLimit;
    this.class_ = reader.trafficClass;
    this.index = reader.interfaceIndex;
    this.dropped = reader.drops;
    this.to = reader.destination?.unmap();
    this.at = reader.local?.unmap();
    return this;
  }
}

function known(value: number): number | undefined {
  return value < 0 ? undefined : value;
}
