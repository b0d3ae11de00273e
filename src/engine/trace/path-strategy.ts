import type { Monotonic } from '../../wire/time.js';
import type { Answer } from './answer.js';
import type { Hop, HopSlot } from './hop.js';
import { HopSchedule } from './hop-schedule.js';
import { MtuLimits } from './mtu-limits.js';
import { PathFindings } from './path-findings.js';
import type { PathOptions } from './path-options.js';
import { PathReport } from './path-report.js';
import { PathTiming } from './path-timing.js';
import type { Probe, ProbeRequest } from './probe.js';
import { FOR_HOP, FOR_SEARCH, ProtocolSearch } from './protocol-search.js';
import { SendOutcomes } from './send-outcomes.js';
import type { TraceCounters, TraceServices, TraceStrategy, TraceTarget } from './strategy.js';
import type { TraceEvent, TraceProtocol } from './trace-event.js';

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
  private readonly timing: PathTiming;
  private readonly findings: PathFindings;
  private readonly schedule: HopSchedule;
  private readonly report: PathReport;
  private readonly limits: MtuLimits;
  private readonly search: ProtocolSearch;
  private readonly outcomes = new SendOutcomes();
  private protocol: TraceProtocol;
  private port: number;
  private routerHighest = 0;
  /** What `next` has asked for last. */
  private requested: { hop: Hop; slot: HopSlot } | undefined;
  private probesQueued = 0;
  private waitingCount = 0;
  private readonly giveUp = (probe: Probe): void => {
    if (probe.state !== 'sent' && probe.state !== 'queued') return;
    this.waitingCount--;
    this.services.expire(probe);
  };

  constructor(
    private readonly options: PathOptions,
    target: TraceTarget,
    private readonly services: TraceServices,
    counters: TraceCounters,
    private readonly startedAt: Monotonic,
  ) {
    this.protocol = options.protocol === 'auto' ? 'udp' : options.protocol;
    this.port = this.protocol === 'icmp' ? 0 : options.ports[this.protocol];
    this.timing = new PathTiming(options.maxWait);
    this.findings = new PathFindings(target.address);
    this.schedule = new HopSchedule(options, this.timing, this.findings);
    this.search = new ProtocolSearch(options, services);
    this.limits = new MtuLimits(target.address.family, options.mtu ? target.mtu : options.packetLength);
    this.report = new PathReport(options, target, this.findings, this.limits, counters, this.outcomes);
  }

  get finished(): boolean {
    return this.report.finished;
  }

  get highestRouter(): number {
    return this.routerHighest;
  }

  next(now: Monotonic): ProbeRequest | undefined {
    if (this.report.closed || this.waitingCount >= this.options.inFlight) return undefined;
    this.requested = this.schedule.next(now);
    return this.requested === undefined ? this.search.next(this.options.maxTtl) : this.requestFor(this.requested.hop);
  }

  handleQueued(probe: Probe): void {
    this.waitingCount++;
    this.probesQueued++;
    if (probe.purpose === FOR_SEARCH) this.search.handleQueued(probe);
    else if (this.requested !== undefined) takeUp(this.requested.hop, this.requested.slot, probe);
    this.requested = undefined;
  }

  /** Of connections and IPv6 ping sockets the kernel does not tell that a packet filter drops them: a search proves nothing. */
  handleSent(_now: Monotonic, { purpose }: Probe): void {
    if (purpose === FOR_HOP) this.outcomes.handleSent();
  }

  handleFailure(now: Monotonic, probe: Probe, errno: number): void {
    this.waitingCount--;
    this.outcomes.handleFailure(errno);
    if (probe.purpose === FOR_SEARCH) this.search.handleFailure(probe);
    const slot = this.schedule.at(probe.hopLimit)?.slotOf(probe);
    if (slot !== undefined) {
      slot.state = 'failed';
      slot.errno = errno;
    }
    this.review(now);
  }

  handleAnswer(now: Monotonic, probe: Probe, answer: Answer, late: boolean): void {
    if (!late) this.waitingCount--;
    if (answer.kind !== 'too-big') this.timing.sample(answer.rtt);
    if (probe.purpose === FOR_SEARCH) this.search.handleAnswer(now, probe, answer, this.report.target.address);
    else if (answer.kind === 'too-big') this.handleTooBig(probe, answer);
    else this.handleHopAnswer(probe, answer, late);
    this.review(now);
  }

  /** How long the path takes is known by it all the same. */
  handleAmbiguous(now: Monotonic, { sentAt }: Probe): void {
    this.timing.sample(now - sentAt);
  }

  handleTimeout(now: Monotonic): void {
    this.schedule.expire(now, this.giveUp);
    for (const probe of this.search.overdue(now, this.timing.wait(false))) this.giveUp(probe);
    this.review(now);
  }

  nextTimeout(): Monotonic | undefined {
    if (this.report.closed) return undefined;
    const search = this.search.nextTimeout(this.timing.wait(false)) ?? Number.POSITIVE_INFINITY;
    const earliest = Math.min(search, this.schedule.nextTimeout());
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }

  pollEvent(): TraceEvent | undefined {
    return this.report.pollEvent();
  }

  stop(now: Monotonic): void {
    if (!this.report.closed) this.close(now, true);
  }

  private requestFor({ ttl }: Hop): ProbeRequest {
    const { protocol, port } = this;
    const flow = this.options.classic ? this.probesQueued + 1 : 1;
    return { hopLimit: ttl, protocol, port, flow, packetLength: this.limits.sizeAt(ttl), purpose: FOR_HOP };
  }

  private handleHopAnswer(probe: Probe, answer: Answer, late: boolean): void {
    const hop = this.schedule.at(probe.hopLimit);
    // The probe was sent again meanwhile: its answer is as good for another one of its hop.
    const slot = hop?.slotOf(probe) ?? (late ? hop?.slots.find(({ state }) => state === 'silent') : undefined);
    if (hop === undefined || slot === undefined || probe.protocol !== this.protocol) return;
    if (slot.resent) hop.resentAnswered++;
    slot.probe = probe;
    slot.state = 'answered';
    slot.answer = answer;
    this.schedule.highest = Math.max(this.schedule.highest, probe.hopLimit);
    if (answer.kind === 'expired') this.routerHighest = Math.max(this.routerHighest, probe.hopLimit);
    this.findings.take(probe.hopLimit, answer);
  }

  private handleTooBig(probe: Probe, answer: Answer): void {
    const slot = this.schedule.at(probe.hopLimit)?.slotOf(probe);
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
  private switchTo({ protocol, port }: Probe): void {
    this.protocol = protocol;
    this.port = port;
    this.schedule.restartBeyond(this.routerHighest, this.giveUp);
    this.findings.forgetEnd();
  }

  /** Looks at what has changed: what is to be sent again, what can be told, whether all is known. */
  private review(now: Monotonic): void {
    if (this.report.closed) return;
    const { schedule, findings } = this;
    const found = this.search.takeDecision(now);
    if (found !== undefined) this.switchTo(found);
    findings.fillEnd(schedule.hops);
    const { end } = findings;
    for (const hop of schedule.wanted) {
      schedule.scheduleResend(hop, now, this.protocol === 'tcp' && hop.ttl === end);
    }
    if (end === Number.POSITIVE_INFINITY && schedule.quiet) this.beginSearch();
    this.report.tell(schedule.hops, Math.min(end, this.routerHighest));
    if (this.isComplete()) this.close(now, false);
  }

  /** The first probes of all hops are settled and none has reached the end: nothing is left to wait for. */
  private beginSearch(): void {
    this.schedule.unrestrained = true;
    this.search.begin();
  }

  private isComplete(): boolean {
    const endless = this.findings.end === Number.POSITIVE_INFINITY;
    return (!endless || this.search.over) && this.schedule.wanted.every(({ final }) => final);
  }

  private close(now: Monotonic, stopped: boolean): void {
    const { protocol, port } = this;
    this.report.close(this.schedule.hops, { protocol, port, elapsed: now - this.startedAt, stopped });
  }
}

/** The slot's probe is on its way: the first, or one that is sent again. */
function takeUp(hop: Hop, slot: HopSlot, probe: Probe): void {
  if (slot.probe !== undefined) {
    hop.resent++;
    hop.resendAt = Number.POSITIVE_INFINITY;
    slot.resent = true;
  }
  slot.probe = probe;
  slot.state = 'pending';
}
