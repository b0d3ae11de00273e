import { uint16 } from '../../wire/byte-order.js';
import { verifyInternetChecksum } from '../../wire/checksum.js';
import { LINUX } from '../../wire/constants.generated.js';
import { icmpErrorMtu } from '../../wire/icmp-error.js';
import { decodeIcmpExtension } from '../../wire/icmp-extension.js';
import type { IcmpExtensionObject } from '../../wire/icmp-extension-object.js';
import { ICMP_ECHO_HEADER } from '../../wire/icmp-message.js';
import { ICMP_QUOTE_OFFSET, icmpExtensionStart, icmpQuoteEnd } from '../../wire/icmp-quote.js';
import { echoReplyType, ICMP_TYPE, isIcmpError } from '../../wire/icmp-types.js';
import { IpAddress } from '../../wire/ip-address.js';
import { IpPacketReader } from '../../wire/ip-packet-reader.js';
import { TCP_FLAG, TCP_MINIMUM_HEADER, TcpHeaderAt } from '../../wire/tcp-header.js';
import { UDP_HEADER } from '../../wire/udp-header.js';
import type { Arrival } from '../arrival.js';
import type { Answer } from './answer.js';
import { answerKind, carriesMtu } from './answer-kind.js';
import type { InFlight } from './in-flight.js';
import { offeredMss } from './offered-mss.js';
import type { Probe } from './probe.js';
import { type Cookie, judgeCookie, readToken } from './probe-payload.js';
import type { Match, QuoteMatcher } from './quote-matcher.js';
import type { TraceProtocol, TranslatedField } from './trace-event.js';

/** Whom an arrival was for. */
export type Reading =
  | { probe: Probe; answer: Answer }
  /** Nothing of ours, or something that only pretends to be. */
  | 'foreign'
  /** About a probe of ours, but its quote does not say which: those of this trace must go one at a time. */
  | { ambiguous: Probe }
  /** Nothing to be told: a stamp, a redirect. */
  | undefined;

/**
 * Makes answers of arrivals. Whatever lane an error came in on, raw socket or error queue, the answer is the same; and
 * nothing is believed but what only the answer to a probe of ours can hold.
 */
export class AnswerReader {
  private readonly quote = new IpPacketReader();

  constructor(
    private readonly matcher: QuoteMatcher,
    private readonly cookie: Cookie,
    private readonly inFlight: InFlight,
  ) {}

  /** @param role what the messages of the lane are. */
  read(arrival: Arrival, role: TraceProtocol | undefined): Reading {
    if (arrival.kind === 'error') return role === undefined ? 'foreign' : this.readQueuedError(arrival, role);
    if (role === 'icmp') return this.readIcmp(arrival);
    if (role === 'tcp') return this.readTcp(arrival);
    return role === 'udp' ? this.readUdp(arrival) : 'foreign';
  }

  /** The probe that a transmit stamp is about: what it shows is our own packet, from its transport header. */
  stampedProbe(arrival: Arrival, role: TraceProtocol | undefined): Probe | undefined {
    const { bytes, start, end, family } = arrival;
    if (role === 'udp') return this.matcher.matchPayload(bytes, start + UDP_HEADER, end);
    return this.matcher.matchTransport(family, role, bytes, start, end)?.probe;
  }

  private readIcmp(arrival: Arrival): Reading {
    const { family, bytes, start, end } = arrival;
    if (end - start < ICMP_ECHO_HEADER) return 'foreign';
    const type = bytes[start] ?? 0;
    // The kernel verifies ICMPv6 before a raw socket sees it (net/ipv6/raw.c), and ICMP only after.
    if (family === 4 && !arrival.truncated && !verifyInternetChecksum(bytes, start, end)) return 'foreign';
    if (type === echoReplyType(family)) return this.readEchoReply(arrival);
    if (!isIcmpError(family, type)) return undefined;
    if (family === 4 && (type === ICMP_TYPE.redirect || type === ICMP_TYPE.sourceQuench)) return undefined;
    return this.readIcmpError(arrival, type);
  }

  private readIcmpError(arrival: Arrival, type: number): Reading {
    const { family, bytes, start, end } = arrival;
    const { quote } = this;
    const quoteEnd = icmpQuoteEnd(family, bytes, start, end);
    const readable = quote.read(bytes, start + ICMP_QUOTE_OFFSET, quoteEnd, true) && quote.family === family;
    const match = readable ? this.matcher.match(quote, bytes) : undefined;
    if (match === undefined) return 'foreign';
    const code = bytes[start + 1] ?? 0;
    return this.errorAnswer(arrival, match, {
      from: IpAddress.fromWords(family, arrival.address),
      icmpType: type,
      icmpCode: code,
      mtu: icmpErrorMtu(family, bytes, start),
      quotedHopLimit: quote.hopLimit,
      extensions: readExtensions(bytes, icmpExtensionStart(family, bytes, start, end), end),
    });
  }

  private readEchoReply(arrival: Arrival): Reading {
    const { bytes, start, end } = arrival;
    const payload = start + ICMP_ECHO_HEADER;
    const probe = this.inFlight.byToken(uint16(bytes, start + 6), 'icmp');
    const identifier = uint16(bytes, start + 4);
    if (probe === undefined || identifier !== probe.sourcePort) return 'foreign';
    const verdict = judgeCookie(bytes, payload, end, this.cookie);
    const from = IpAddress.fromWords(arrival.family, arrival.address);
    const proven = verdict === 'ours' && readToken(bytes, payload, end) === probe.token;
    // A host may answer from another of its addresses; without the cookie only the address proves who answers.
    if (verdict === 'foreign' || (!proven && !this.inFlight.isTarget(probe, from))) return 'foreign';
    return this.reply(arrival, probe, 'echo-reply', from);
  }

  private readTcp(arrival: Arrival): Reading {
    const { family, bytes, start, end, address } = arrival;
    if (end - start < TCP_MINIMUM_HEADER) return 'foreign';
    const flags = TcpHeaderAt.flags(bytes, start);
    const acknowledged = TcpHeaderAt.acknowledgment(bytes, start);
    const from = IpAddress.fromWords(family, address);
    // A reset acknowledges the data of a SYN too, where a SYN-ACK does not.
    const port = TcpHeaderAt.sourcePort(bytes, start);
    const whole = flags & TCP_FLAG.rst ? this.inFlight.bySegmentEnd(from, port, acknowledged) : undefined;
    const probe = whole ?? this.inFlight.bySequence((acknowledged - 1) >>> 0);
    const ours =
      probe !== undefined &&
      port === probe.destinationPort &&
      TcpHeaderAt.destinationPort(bytes, start) === probe.sourcePort &&
      this.inFlight.isTarget(probe, from);
    if (!ours) return 'foreign';
    if (flags & TCP_FLAG.rst) return this.reply(arrival, probe, 'reset', from);
    if ((flags & TCP_FLAG.syn) === 0 || (flags & TCP_FLAG.ack) === 0) return undefined;
    return this.reply(arrival, probe, 'syn-ack', from, offeredMss(bytes, start, end));
  }

  /** A datagram to our port: from a service that took the probe for a request. */
  private readUdp(arrival: Arrival): Reading {
    const { family, bytes, start, end, address, port } = arrival;
    const from = IpAddress.fromWords(family, address);
    const echoed = this.matcher.matchPayload(bytes, start, end);
    const probe = echoed ?? this.inFlight.answeredByDatagram(from, port, end - start < 2 ? -1 : uint16(bytes, start));
    if (probe === undefined || !this.inFlight.isTarget(probe, from)) return 'foreign';
    return this.reply(arrival, probe, 'data', from);
  }

  private readQueuedError(arrival: Arrival, role: TraceProtocol): Reading {
    const { family, bytes, start, end, extensionsStart } = arrival;
    const quoteEnd = extensionsStart < 0 ? end : extensionsStart;
    const destination = IpAddress.fromWords(family, arrival.address);
    const match =
      role === 'udp'
        ? this.matchDatagram(arrival, destination, quoteEnd)
        : this.matcher.matchTransport(family, role, bytes, start, quoteEnd);
    if (match === undefined || match === 'ambiguous') return match === undefined ? 'foreign' : this.ambiguous(arrival);
    if (role !== 'tcp' && !this.inFlight.isTarget(match.probe, destination)) return 'foreign';
    const local = arrival.errorOrigin === LINUX.SO_EE_ORIGIN_LOCAL;
    return this.errorAnswer(arrival, match, {
      from: arrival.hasOffender ? IpAddress.fromWords(family, arrival.offender) : destination,
      icmpType: local ? -1 : arrival.errorType,
      icmpCode: local ? -1 : arrival.errorCode,
      mtu: carriesMtu(family, arrival.errorType, arrival.errorCode) || local ? arrival.errorInfo : 0,
      quotedHopLimit: -1,
      extensions: readExtensions(bytes, extensionsStart, end),
    });
  }

  /** A UDP socket is given the payload as far as it was quoted: where nothing was, the port has to tell. */
  private matchDatagram(arrival: Arrival, destination: IpAddress, end: number): Match | 'ambiguous' | undefined {
    const { bytes, start, port } = arrival;
    const translated: TranslatedField[] = [];
    if (readToken(bytes, start, end) >= 0) {
      const probe = this.matcher.matchPayload(bytes, start, end);
      return probe && { probe, translated };
    }
    const [probe, other] = this.inFlight.sentTo(destination, port);
    if (probe === undefined) return undefined;
    return other === undefined ? { probe, translated } : 'ambiguous';
  }

  private ambiguous({ family, address, port }: Arrival): Reading {
    const [probe] = this.inFlight.sentTo(IpAddress.fromWords(family, address), port);
    return probe === undefined ? 'foreign' : { ambiguous: probe };
  }

  private errorAnswer(arrival: Arrival, { probe, translated }: Match, error: ErrorFacts): Reading {
    const kind = answerKind(arrival.family, error.icmpType, error.icmpCode);
    return { probe, answer: { ...common(arrival), ...error, kind, translated } };
  }

  private reply(
    arrival: Arrival,
    probe: Probe,
    reply: NonNullable<Answer['reply']>,
    from: IpAddress,
    mss?: number,
  ): Reading {
    const noError = { icmpType: -1, icmpCode: -1, mtu: 0, quotedHopLimit: -1, extensions: [], translated: [] };
    return {
      probe,
      answer: {
        ...common(arrival),
        ...noError,
        kind: 'reply',
        reply,
        from,
        ...(mss !== undefined && { offeredMss: mss }),
      },
    };
  }
}

type ErrorFacts = Pick<Answer, 'from' | 'icmpType' | 'icmpCode' | 'mtu' | 'quotedHopLimit' | 'extensions'>;

function common({ family, hopLimit, stamp, taken, clockEpoch }: Arrival) {
  const unmeasured = { rtt: Number.NaN, clock: 'user' as const };
  return { family, replyHopLimit: hopLimit, stamp, taken, clockEpoch, ...unmeasured };
}

function readExtensions(bytes: Uint8Array, start: number, end: number): readonly IcmpExtensionObject[] {
  if (start < 0 || end - start < 4) return [];
  const extension = decodeIcmpExtension(bytes, start, end);
  return extension.checksum === 'bad' ? [] : extension.objects;
}
