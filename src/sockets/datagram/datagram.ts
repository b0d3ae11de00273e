import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type ControlMessage, decodeControlMessages } from '../../wire/control-message.js';
import { DatagramControl } from '../../wire/datagram-control.js';
import type { IpAddress } from '../../wire/ip-address.js';
import { PacketInfoAt } from '../../wire/packet-info.js';
import type { IpSocketAddress } from '../../wire/socket-address.js';
import { NANOSECONDS_PER_MILLISECOND, type Realtime } from '../../wire/time.js';
import { CONTROL_OFFSET, NAME_OFFSET, PackedRecord } from './packed-record.js';
import type { Slab, SlabSource } from './slab.js';

/** RFC 3168 section 5: the lowest two bits of the traffic class. */
export type Ecn = 'not-ect' | 'ect1' | 'ect0' | 'ce';
const ECN: readonly Ecn[] = ['not-ect', 'ect1', 'ect0', 'ce'];

/** The control messages read last: a program asks for several values of one datagram after another. */
const control = new DatagramControl();
let controlSlab: Slab | undefined;
let controlRecord = -1;

/**
 * A datagram with everything the kernel told of it. It owns its bytes: the memory is never written again. What the socket
 * was not asked to tell (`ancillary`) is undefined. Values are decoded when they are asked for.
 */
export class Datagram {
  private view: Buffer<ArrayBuffer> | undefined = undefined;

  /** The socket makes them. */
  constructor(
    private readonly slab: Slab,
    private readonly record: number,
    private readonly start: number,
    private readonly size: number,
    /** The datagram's true length in bytes, also where it was truncated. */
    readonly length: number,
  ) {}

  /** The datagram's bytes; fewer than `length` where it was truncated. */
  get payload(): Buffer<ArrayBuffer> {
    this.view ??= this.slab.bytes.subarray(this.start, this.start + this.size);
    return this.view;
  }

  /** The payload was longer than the socket's `maximumPayload`: its end is missing. */
  get truncated(): boolean {
    return this.length > this.size;
  }

  /** Who sent it. Immutable, and shared by the datagrams of one sender. */
  get source(): IpSocketAddress {
    const { slab, record } = this;
    const { addresses, bytes, words } = slab;
    const source = addresses.source(bytes, words, record + NAME_OFFSET, PackedRecord.nameLength(slab, record));
    if (source === undefined) throw new TypeError('the kernel gave no IP source address');
    return source;
  }

  /** The address in its header: a group or a broadcast address where it was sent to one. */
  get destination(): IpAddress | undefined {
    return this.packetInfo?.to;
  }

  /** The address of this machine to answer from; undefined for an IPv6 multicast, where the kernel names none. */
  get localAddress(): IpAddress | undefined {
    const local = this.packetInfo?.local;
    return local?.isMulticast ? undefined : local;
  }

  /** Index of the interface it came in on. */
  get interfaceIndex(): number | undefined {
    const { packetInfoFamily: family, packetInfoStart: start } = this.decode();
    return family === 0 ? undefined : PacketInfoAt.interfaceIndex(this.slab.bytes, start, family);
  }

  /** That interface's name, asked for at this moment: if_indextoname(3). Undefined once the interface is gone. */
  get interfaceName(): string | undefined {
    const index = this.interfaceIndex;
    return index === undefined ? undefined : native().interfaceName(index);
  }

  /** TTL or hop limit that was left when it arrived: 255 shows that no router passed it on (RFC 5082). */
  get hopLimit(): number | undefined {
    const { hopLimit } = this.decode();
    return hopLimit < 0 ? undefined : hopLimit;
  }

  /** TOS or traffic class, the two ECN bits included. */
  get trafficClass(): number | undefined {
    const { trafficClass } = this.decode();
    return trafficClass < 0 ? undefined : trafficClass;
  }

  /** Explicit congestion notification: `ce` says that a router on the way is congested. */
  get ecn(): Ecn | undefined {
    const { trafficClass } = this;
    return trafficClass === undefined ? undefined : ECN[trafficClass & 3];
  }

  /** Datagrams that the kernel had dropped by then because the socket's receive buffer was full. */
  get drops(): number {
    return this.decode().drops;
  }

  /** When the kernel received it: nanoseconds since the origin of this process's clocks, to subtract from one another. */
  get stamp(): Realtime | undefined {
    const stamp = PackedRecord.stamp(this.slab, this.record);
    return Number.isNaN(stamp) ? undefined : (stamp as Realtime);
  }

  /** When the kernel received it: milliseconds since 1970, with fractions (about a quarter of a microsecond is left). */
  get timestamp(): number | undefined {
    const { stamp } = this;
    return stamp === undefined ? undefined : native().realtimeOrigin + stamp / NANOSECONDS_PER_MILLISECOND;
  }

  /** Every control message as the kernel gave it, for options that this class has no name for. */
  get controlMessages(): ControlMessage[] {
    const start = this.record + CONTROL_OFFSET;
    return decodeControlMessages(this.slab.bytes, start, start + PackedRecord.controlLength(this.slab, this.record));
  }

  /** Control data did not fit: some of the values may be missing (MSG_CTRUNC). */
  get controlTruncated(): boolean {
    return (PackedRecord.flags(this.slab, this.record) & LINUX.MSG_CTRUNC) !== 0;
  }

  /** The same datagram in memory that it shares with no other. */
  copyTo(slabs: SlabSource): Datagram {
    const { slab, record, start, size, length } = this;
    const head = start - record;
    const own = slabs.create(head + size);
    own.bytes.set(slab.bytes.subarray(record, start + size));
    return new Datagram(own, 0, head, size, length);
  }

  private get packetInfo(): { to: IpAddress; local: IpAddress } | undefined {
    const { addresses, bytes, words } = this.slab;
    return addresses.packetInfo(bytes, words, this.decode());
  }

  private decode(): DatagramControl {
    const { slab, record } = this;
    if (controlSlab === slab && controlRecord === record) return control;
    const start = record + CONTROL_OFFSET;
    control.read(slab.words, start, start + PackedRecord.controlLength(slab, record));
    controlSlab = slab;
    controlRecord = record;
    return control;
  }
}
