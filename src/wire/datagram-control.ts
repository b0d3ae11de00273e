import { hostUint32, uint8 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { type ControlMessageVisitor, walkControlMessages } from './control-message.js';
import type { Family, IpAddress } from './ip-address.js';
import { PacketInfoAt, packetInfoSize } from './packet-info.js';

/** What the control messages of one received datagram say. One object reads many datagrams; it allocates nothing. */
export class DatagramControl {
  /** TTL or hop limit; -1 where the kernel did not tell. */
  hopLimit = -1;
  /** TOS or traffic class; -1 likewise. */
  trafficClass = -1;
  /** Interface that the datagram came in on; 0 where the kernel did not tell. */
  interfaceIndex = 0;
  /** SO_RXQ_OVFL of socket(7): datagrams that this socket had dropped by then. The kernel tells only once there are some. */
  drops = 0;
  /** UDP_GRO of udp(7): bytes of each datagram that was joined into this one; 0 for one that stands alone. */
  segmentSize = 0;
  /** Where an extended error lies; equal where there is none. */
  errorStart = 0;
  errorEnd = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private packetInfo = 0;
  private family: Family | 0 = 0;

  /**
   * Reads the control messages between `start` and `end`.
   * @throws WireFormatError for a malformed length.
   */
  read(control: Uint8Array, start: number, end: number): this {
    this.bytes = control;
    this.hopLimit = -1;
    this.trafficClass = -1;
    this.interfaceIndex = 0;
    this.drops = 0;
    this.segmentSize = 0;
    this.errorStart = 0;
    this.errorEnd = 0;
    this.family = 0;
    walkControlMessages(control, start, end, this.visit);
    return this;
  }

  /** Where the datagram was sent to. Valid until the memory read last is overwritten. */
  get destination(): IpAddress | undefined {
    return this.family === 0 ? undefined : PacketInfoAt.destination(this.bytes, this.packetInfo, this.family);
  }

  /** The address of this machine that it was for: IPv4 names the interface's for a multicast or broadcast. */
  get local(): IpAddress | undefined {
    return this.family === 0 ? undefined : PacketInfoAt.local(this.bytes, this.packetInfo, this.family);
  }

  private readonly visit: ControlMessageVisitor = (level, type, start, end) => {
    if (level === LINUX.IPPROTO_IP) this.visitV4(type, start, end);
    else if (level === LINUX.IPPROTO_IPV6) this.visitV6(type, start, end);
    else if (level === LINUX.SOL_SOCKET) {
      if (type === LINUX.SO_RXQ_OVFL && end - start >= 4) this.drops = hostUint32(this.bytes, start);
    } else if (level === LINUX.IPPROTO_UDP) {
      if (type === LINUX.UDP_GRO && end - start >= 4) this.segmentSize = hostUint32(this.bytes, start);
    }
  };

  private visitV4(type: number, start: number, end: number): void {
    if (type === LINUX.IP_PKTINFO) this.takePacketInfo(4, start, end);
    else if (type === LINUX.IP_TTL && end - start >= 4) this.hopLimit = hostUint32(this.bytes, start);
    else if (type === LINUX.IP_TOS && end > start) this.trafficClass = uint8(this.bytes, start);
    else if (type === LINUX.IP_RECVERR) this.takeError(start, end);
  }

  private visitV6(type: number, start: number, end: number): void {
    if (type === LINUX.IPV6_PKTINFO) this.takePacketInfo(6, start, end);
    else if (type === LINUX.IPV6_HOPLIMIT && end - start >= 4) this.hopLimit = hostUint32(this.bytes, start);
    else if (type === LINUX.IPV6_TCLASS && end - start >= 4) this.trafficClass = hostUint32(this.bytes, start);
    else if (type === LINUX.IPV6_RECVERR) this.takeError(start, end);
  }

  /** A dual socket gets both for an IPv4 datagram; the one of IPv4 says more. */
  private takePacketInfo(family: Family, start: number, end: number): void {
    if (end - start < packetInfoSize(family) || this.family === 4) return;
    this.family = family;
    this.packetInfo = start;
    this.interfaceIndex = PacketInfoAt.interfaceIndex(this.bytes, start, family);
  }

  private takeError(start: number, end: number): void {
    this.errorStart = start;
    this.errorEnd = end;
  }
}
