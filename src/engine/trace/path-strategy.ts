import { after, type Monotonic } from '../../wire/time.js';
import type { Answer } from './answer.js';
import { Hop, type HopSlot } from './hop.js';
import { MtuLimits } from './mtu-limits.js';
import { PathFindings } from './path-findings.js';
import type { PathOptions } from './path-options.js';
import { PathReport } from './path-report.js';
import { PathTiming } from './path-timing.js';
import { deadlineOf, type Probe, type ProbeRequest } from './probe.js';
import { ProtocolSearch } from './protocol-search.js';
import type { TraceCounters, TraceServices, TraceStrategy, TraceTarget } from './strategy.js';
import type { TraceEvent, TraceProtocol } from './trace-event.js';

/** What a probe is for: one of a hop, or one of the search for a protocol that the target answers to. */
const FOR_HOP = 0;
export const FOR_SEARCH = 1;

/** The second and later probes of a hop follow once a hop at most so far before it has answered. */
const LOOK_AHEAD = 14;
/** Probes to a hop that answers some are sent again so often at most, beyond one for each that is missing. */
const EXTRA_RESENDS = 2;

/**
 * The plain trace of one target.
 *
 * 1. The first probe of every hop leaves at once; the path's end is where the first of them reaches the target.
 * 2. Further probes of a hop follow when a hop not far before it has answered, so that few go beyond the end.
 * 3. An answer is waited for as long as the path has shown to be needed (path-timing.ts).
 * 4. A hop that answers some of its probes is asked again, more and more slowly: it limits its rate, or a packet was lost.
 * 5. A target that stays silent is tried by other protocols, if none was asked for (protocol-search.ts).
 */
export class PathStrategy implements TraceStrategy<TraceEvent> {
  private readonly hops: Hop[] = [];
  private readonly timing: PathTiming;
  private readonly findings: PathFindings;
  private readonly report: PathReport;
  private readonly limits: MtuLimits;
  private readonly search: ProtocolSearch;
  private protocol: TraceProtocol;
  private port: number;
  /** Highest hop limit that a router, or the target, has answered for. */
  private highest = 0;
  private routerHighest = 0;
  /** All probes may be sent: waiting for nearer hops would be in vain. */
  private unrestrained = false;
  private requested: HopSlot | undefined;
  private classicFlow = 0;
  private waitingCount = 0;

  constructor(
    private readonly options: PathOptions,
    target: TraceTarget,
    private readonly services: TraceServices,
    counters: TraceCounters,
    private readonly startedAt: Monotonic,
  ) {
    this.protocol = options.protocol === 'auto' ? 'udp' : options.protocol;
    this.port = this.portOf(this.protocol);
    this.timing = new PathTiming(options.maxWait);
    this.findings = new PathFindings(target.address);
    this.search = new ProtocolSearch(options, services);
    this.limits = new MtuLimits(target.address.family, options.mtu ? target.mtu : options.packetLength);
    this.report = new PathReport(options, target, this.findings, this.limits, counters);
    for (let ttl = options.firstTtl; ttl <= options.maxTtl; ttl++) this.hops.push(new Hop(ttl, options.probes));
  }

  get finished(): boolean {
    return this.report.finished;
  }

  get highestRouter(): number {
    return this.routerHighest;
  }

  next(now: Monotonic): ProbeRequest | undefined {
    if (this.report.closed || this.waitingCount >= this.options.inFlight) return undefined;
    this.requested = this.nextSlot(now);
    if (this.requested !== undefined) return this.requestFor(this.requested);
    return this.search.next(this.options.maxTtl);
  }

  handleQueued(probe: Probe): void {
    this.waitingCount++;
    this.classicFlow++;
    if (probe.purpose === FOR_SEARCH) {
      this.search.handleQueued(probe);
      return;
    }
    const hop = this.hopOf(probe.hopLimit);
    const slot = this.requested;
    if (slot === undefined || hop === undefined) return;
    if (slot.probe !== undefined) {
      hop.resent++;
      hop.resendAt = Number.POSITIVE_INFINITY;
      slot.resent = true;
    }
    slot.probe = probe;
    slot.state = 'pending';
    this.requested = undefined;
  }

  handleSent(): void {}

  handleFailure(now: Monotonic, probe: Probe, errno: number): void {
    this.waitingCount--;
    const slot = this.hopOf(probe.hopLimit)?.slotOf(probe);
    if (slot !== undefined) {
      slot.state = 'failed';
      slot.errno = errno;
    }
    this.review(now);
  }

  handleAnswer(now: Monotonic, probe: Probe, answer: Answer, late: boolean): void {
    if (!late) this.waitingCount--;
    if (answer.kind !== 'too-big') this.timing.sample(answer.rtt);
    if (probe.purpose === FOR_SEARCH) this.handleSearchAnswer(probe, answer);
    else if (answer.kind === 'too-big') this.handleTooBig(probe, answer);
    else this.handleHopAnswer(probe, answer, late);
    this.review(now);
  }

  /** How long the path takes is known by it all the same. */
  handleAmbiguous(now: Monotonic, { sentAt }: Probe): void {
    this.timing.sample(now - sentAt);
  }

  handleTimeout(now: Monotonic): void {
    for (const hop of this.hops) {
      if (hop.ttl > this.findings.end) break;
      this.expireHop(hop, now);
    }
    for (const probe of this.search.overdue(now, this.timing.wait(false))) this.giveUp(probe);
    this.review(now);
  }

  nextTimeout(): Monotonic | undefined {
    if (this.report.closed) return undefined;
    let earliest = this.search.nextTimeout(this.timing.wait(false)) ?? Number.POSITIVE_INFINITY;
    for (const hop of this.hops) {
      if (hop.ttl > this.findings.end) break;
      earliest = Math.min(earliest, hop.resendAt, this.deadlineOfHop(hop));
    }
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }

  pollEvent(): TraceEvent | undefined {
    return this.report.pollEvent();
  }

  stop(now: Monotonic): void {
    if (!this.report.closed) this.close(now);
  }

  private portOf(protocol: TraceProtocol): number {
    return protocol === 'icmp' ? 0 : this.options.ports[protocol];
  }

  private hopOf(ttl: number): Hop | undefined {
    return this.hops[ttl - this.options.firstTtl];
  }

  private requestFor(slot: HopSlot): ProbeRequest {
    const hop = this.hops.find(({ slots }) => slots.includes(slot));
    const ttl = hop?.ttl ?? this.options.maxTtl;
    const { protocol, port } = this;
    const flow = this.options.classic ? this.classicFlow + 1 : 1;
    return { hopLimit: ttl, protocol, port, flow, packetLength: this.limits.sizeAt(ttl), purpose: FOR_HOP };
  }

  /** Rule 1, 2 and 4. A window smaller than the path asks hop by hop. */
  private nextSlot(now: Monotonic): HopSlot | undefined {
    const hops = this.hops.filter(({ ttl }) => ttl <= this.findings.end);
    const due = hops.find(({ resendAt }) => resendAt <= now);
    if (due !== undefined) return due.slots.find(({ state }) => state === 'silent');
    const wide = this.options.inFlight >= this.hops.length;
    const fresh = wide ? hops.find(hop => hop.untouched) : undefined;
    return (fresh ?? hops.find(hop => this.isWanted(hop)))?.slots.find(({ state }) => state === 'unsent');
  }

  private isWanted(hop: Hop): boolean {
    if (!hop.slots.some(({ state }) => state === 'unsent')) return false;
    return this.unrestrained || hop.untouched || hop.ttl <= this.highest + LOOK_AHEAD;
  }

  private handleHopAnswer(probe: Probe, answer: Answer, late: boolean): void {
    const hop = this.hopOf(probe.hopLimit);
    // The probe was sent again meanwhile: its answer is as good for another one of its hop.
    const slot = hop?.slotOf(probe) ?? (late ? hop?.slots.find(({ state }) => state === 'silent') : undefined);
    if (hop === undefined || slot === undefined || probe.protocol !== this.protocol) return;
    if (slot.resent) hop.resentAnswered++;
    slot.probe = probe;
    slot.state = 'answered';
    slot.answer = answer;
    this.highest = Math.max(this.highest, probe.hopLimit);
    if (answer.kind === 'expired') this.routerHighest = Math.max(this.routerHighest, probe.hopLimit);
    this.findings.take(probe.hopLimit, answer);
  }

  private handleTooBig(probe: Probe, answer: Answer): void {
    const slot = this.hopOf(probe.hopLimit)?.slotOf(probe);
    if (slot === undefined) return;
    const shrinks = this.options.mtu && this.limits.report(probe.hopLimit, probe.packetLength, answer.mtu);
    // Another probe may have told already: what is too large for its hop now is only to be sent again.
    const stale = this.options.mtu && probe.packetLength > this.limits.sizeAt(probe.hopLimit);
    if (shrinks || stale) {
      slot.state = 'unsent';
      delete slot.probe;
      return;
    }
    slot.state = 'answered';
    slot.answer = answer;
    this.findings.take(probe.hopLimit, answer);
  }

  /** Rule 5: the target answers to this; the silent rest of the path is asked again with it. */
  private handleSearchAnswer(probe: Probe, answer: Answer): void {
    if (!this.search.handleAnswer(probe, answer, this.report.target.address)) return;
    this.protocol = probe.protocol;
    this.port = probe.port;
    for (const hop of this.hops) {
      if (hop.ttl > this.routerHighest) this.restart(hop);
    }
    this.findings.forgetEnd();
    this.unrestrained = false;
  }

  private restart(hop: Hop): void {
    for (const slot of hop.slots) if (slot.state === 'pending' && slot.probe !== undefined) this.giveUp(slot.probe);
    this.hops[hop.ttl - this.options.firstTtl] = new Hop(hop.ttl, this.options.probes);
  }

  private giveUp(probe: Probe): void {
    if (probe.state !== 'sent' && probe.state !== 'queued') return;
    this.waitingCount--;
    this.services.expire(probe);
  }

  private isNear(hop: Hop): boolean {
    return hop.ttl <= this.highest || hop.count('answered') > 0;
  }

  private deadlineOfHop(hop: Hop): number {
    const wait = this.timing.wait(this.isNear(hop));
    let earliest = Number.POSITIVE_INFINITY;
    for (const { state, probe } of hop.slots) {
      if (state === 'pending' && probe?.state === 'sent') earliest = Math.min(earliest, deadlineOf(probe, wait));
    }
    return earliest;
  }

  /** Rule 3. */
  private expireHop(hop: Hop, now: Monotonic): void {
    const wait = this.timing.wait(this.isNear(hop));
    for (const slot of hop.slots) {
      const { probe } = slot;
      if (slot.state !== 'pending' || probe?.state !== 'sent' || deadlineOf(probe, wait) > now) continue;
      this.giveUp(probe);
      slot.state = 'silent';
      hop.silences++;
      this.lookAgain(hop, now);
    }
  }

  /** A hop in the middle of a path that has answered nothing yet gets one probe more, while others are still waited for. */
  private lookAgain(hop: Hop, now: Monotonic): void {
    if (hop.secondLook || hop.count('answered') > 0 || hop.ttl >= this.highest) return;
    hop.secondLook = true;
    hop.resendAt = now;
  }

  /** Looks at what has changed: what is to be sent again, what can be told, whether all is known. */
  private review(now: Monotonic): void {
    if (this.report.closed) return;
    this.findings.fillEnd(this.hops);
    const { end } = this.findings;
    for (const hop of this.hops) {
      if (hop.ttl <= end) this.scheduleResend(hop, now);
    }
    this.considerTail();
    this.report.tell(this.hops, Math.min(end, this.routerHighest));
    if (this.isComplete()) this.close(now);
  }

  /** Rule 4. */
  private scheduleResend(hop: Hop, now: Monotonic): void {
    if (hop.count('silent') === 0) hop.resendAt = Number.POSITIVE_INFINITY;
    if (!hop.final || hop.count('answered') === 0 || hop.count('silent') === 0) return;
    if (hop.resent >= hop.count('silent') + hop.resentAnswered + EXTRA_RESENDS) return;
    // A connection half open takes no second SYN; it is gone a round trip after our host has reset it.
    const quick = this.protocol === 'tcp' && hop.ttl === this.findings.end;
    hop.resendAt = after(now, quick ? 2 * this.timing.longestRtt : this.timing.resendGap(hop.resent));
  }

  /** Once the first probes of all hops are settled and none has reached the end, nothing is left to wait for. */
  private considerTail(): void {
    if (this.findings.end !== Number.POSITIVE_INFINITY) return;
    const unsettled = this.hops.some(hop => !hop.settled && !this.isTouchedAndQuiet(hop));
    if (unsettled) return;
    this.unrestrained = true;
    this.search.begin();
  }

  private isTouchedAndQuiet(hop: Hop): boolean {
    return !hop.untouched && hop.count('pending') === 0;
  }

  private isComplete(): boolean {
    const { end } = this.findings;
    if (end === Number.POSITIVE_INFINITY && !this.search.over) return false;
    return this.hops.every(hop => hop.ttl > end || hop.final);
  }

  private close(now: Monotonic): void {
    this.report.close(this.hops, this.protocol, this.port, now - this.startedAt);
  }
}
