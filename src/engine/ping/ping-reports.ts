import { errnoName } from '../../wire/errno.js';
import { ICMP_TYPE, icmpErrorName } from '../../wire/icmp-types.js';
import { type Family, IpAddress } from '../../wire/ip-address.js';
import { type Monotonic, NANOSECONDS_PER_MILLISECOND } from '../../wire/time.js';
import type { Arrival } from '../arrival.js';
import { localErrorName } from '../local-error.js';
import type { PingCounts } from './ping-counts.js';
import type { PingCorrupt, PingEvent } from './ping-event.js';
import { ipOptionsOf } from './ping-ip-options.js';
import type { PingLedger } from './ping-ledger.js';
import type { PingSettings } from './ping-options.js';
import type { RoundTrip } from './round-trip.js';
import type { TargetState } from './target-table.js';

/** An ICMP error that ended a probe. */
export interface ReportedError {
  family: Family;
  type: number;
  code: number;
  /** 0 where none was told. */
  mtu: number;
  /** Who sent it, in words; undefined where it is not known. */
  from: Uint32Array | undefined;
  /** Interface index of a link-local sender, else 0. */
  scopeId: number;
}

/** An ICMP redirect (IPv4) that quotes a probe. */
export interface Redirect {
  code: number;
  /** The router to use instead: the address as a number. */
  gateway: number;
  /** Who sent it, in words. */
  from: Uint32Array;
}

/** What events say of a probe. */
export interface ProbeSubject {
  /** Its target; undefined where nobody remembers it. */
  label: string | undefined;
  sequence: number;
  /** The target's address as text; undefined where who answered has to be read from the answer. */
  address: string | undefined;
}

/**
 * Turns what happened into events, oldest first, as far as the user listens: an event nobody listens for is never made.
 */
export class PingReports {
  /** Whether anybody wants to know of single probes, and of errors. Nobody does once the total is told. */
  probes: boolean;
  errors: boolean;
  private readonly summaries: boolean;
  private readonly problems: boolean;
  private queue: PingEvent[] = [];
  private taken = 0;

  constructor(private readonly settings: PingSettings) {
    const { report } = settings;
    this.probes = report === 'all';
    this.errors = report === 'all' || report === 'problems';
    this.summaries = report === 'all' || report === 'summaries';
    this.problems = report === 'problems';
  }

  /** Whether targets' own round-trip times will be asked for. */
  get needsTargetStatistics(): boolean {
    return this.summaries || this.problems;
  }

  next(): PingEvent | undefined {
    if (this.taken === this.queue.length) {
      if (this.taken > 0) this.queue = [];
      this.taken = 0;
      return undefined;
    }
    return this.queue[this.taken++];
  }

  start(target: TargetState): void {
    if (!this.probes) return;
    this.queue.push({
      type: 'start',
      target: target.label,
      address: target.addressText,
      family: target.family,
      socket: this.settings.lanes[target.family]?.socket ?? 'raw',
      size: this.settings.payloadSize,
    });
  }

  reply(type: 'reply' | 'duplicate' | 'late', subject: ProbeSubject, arrival: Arrival, trip: RoundTrip): void {
    const { label } = subject;
    if (!this.probes || label === undefined) return;
    this.queue.push({ type, ...this.replyFields(label, subject, arrival, trip) });
  }

  corrupt(
    subject: ProbeSubject,
    arrival: Arrival,
    trip: RoundTrip,
    reason: PingCorrupt['reason'],
    offset: number,
  ): void {
    const { label } = subject;
    if (!this.probes || label === undefined) return;
    const fields = this.replyFields(label, subject, arrival, trip);
    this.queue.push({ type: 'corrupt', ...fields, reason, ...(offset >= 0 && { offset }) });
  }

  timeout({ label, sequence }: ProbeSubject): void {
    if (this.probes && label !== undefined) this.queue.push({ type: 'timeout', target: label, sequence });
  }

  error({ label, sequence }: ProbeSubject, { family, type, code, mtu, from, scopeId }: ReportedError): void {
    if (!this.errors || label === undefined) return;
    this.queue.push({
      type: 'error',
      target: label,
      sequence,
      from: from ? this.addressText(family, from, scopeId) : null,
      error: icmpErrorName(family, type, code) ?? 'unknown-error',
      icmpType: type,
      icmpCode: code,
      ...(mtu > 0 && { mtu }),
    });
  }

  localError({ label, sequence }: ProbeSubject, errno: number, mtu: number): void {
    if (!this.errors || label === undefined) return;
    this.queue.push({
      type: 'error',
      target: label,
      sequence,
      from: null,
      error: localErrorName(errno),
      code: errnoName(errno) ?? `errno ${errno}`,
      ...(mtu > 0 && { mtu }),
    });
  }

  redirect({ label, sequence }: ProbeSubject, { code, gateway, from }: Redirect): void {
    if (!this.probes || label === undefined) return;
    this.queue.push({
      type: 'redirect',
      target: label,
      sequence,
      from: this.addressText(4, from, 0),
      gateway: IpAddress.fromValue(4, BigInt(gateway)).toString(),
      icmpType: ICMP_TYPE.redirect,
      icmpCode: code,
    });
  }

  summary(target: TargetState): void {
    const wanted = this.summaries || (this.problems && !target.counts.clean);
    if (!wanted) return;
    this.queue.push({
      type: 'summary',
      target: target.label,
      address: target.addressText,
      ...countFields(target.counts),
      rtt: target.statistics?.summary() ?? null,
      elapsed: target.counts.sent > 0 ? milliseconds(target.lastAt - target.startedAt) : 0,
    });
  }

  total(ledger: PingLedger, targets: number, startedAt: Monotonic, now: Monotonic): void {
    this.probes = false;
    this.errors = false;
    this.queue.push({
      type: 'total',
      targets,
      answered: ledger.answered,
      unresolved: 0,
      ...countFields(ledger.total),
      drops: this.settings.drops(),
      rtt: ledger.statistics.summary(),
      elapsed: milliseconds(now - startedAt),
    });
  }

  private replyFields(target: string, { address, sequence }: ProbeSubject, arrival: Arrival, trip: RoundTrip) {
    const options = ipOptionsOf(arrival);
    return {
      target,
      address: address ?? this.addressText(arrival.family, arrival.address, arrival.scopeId),
      sequence,
      size: arrival.end - arrival.start,
      ttl: arrival.hopLimit < 0 ? null : arrival.hopLimit,
      rtt: milliseconds(trip.rtt),
      clock: trip.clock,
      ...(options && { options }),
    };
  }

  /** A link-local address with its zone, without which it is none that a program could use (RFC 4007 section 11). */
  private addressText(family: Family, words: Uint32Array, scopeId: number): string {
    const zone = family === 6 && scopeId > 0 ? this.settings.zoneOf(scopeId) : undefined;
    return IpAddress.fromWords(family, words, 0, zone).toString();
  }
}

function countFields(counts: PingCounts) {
  const { sent, received, lost, loss, duplicates, late, corrupted, foreign, errors } = counts;
  return { sent, received, lost, loss, duplicates, late, corrupted, foreign, errors };
}

function milliseconds(span: number): number {
  return span / NANOSECONDS_PER_MILLISECOND;
}
