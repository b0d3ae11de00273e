import { LINUX } from './constants.generated.js';
import type { Family } from './ip-address.js';
import { packetInfoSize } from './packet-info.js';
import { WireFormatError } from './wire-format-error.js';

const HEADER = LINUX.sizeof_cmsghdr;
/** Places of the header's members in words of 4 bytes: control messages are aligned to 8. */
const LENGTH = LINUX.offsetof_cmsghdr_cmsg_len / 4;
const LEVEL = LINUX.offsetof_cmsghdr_cmsg_level / 4;
const TYPE = LINUX.offsetof_cmsghdr_cmsg_type / 4;

/**
 * What the control messages of one received datagram say. One object reads many datagrams; it allocates nothing, and reads
 * words rather than bytes, because it runs once for every datagram.
 */
export class DatagramControl {
  /** TTL or hop limit; -1 where the kernel did not tell. */
  hopLimit = -1;
  /** TOS or traffic class; -1 likewise. */
  trafficClass = -1;
  /** SO_RXQ_OVFL of socket(7): datagrams that this socket had dropped by then. The kernel tells only once there are some. */
  drops = 0;
  /** UDP_GRO of udp(7): bytes of each datagram that was joined into this one; 0 for one that stands alone. */
  segmentSize = 0;
  /** Packet information, see `PacketInfoAt`: its family, 0 where the kernel gave none, and where it starts. */
  packetInfoFamily: Family | 0 = 0;
  packetInfoStart = 0;
  /** Where an extended error lies; equal where there is none. */
  errorStart = 0;
  errorEnd = 0;
  private words: Uint32Array = new Uint32Array(0);

  /**
   * Reads the control messages between the bytes `start`, a multiple of 8, and `end` of `words`.
   * @throws WireFormatError for a malformed length.
   */
  read(words: Uint32Array, start: number, end: number): this {
    this.words = words;
    this.hopLimit = -1;
    this.trafficClass = -1;
    this.drops = 0;
    this.segmentSize = 0;
    this.packetInfoFamily = 0;
    this.errorStart = 0;
    this.errorEnd = 0;
    for (let at = start; end - at >= HEADER; ) {
      const word = at >> 2;
      const length = words[word + LENGTH] ?? 0;
      // A size_t of 64 bits: no length that memory could hold has anything in the upper half.
      if (length < HEADER || length > end - at || words[word + LENGTH + 1] !== 0) {
        throw new WireFormatError('control message', at, `length ${length}, with ${end - at} bytes left`);
      }
      this.take(words[word + LEVEL], words[word + TYPE], at + HEADER, at + length);
      at += (length + 7) & ~7;
    }
    return this;
  }

  private take(level: number | undefined, type: number | undefined, start: number, end: number): void {
    if (level === LINUX.IPPROTO_IP) this.takeV4(type, start, end);
    else if (level === LINUX.SOL_SOCKET && type === LINUX.SO_RXQ_OVFL) this.drops = this.integer(start, end, 0);
    else if (level === LINUX.IPPROTO_IPV6) this.takeV6(type, start, end);
    else if (level === LINUX.IPPROTO_UDP && type === LINUX.UDP_GRO) this.segmentSize = this.integer(start, end, 0);
  }

  private takeV4(type: number | undefined, start: number, end: number): void {
    if (type === LINUX.IP_PKTINFO) this.takePacketInfo(4, start, end);
    else if (type === LINUX.IP_TTL) this.hopLimit = this.integer(start, end, -1);
    else if (type === LINUX.IP_TOS && end > start) this.trafficClass = (this.words[start >> 2] ?? 0) & 0xff;
    else if (type === LINUX.IP_RECVERR) this.takeError(start, end);
  }

  private takeV6(type: number | undefined, start: number, end: number): void {
    if (type === LINUX.IPV6_PKTINFO) this.takePacketInfo(6, start, end);
    else if (type === LINUX.IPV6_HOPLIMIT) this.hopLimit = this.integer(start, end, -1);
    else if (type === LINUX.IPV6_TCLASS) this.trafficClass = this.integer(start, end, -1);
    else if (type === LINUX.IPV6_RECVERR) this.takeError(start, end);
  }

  private integer(start: number, end: number, otherwise: number): number {
    return end - start >= 4 ? (this.words[start >> 2] ?? otherwise) : otherwise;
  }

  /** A dual socket gets both for an IPv4 datagram; the one of IPv4 says more. */
  private takePacketInfo(family: Family, start: number, end: number): void {
    if (end - start < packetInfoSize(family) || this.packetInfoFamily === 4) return;
    this.packetInfoFamily = family;
    this.packetInfoStart = start;
  }

  private takeError(start: number, end: number): void {
    this.errorStart = start;
    this.errorEnd = end;
  }
}
