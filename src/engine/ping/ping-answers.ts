import { verifyInternetChecksum } from '../../wire/checksum.js';
import { LINUX } from '../../wire/constants.generated.js';
import { icmpErrorMtu } from '../../wire/icmp-error.js';
import { ICMP_QUOTE_OFFSET, icmpQuoteEnd } from '../../wire/icmp-quote.js';
import {
  echoReplyType,
  echoRequestType,
  ICMP_CODE_FRAGMENTATION_NEEDED,
  ICMP_TYPE,
  ICMP6_TYPE,
  isIcmpError,
} from '../../wire/icmp-types.js';
import type { Family } from '../../wire/ip-address.js';
import { IpPacketReader } from '../../wire/ip-packet-reader.js';
import { IP_PROTOCOL } from '../../wire/ip-protocol.js';
import type { Monotonic } from '../../wire/time.js';
import { type Arrival, NO_NUMBER } from '../arrival.js';
import { type InFlightTable, NO_PROBE } from './in-flight-table.js';
import type { PingFates } from './ping-fates.js';
import type { Redirect, ReportedError } from './ping-reports.js';
import type { ProbeMatcher } from './probe-matcher.js';
import { ICMP_HEADER, type ProbeMessage } from './probe-message.js';

const ECHO_REQUEST: Readonly<Record<Family, number>> = { 4: echoRequestType(4), 6: echoRequestType(6) };
const ECHO_REPLY: Readonly<Record<Family, number>> = { 4: echoReplyType(4), 6: echoReplyType(6) };
const ICMP_PROTOCOL: Readonly<Record<Family, number>> = { 4: IP_PROTOCOL.icmp, 6: IP_PROTOCOL.icmp6 };

/**
 * Reads what comes in and says which probe it is about. Nothing in it is believed but what only the answer to our probe can
 * know; the rest is foreign: counted, and never shown as an answer.
 */
export class PingAnswers {
  private readonly quote = new IpPacketReader();
  private readonly quotedDestination = new Uint32Array(4);

  constructor(
    private readonly table: InFlightTable,
    private readonly messages: Readonly<Partial<Record<Family, ProbeMessage>>>,
    private readonly matcher: ProbeMatcher,
    private readonly fates: PingFates,
  ) {}

  handle(now: Monotonic, arrival: Arrival): void {
    if (arrival.number !== NO_NUMBER) this.setSendStamp(this.table.withNumber(arrival.number), arrival);
    // Less than an ICMP header looks like nothing of ours.
    else if (arrival.end - arrival.start < ICMP_HEADER) return;
    else if (arrival.kind === 'message') this.handleMessage(now, arrival);
    else if (arrival.kind === 'stamp') this.handleStamp(arrival);
    else this.handleQueuedError(now, arrival);
  }

  private handleMessage(now: Monotonic, arrival: Arrival): void {
    const { family } = arrival;
    const type = arrival.view.getUint8(arrival.start);
    if (type === ECHO_REPLY[family]) this.handleReply(now, arrival);
    else if (isIcmpError(family, type)) this.handleError(now, arrival, type);
  }

  private handleReply(now: Monotonic, arrival: Arrival): void {
    const { family, view, start, end, address, scopeId } = arrival;
    const isOurs = this.matcher.isOurs(family, view, start);
    const probe = isOurs ? this.matcher.find(family, view, start, end, address, scopeId) : NO_PROBE;
    if (probe !== NO_PROBE) this.judge(now, probe, arrival);
    else if (isOurs) this.blame(arrival);
    else this.fates.foreign(undefined);
  }

  /** Identifier, sequence, source and cookie are right: is it whole and unaltered? */
  private judge(now: Monotonic, probe: number, arrival: Arrival): void {
    const message = this.messages[arrival.family];
    if (message === undefined) return;
    const { table } = this;
    const flaw = message.flaw(arrival, table.sequence(probe), table.cookieHigh(probe), table.cookieLow(probe));
    if (flaw === undefined) this.fates.replied(now, probe, arrival);
    else this.fates.corrupt(probe, arrival, flaw, flaw === 'payload' ? message.firstDifference(arrival) : -1);
  }

  /** Counts an impostor for the target whose probe it pretends to answer. */
  private blame(arrival: Arrival): void {
    const { family, view, start, end, address, scopeId } = arrival;
    const probe = this.matcher.suspect(family, view, start, end, address, scopeId);
    this.fates.foreign(probe === NO_PROBE ? undefined : this.fates.targetOf(probe));
  }

  /** The kernel's transmit stamp: what it is about is our own packet, so the whole cookie is enough. */
  private handleStamp(arrival: Arrival): void {
    const { family, view, start, end, address, scopeId } = arrival;
    if (!this.isOurRequest(family, view, start)) return;
    const byCookie = this.matcher.findByCookie(view, start, end);
    const probe = byCookie === NO_PROBE ? this.matcher.find(family, view, start, end, address, scopeId) : byCookie;
    this.setSendStamp(probe, arrival);
  }

  private setSendStamp(probe: number, arrival: Arrival): void {
    if (probe !== NO_PROBE) this.table.setSendStamp(probe, arrival.stamp, arrival.clockEpoch);
  }

  /** An ICMP error as a raw socket gets it: every one that comes to this host, about whosoever's packet. */
  private handleError(now: Monotonic, arrival: Arrival, type: number): void {
    const { family, bytes, view, start, end, address, scopeId } = arrival;
    const { quote } = this;
    const quoteEnd = icmpQuoteEnd(family, bytes, start, end);
    const readable = quote.read(bytes, start + ICMP_QUOTE_OFFSET, quoteEnd, true);
    if (readable && quote.protocol !== ICMP_PROTOCOL[family]) return;
    const intact = family === 6 || verifyInternetChecksum(bytes, start, end);
    const probe = readable && intact ? this.findQuoted(arrival) : NO_PROBE;
    const code = view.getUint8(start + 1);
    if (!isFatal(family, type)) {
      this.advise(probe, type, { code, gateway: view.getUint32(start + 4), from: address });
    } else if (probe === NO_PROBE) {
      this.fates.foreign(undefined);
    } else {
      const mtu = icmpErrorMtu(family, bytes, start);
      this.fates.reported(now, probe, { family, type, code, mtu, from: address, scopeId });
    }
  }

  /** Of what is not fatal a redirect is told; a source quench means nothing any more (RFC 6633). */
  private advise(probe: number, type: number, redirect: Redirect): void {
    if (probe !== NO_PROBE && type === ICMP_TYPE.redirect) this.fates.redirected(probe, redirect);
  }

  /** The probe of which `quote` has the beginning; its id and sequence have to be there. */
  private findQuoted({ family, bytes, view, scopeId }: Arrival): number {
    const { quote, quotedDestination } = this;
    const { payloadStart, payloadEnd } = quote;
    if (quote.family !== family || quote.fragmentOffset > 0 || payloadEnd - payloadStart < ICMP_HEADER) return NO_PROBE;
    if (!this.isOurRequest(family, view, payloadStart)) return NO_PROBE;
    quote.destinationWords(bytes, quotedDestination);
    return this.matcher.find(family, view, payloadStart, payloadEnd, quotedDestination, scopeId);
  }

  /** From the error queue: the kernel has matched it to our socket; which probe it was is still to be found. */
  private handleQueuedError(now: Monotonic, arrival: Arrival): void {
    const { family, view, start, end, address, scopeId, errorOrigin, errorType, errorCode } = arrival;
    const isOurs = this.isOurRequest(family, view, start);
    const probe = isOurs ? this.matcher.find(family, view, start, end, address, scopeId) : NO_PROBE;
    if (probe === NO_PROBE) this.fates.foreign(undefined);
    else if (errorOrigin === LINUX.SO_EE_ORIGIN_LOCAL) this.fates.refused(now, probe, arrival.errno, arrival.errorInfo);
    else if (isFatal(family, errorType)) this.fates.reported(now, probe, queuedError(arrival));
    else this.advise(probe, errorType, { code: errorCode, gateway: arrival.errorInfo, from: arrival.offender });
  }

  private isOurRequest(family: Family, view: DataView, at: number): boolean {
    return view.getUint8(at) === ECHO_REQUEST[family] && this.matcher.isOurs(family, view, at);
  }
}

function queuedError(arrival: Arrival): ReportedError {
  const { family, errorType: type, errorCode: code } = arrival;
  const mtu = tellsMtu(arrival) ? arrival.errorInfo : 0;
  const from = arrival.hasOffender ? arrival.offender : undefined;
  return { family, type, code, mtu, from, scopeId: arrival.offenderScopeId };
}

/** A redirect or a source quench reports on a packet that was forwarded all the same: RFC 1122 sections 3.2.2.2, 3.2.2.3. */
function isFatal(family: Family, type: number): boolean {
  return family === 6 || (type !== ICMP_TYPE.redirect && type !== ICMP_TYPE.sourceQuench);
}

/** Whether the kernel's ee_info is an MTU: ip(7). */
function tellsMtu({ family, errorType, errorCode }: Arrival): boolean {
  if (family === 6) return errorType === ICMP6_TYPE.packetTooBig;
  return errorType === ICMP_TYPE.destinationUnreachable && errorCode === ICMP_CODE_FRAGMENTATION_NEEDED;
}
