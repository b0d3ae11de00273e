import { readAddressWordsAt } from './address-words.js';
import { uint8 } from './byte-order.js';
import type { Family } from './ip-address.js';
import { IP_PROTOCOL } from './ip-protocol.js';
import { IPV4_MINIMUM_HEADER, Ipv4HeaderAt } from './ipv4-header.js';
import { Ipv6FragmentAt, ipv6ExtensionHeaderLength, isIpv6ExtensionHeader } from './ipv6-extension-headers.js';
import { IPV6_HEADER, Ipv6HeaderAt } from './ipv6-header.js';

/** Reads the headers of one IP packet after another into its own fields: nothing is allocated a packet. */
export class IpPacketReader {
  family: Family = 4;
  protocol = 0;
  hopLimit = 0;
  trafficClass = 0;
  flowLabel = 0;
  totalLength = 0;
  headerLength = 0;
  payloadStart = 0;
  payloadEnd = 0;
  optionsStart = 0;
  optionsEnd = 0;
  sourceStart = 0;
  destinationStart = 0;
  dontFragment = false;
  identification = 0;
  isFragment = false;
  fragmentOffset = 0;
  moreFragments = false;
  truncated = false;
  /** Why the last `read` gave false. */
  problem = '';

  /** As `decodeIpPacket`, but false with a `problem` instead of an error; the other fields are void then. */
  read(bytes: Uint8Array, start: number, end: number, quoted = false): boolean {
    const limit = Math.min(end, bytes.length);
    this.problem = '';
    const version = limit > start ? uint8(bytes, start) >>> 4 : 0;
    if (version === 4) return this.readV4(bytes, start, limit, quoted);
    if (version === 6) return this.readV6(bytes, start, limit, quoted);
    return this.fail(`version ${version}`);
  }

  /** Copies the source into four words, as `IpAddress.writeWords` leaves them. */
  sourceWords(bytes: Uint8Array, out: Uint32Array, offset = 0): void {
    readAddressWordsAt(this.family, bytes, this.sourceStart, out, offset);
  }

  /** Copies the destination into four words. */
  destinationWords(bytes: Uint8Array, out: Uint32Array, offset = 0): void {
    readAddressWordsAt(this.family, bytes, this.destinationStart, out, offset);
  }

  private fail(problem: string): false {
    this.problem = problem;
    return false;
  }

  private readV4(bytes: Uint8Array, start: number, limit: number, quoted: boolean): boolean {
    if (limit - start < IPV4_MINIMUM_HEADER) return this.fail('the IPv4 header is cut');
    this.family = 4;
    this.headerLength = Ipv4HeaderAt.headerLength(bytes, start);
    if (this.headerLength < IPV4_MINIMUM_HEADER) return this.fail('the IPv4 header length is less than 20 bytes');
    this.protocol = Ipv4HeaderAt.protocol(bytes, start);
    this.hopLimit = Ipv4HeaderAt.hopLimit(bytes, start);
    this.trafficClass = Ipv4HeaderAt.trafficClass(bytes, start);
    this.flowLabel = 0;
    this.totalLength = Ipv4HeaderAt.totalLength(bytes, start);
    this.sourceStart = Ipv4HeaderAt.source(start);
    this.destinationStart = Ipv4HeaderAt.destination(start);
    this.dontFragment = Ipv4HeaderAt.dontFragment(bytes, start);
    this.identification = Ipv4HeaderAt.identification(bytes, start);
    this.fragmentOffset = Ipv4HeaderAt.fragmentOffset(bytes, start);
    this.moreFragments = Ipv4HeaderAt.moreFragments(bytes, start);
    this.isFragment = this.moreFragments || this.fragmentOffset > 0;
    this.optionsStart = start + IPV4_MINIMUM_HEADER;
    return this.bound(start, limit, start + this.headerLength, quoted);
  }

  private readV6(bytes: Uint8Array, start: number, limit: number, quoted: boolean): boolean {
    if (limit - start < IPV6_HEADER) return this.fail('the IPv6 header is cut');
    this.family = 6;
    this.hopLimit = Ipv6HeaderAt.hopLimit(bytes, start);
    this.trafficClass = Ipv6HeaderAt.trafficClass(bytes, start);
    this.flowLabel = Ipv6HeaderAt.flowLabel(bytes, start);
    this.totalLength = IPV6_HEADER + Ipv6HeaderAt.payloadLength(bytes, start);
    this.sourceStart = Ipv6HeaderAt.source(start);
    this.destinationStart = Ipv6HeaderAt.destination(start);
    this.dontFragment = true;
    this.identification = 0;
    this.fragmentOffset = 0;
    this.moreFragments = false;
    this.isFragment = false;
    this.protocol = Ipv6HeaderAt.nextHeader(bytes, start);
    const headersLimit = quoted ? limit : Math.min(limit, start + this.totalLength);
    const payloadStart = this.walkExtensionHeaders(bytes, start + IPV6_HEADER, headersLimit);
    this.headerLength = payloadStart - start;
    return this.bound(start, limit, payloadStart, quoted);
  }

  /** Returns where the chain ends: beyond `limit` where it is cut. `protocol` becomes the last next-header number. */
  private walkExtensionHeaders(bytes: Uint8Array, start: number, limit: number): number {
    let at = start;
    while (isIpv6ExtensionHeader(this.protocol)) {
      if (limit - at < 8) return Math.max(at, limit) + 1;
      const length = ipv6ExtensionHeaderLength(this.protocol, bytes, at);
      if (limit - at < length) return at + length;
      if (this.protocol === IP_PROTOCOL.fragment) this.readFragment(bytes, at);
      this.protocol = uint8(bytes, at);
      at += length;
      if (this.fragmentOffset > 0) return at;
    }
    return at;
  }

  private readFragment(bytes: Uint8Array, at: number): void {
    this.identification = Ipv6FragmentAt.identification(bytes, at);
    this.fragmentOffset = Ipv6FragmentAt.offset(bytes, at);
    this.moreFragments = Ipv6FragmentAt.moreFragments(bytes, at);
    this.isFragment = this.moreFragments || this.fragmentOffset > 0;
  }

  /** Fits payload and options into what is there; only a quote may lack something. */
  private bound(start: number, limit: number, headersEnd: number, quoted: boolean): boolean {
    const cut = headersEnd > limit;
    const claimedEnd = start + this.totalLength;
    if (!quoted && cut) return this.fail('the headers are cut');
    if (!quoted && claimedEnd < headersEnd) return this.fail('the length is less than that of the headers');
    if (!quoted && claimedEnd > limit) return this.fail('the packet is cut');
    this.payloadStart = Math.min(headersEnd, limit);
    // A length that leaves no payload is one that a router has changed: what is there is the payload.
    this.payloadEnd = claimedEnd > headersEnd || !quoted ? Math.min(claimedEnd, limit) : limit;
    this.optionsEnd = this.payloadStart;
    if (this.family === 6) this.optionsStart = this.payloadStart;
    this.truncated = cut || claimedEnd > limit;
    return true;
  }
}
