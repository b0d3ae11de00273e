import { uint16, uint32 } from '../../wire/byte-order.js';
import { ICMP_ECHO_HEADER } from '../../wire/icmp-message.js';
import { echoRequestType } from '../../wire/icmp-types.js';
import { type Family, IpAddress } from '../../wire/ip-address.js';
import type { IpPacketReader } from '../../wire/ip-packet-reader.js';
import { IP_PROTOCOL } from '../../wire/ip-protocol.js';
import { TcpHeaderAt } from '../../wire/tcp-header.js';
import { UDP_HEADER, UdpHeaderAt } from '../../wire/udp-header.js';
import type { Probe } from './probe.js';
import { type Cookie, judgeCookie, readToken } from './probe-payload.js';
import type { ProbeTable } from './probe-table.js';
import type { ProbeWriter } from './probe-writer.js';
import type { TraceProtocol, TranslatedField } from './trace-event.js';

/** The least of a transport header that every router quotes: RFC 792, 64 bits. */
const LEAST_QUOTE = 8;

/** A probe that a quote is of, and what somebody changed in it on the way. */
export interface Match {
  probe: Probe;
  translated: TranslatedField[];
}

/** The protocol that an IP header names, as far as probes are made of it. */
function probeProtocol(family: Family, protocol: number): TraceProtocol | undefined {
  if (protocol === IP_PROTOCOL.udp) return 'udp';
  if (protocol === IP_PROTOCOL.tcp) return 'tcp';
  return protocol === (family === 4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmp6) ? 'icmp' : undefined;
}

/**
 * Finds the probe that a quoted packet is of. A quote has to agree with the probe in all that it holds; only where it is
 * long enough to hold the cookie, which nobody can guess, may it differ in what address translators rewrite.
 */
export class QuoteMatcher {
  constructor(
    private readonly table: ProbeTable,
    private readonly writer: ProbeWriter,
    private readonly cookie: Cookie,
  ) {}

  /** A quote with its IP header, which `quote` has read. */
  match(quote: IpPacketReader, bytes: Uint8Array): Match | undefined {
    const { family, payloadStart: at, payloadEnd: end } = quote;
    if (quote.fragmentOffset > 0 || end - at < LEAST_QUOTE) return undefined;
    const match = this.matchTransport(family, probeProtocol(family, quote.protocol), bytes, at, end);
    if (match === undefined) return undefined;
    const { path } = match.probe;
    const addresses: TranslatedField[] = [];
    if (!sameAddress(family, bytes, quote.destinationStart, path.destination)) addresses.push('destination');
    if (!sameAddress(family, bytes, quote.sourceStart, path.source)) addresses.push('source');
    const { proven, translated } = match;
    // Another source alone is plain: a translator that does not mend quotes. Another destination needs proof.
    if (addresses.includes('destination') && !proven) return undefined;
    return { probe: match.probe, translated: [...addresses, ...translated] };
  }

  /** From the transport header on: what the error queue gives for ping sockets and connections. */
  matchTransport(
    family: Family,
    protocol: TraceProtocol | undefined,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): (Match & { proven: boolean }) | undefined {
    if (end - at < LEAST_QUOTE) return undefined;
    if (protocol === 'udp') return this.matchUdp(bytes, at, end);
    if (protocol === 'icmp') return this.matchIcmp(family, bytes, at, end);
    return protocol === 'tcp' ? this.matchTcp(bytes, at) : undefined;
  }

  /** The probe that a payload on a UDP socket is of, by its token and cookie; undefined where it is too short. */
  matchPayload(bytes: Uint8Array, at: number, end: number): Probe | undefined {
    const probe = this.table.find(readToken(bytes, at, end));
    if (probe?.protocol !== 'udp' || judgeCookie(bytes, at, end, this.cookie) === 'foreign') return undefined;
    return probe;
  }

  private matchUdp(bytes: Uint8Array, at: number, end: number): (Match & { proven: boolean }) | undefined {
    const payload = at + UDP_HEADER;
    const verdict = judgeCookie(bytes, payload, end, this.cookie);
    const proven = verdict === 'ours';
    const checksum = UdpHeaderAt.checksum(bytes, at);
    const token = proven ? readToken(bytes, payload, end) : checksum;
    const probe = this.table.find(token);
    if (verdict === 'foreign' || probe?.protocol !== 'udp') return undefined;
    if (end - payload >= 2 && uint16(bytes, payload) !== probe.balance) return undefined;
    const translated: TranslatedField[] = [];
    if (!samePorts(bytes, at, probe)) translated.push('ports');
    if (checksum !== token) translated.push('checksum');
    return translated.length > 0 && !proven ? undefined : { probe, translated, proven };
  }

  private matchIcmp(
    family: Family,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): (Match & { proven: boolean }) | undefined {
    if (bytes[at] !== echoRequestType(family)) return undefined;
    const payload = at + ICMP_ECHO_HEADER;
    const verdict = judgeCookie(bytes, payload, end, this.cookie);
    const proven = verdict === 'ours';
    const token = uint16(bytes, at + 6);
    const probe = this.table.find(token);
    if (verdict === 'foreign' || probe?.protocol !== 'icmp') return undefined;
    if (end - payload >= LEAST_QUOTE / 2 && readToken(bytes, payload, end) !== token) return undefined;
    const sameIdentifier = uint16(bytes, at + 4) === probe.sourcePort;
    if (!sameIdentifier && !proven) return undefined;
    return { probe, translated: sameIdentifier ? [] : ['identifier'], proven };
  }

  /** 32 bits of sequence number hold token and cookie. */
  private matchTcp(bytes: Uint8Array, at: number): (Match & { proven: boolean }) | undefined {
    const sequence = TcpHeaderAt.sequence(bytes, at);
    const probe = this.table.find(sequence & 0xffff);
    if (probe?.protocol !== 'tcp' || this.writer.sequence(probe.token) !== sequence) return undefined;
    const same = samePorts(bytes, at, probe);
    return { probe, translated: same ? [] : ['ports'], proven: same };
  }
}

function samePorts(bytes: Uint8Array, at: number, probe: Probe): boolean {
  return uint16(bytes, at) === probe.sourcePort && uint16(bytes, at + 2) === probe.destinationPort;
}

function sameAddress(family: Family, bytes: Uint8Array, at: number, address: IpAddress): boolean {
  const low = at + (family === 4 ? 0 : 12);
  if (address.family !== family || uint32(bytes, low) !== Number(address.value & 0xffffffffn)) return false;
  return family === 4 || IpAddress.readFrom(6, bytes, at).value === address.value;
}
