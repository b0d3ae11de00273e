import { NANOSECONDS_PER_MILLISECOND } from '../../wire/time.js';
import { AnomalyList } from './anomaly-list.js';
import type { MtuEvent } from './mtu-event.js';
import { LEAST_MTU, type MtuCarrier, type MtuSearchOptions } from './mtu-options.js';
import type { MtuOutcome, MtuProbe, MtuRefusal, MtuRequest } from './mtu-probe.js';
import { type MtuReport, SizeFacts } from './size-facts.js';

/** IPv4 packets of this size get through everywhere (RFC 791), and smaller ones may not hold what tells probes apart. */
const CONTROL_SIZE = 68;
/** What Linux and most others begin with; a quote shows what is left of it. */
export const HOP_LIMIT = 64;

/** Everything that one search knows. Outcomes go in, the parts of the search look at what they have shown. */
export class SearchState {
  readonly facts = new SizeFacts();
  readonly anomalies = new AnomalyList();
  readonly events: MtuEvent[] = [];
  /** Who answered at each hop. */
  readonly hops = new Map<number, string>();
  /** Senders of reports about what the target received. */
  private readonly forgers = new Set<string>();
  /** Carriers that the target has answered. */
  readonly answered = new Set<string>();
  /** What probes are made of now. */
  carrier: MtuCarrier;
  /** The smallest hop limit with which the target was reached; unknown at first. */
  pathEnd = Number.POSITIVE_INFINITY;
  /** Size that this host refused to send. */
  refusedHere = Number.POSITIVE_INFINITY;
  /** Size that this host can send, for it has. */
  largestSent = 0;
  sent = 0;
  /** MSS of the target's SYN-ACK. */
  offeredMss: number | undefined;
  /** Why this host refused to send one, in a word; not for its size. */
  refusal: string | undefined;
  /** Who on the way turned a packet to the target away last. */
  refusedBy: MtuRefusal | undefined;
  /** Packets that this host refused to send. */
  private unsent = 0;
  private readonly reportOf = new Map<MtuProbe, MtuReport>();

  constructor(readonly options: MtuSearchOptions) {
    const [first] = options.carriers;
    if (first === undefined) throw new RangeError('a search for the MTU needs something to send');
    this.carrier = first;
  }

  /** No more packets are allowed. */
  get exhausted(): boolean {
    return this.sent + this.unsent >= this.options.budget;
  }

  /** Size of the packets that show whether anything gets through. */
  get controlSize(): number {
    return Math.min(this.options.most, Math.max(CONTROL_SIZE, this.carrier.smallest));
  }

  request(size: number, hopLimit = 0): MtuRequest {
    return { size, carrier: this.carrier.name, hopLimit, optional: false };
  }

  /** A probe was sent. */
  begin(probe: MtuProbe): void {
    this.sent++;
    this.largestSent = Math.max(this.largestSent, probe.size);
    if (probe.hopLimit === 0) this.facts.addSent(probe.size);
  }

  /** The fate of a probe. */
  settle(probe: MtuProbe, outcome: MtuOutcome): void {
    probe.outcome = outcome;
    if (outcome.kind === 'local' || outcome.kind === 'failed') this.unsent++;
    if (outcome.kind === 'failed') this.refusal = outcome.error;
    if (outcome.kind === 'local') this.refusedHere = Math.min(this.refusedHere, probe.size);
    if (probe.hopLimit > 0) this.settleHop(probe, outcome);
    else this.settleWhole(probe, outcome);
    this.tell(probe, outcome);
  }

  /** An answer to a probe that was given up, or that had an answer before. */
  settleAgain(probe: MtuProbe, outcome: MtuOutcome): void {
    const before = probe.outcome;
    if (isUnanswered(before)) {
      if (probe.hopLimit === 0) this.facts.takeBackLost(probe.size);
      this.settle(probe, outcome);
    } else if (before?.kind === 'too-big' && outcome.kind === 'fits') {
      this.refute(probe);
      this.settle(probe, outcome);
    }
  }

  /** A report about a packet that we have not sent. */
  addMismatch(from: string, mtu: number): void {
    this.anomalies.add('mismatched', from, mtu);
  }

  /** All of these were lost for another reason than their size. */
  forgive(probes: readonly MtuProbe[]): void {
    for (const { size, hopLimit, outcome } of probes) {
      if (hopLimit === 0 && isUnanswered(outcome)) this.facts.takeBackLost(size);
    }
  }

  /** The hop of whom this address is; null where it is not known. */
  hopOf(address: string): number | null {
    for (const [ttl, from] of this.hops) if (from === address) return ttl;
    return null;
  }

  /** Whether this sender has reported as too big what the target received: its word is worth nothing. */
  isForger(address: string): boolean {
    return this.forgers.has(address);
  }

  /** Whether nothing but its own word says that this sender drops packets: it forges, or no packet expires at it. */
  isSuspect(address: string): boolean {
    return this.isForger(address) || (this.options.locates && this.hopOf(address) === null);
  }

  private settleHop({ hopLimit }: MtuProbe, outcome: MtuOutcome): void {
    if (outcome.kind === 'expired') this.hops.set(hopLimit, outcome.from);
    if (outcome.kind === 'fits') this.pathEnd = Math.min(this.pathEnd, hopLimit);
  }

  private settleWhole(probe: MtuProbe, outcome: MtuOutcome): void {
    const { facts } = this;
    if (outcome.kind === 'fits') {
      facts.addFit(probe.size);
      this.offeredMss = outcome.offeredMss ?? this.offeredMss;
      this.answered.add(probe.carrier);
    } else if (isUnanswered(outcome)) {
      facts.addLost(probe.size);
      if (outcome.kind === 'refused') this.refusedBy = outcome;
    } else if (outcome.kind === 'too-big') {
      this.addReport(probe, outcome);
    }
  }

  /** Rule 4: a report counts as a claim only where the claim is possible; that the packet was too big it tells in any case. */
  private addReport(probe: MtuProbe, outcome: Extract<MtuOutcome, { kind: 'too-big' }>): void {
    const { from, mtu, quotedHopLimit, replyHopLimit } = outcome;
    const { size } = probe;
    const credible = mtu < size && mtu >= LEAST_MTU[this.options.family];
    if (!credible) this.anomalies.add('absurd', from, mtu);
    const { round } = this.facts;
    const report = { size, from, mtu, credible, refuted: false, round, quotedHopLimit, replyHopLimit };
    this.reportOf.set(probe, report);
    this.facts.addReport(report);
  }

  private refute(probe: MtuProbe): void {
    const report = this.reportOf.get(probe);
    if (report === undefined) return;
    report.refuted = true;
    this.forgers.add(report.from);
    this.anomalies.add('forged', report.from, report.mtu);
  }

  private protocolOf({ carrier }: MtuProbe): string {
    return this.options.carriers.find(({ name }) => name === carrier)?.protocol ?? carrier;
  }

  private tell(probe: MtuProbe, outcome: MtuOutcome): void {
    const { size, hopLimit } = probe;
    const protocol = this.protocolOf(probe);
    const from = 'from' in outcome ? { from: outcome.from } : {};
    if (hopLimit > 0) {
      this.events.push({ type: 'hop', ttl: hopLimit, size, protocol, ...from });
      return;
    }
    const rtt = 'rtt' in outcome ? { rtt: outcome.rtt / NANOSECONDS_PER_MILLISECOND } : {};
    const common = { type: 'probe' as const, size, protocol };
    if (outcome.kind === 'too-big') {
      const ttl = this.hopOf(outcome.from) ?? quotedHop(outcome.quotedHopLimit);
      this.events.push({ ...common, outcome: 'too-big', ...from, reported: outcome.mtu, ttl, ...rtt });
    } else if (outcome.kind === 'local' || outcome.kind === 'failed') {
      const error = outcome.kind === 'failed' ? { error: outcome.error } : {};
      this.events.push({ ...common, outcome: outcome.kind === 'local' ? 'too-big' : 'lost', local: true, ...error });
    } else if (outcome.kind !== 'expired') {
      const error = outcome.kind === 'refused' ? { error: outcome.error } : {};
      this.events.push({ ...common, outcome: outcome.kind === 'fits' ? 'fits' : 'lost', ...from, ...rtt, ...error });
    }
  }
}

/** The target has not got it, as far as is known; who says that it will not is no better than who says nothing. */
export function isUnanswered(outcome: MtuOutcome | undefined): outcome is MtuRefusal | { kind: 'lost' } {
  return outcome?.kind === 'lost' || outcome?.kind === 'refused';
}

/** Routers quote a packet as it came to them. */
function quotedHop(quotedHopLimit: number): number | null {
  const ttl = HOP_LIMIT - quotedHopLimit + 1;
  return quotedHopLimit > 0 && ttl >= 1 ? ttl : null;
}
