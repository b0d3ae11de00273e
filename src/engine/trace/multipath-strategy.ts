import { after, type Monotonic, NANOSECONDS_PER_MILLISECOND, type Nanoseconds } from '../../wire/time.js';
import type { Answer } from './answer.js';
import { describeAnswer } from './answer-text.js';
import { multipathGraph } from './multipath-graph.js';
import { MultipathRules } from './multipath-rules.js';
import { type FlowResult, MultipathTable } from './multipath-table.js';
import { PathFindings } from './path-findings.js';
import type { PathOptions } from './path-options.js';
import { PathTiming } from './path-timing.js';
import { deadlineOf, type Probe, type ProbeRequest } from './probe.js';
import { SendOutcomes } from './send-outcomes.js';
import { StoppingPoints } from './stopping-points.js';
import type { TraceCounters, TraceServices, TraceStrategy, TraceTarget } from './strategy.js';
import type { MultipathGraph, TraceAnswer, TraceEvent, TraceHop, TraceSilence } from './trace-event.js';

/** A probe to see whether one flow always takes the same way. */
const REPEAT = 1;
/** Hops beyond the last that answered are asked so far ahead. */
const LOOK_AHEAD = 8;
/** A silent flow is asked again, after a pause in which a router that limits its errors recovers. */
const ATTEMPTS = 3;
const RETRY_GAP: Nanoseconds = 300e6;
/**
 * Multipath discovery: finds all next hops of every interface on the way to the target.
 *
 * 1. Flows 1 to n(1) are sent to every hop.
 * 2. Of each interface at hop h, as many flows that pass it are sent to hop h + 1 as the stopping rule asks for the number
 *    of next hops seen so far; where no such flow is left, new flows are sent to hop h until enough pass the interface.
 * 3. At hops of several interfaces one flow is repeated: if it does not always meet the same one, packets are balanced
 *    one by one.
 */
export class MultipathStrategy implements TraceStrategy<TraceEvent> {
  private readonly events: TraceEvent[] = [];
  private readonly table = new MultipathTable();
  private readonly rules: MultipathRules;
  private readonly timing: PathTiming;
  private readonly findings: PathFindings;
  private readonly waiting = new Set<Probe>();
  private readonly outcomes = new SendOutcomes();
  private highest = 0;
  private closed = false;

  constructor(
    private readonly options: PathOptions,
    private readonly confidence: number,
    private readonly target: TraceTarget,
    private readonly services: TraceServices,
    private readonly counters: TraceCounters,
    private readonly startedAt: Monotonic,
  ) {
    this.rules = new MultipathRules(this.table, new StoppingPoints(confidence), options.firstTtl);
    this.timing = new PathTiming(options.maxWait);
    this.findings = new PathFindings(target.address);
  }

  get finished(): boolean {
    return this.closed && this.events.length === 0;
  }

  get highestRouter(): number {
    return this.highest;
  }

  next(now: Monotonic): ProbeRequest | undefined {
    if (this.closed || this.waiting.size >= this.options.inFlight) return undefined;
    const request = this.rules.next(now, this.lastWanted, this.waiting.size === 0);
    return request && this.request(request.ttl, request.flow, request.repeat ? REPEAT : 0);
  }

  handleQueued(probe: Probe): void {
    const { hopLimit: ttl } = probe;
    this.waiting.add(probe);
    this.rules.handleQueued(ttl, probe.purpose === REPEAT);
    if (probe.purpose !== REPEAT) this.table.begin(ttl, probe.flow, probe);
  }

  handleSent(): void {
    this.outcomes.handleSent();
  }

  handleFailure(now: Monotonic, probe: Probe, errno: number): void {
    this.outcomes.handleFailure(errno);
    this.waiting.delete(probe);
    this.settleSilent(probe, now);
    this.review(now);
  }

  handleAnswer(now: Monotonic, probe: Probe, answer: Answer): void {
    this.waiting.delete(probe);
    this.timing.sample(answer.rtt);
    const { hopLimit: ttl, flow } = probe;
    this.findings.take(ttl, answer);
    if (answer.kind !== 'expired') this.table.endAt(String(answer.from));
    if (probe.purpose === REPEAT) this.rules.handleRepeated(ttl, String(answer.from));
    const result = this.table.result(ttl, flow);
    if (probe.purpose !== REPEAT && result !== undefined) {
      result.state = 'answered';
      result.answer = answer;
      result.probe = probe;
    }
    this.highest = this.table.lastAnswered;
    this.review(now);
  }

  handleAmbiguous(now: Monotonic, { sentAt }: Probe): void {
    this.timing.sample(now - sentAt);
  }

  handleTimeout(now: Monotonic): void {
    for (const probe of [...this.waiting]) {
      if (probe.state === 'queued' || deadlineOf(probe, this.waitOf(probe)) > now) continue;
      this.services.expire(probe);
      this.waiting.delete(probe);
      this.settleSilent(probe, now);
    }
    this.review(now);
  }

  nextTimeout(): Monotonic | undefined {
    if (this.closed) return undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const probe of this.waiting) {
      if (probe.state !== 'queued') earliest = Math.min(earliest, deadlineOf(probe, this.waitOf(probe)));
    }
    for (let ttl = this.options.firstTtl; ttl <= this.lastWanted; ttl++) {
      for (const { retryAt } of this.table.at(ttl).values()) earliest = Math.min(earliest, retryAt);
    }
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }

  pollEvent(): TraceEvent | undefined {
    return this.events.shift();
  }

  stop(now: Monotonic): void {
    if (!this.closed) this.close(now, { complete: false, stopped: true });
  }

  private get lastWanted(): number {
    const { maxTtl } = this.options;
    return Math.min(maxTtl, this.highest + LOOK_AHEAD);
  }

  private request(hopLimit: number, flow: number, purpose = 0): ProbeRequest {
    const protocol = this.options.protocol === 'auto' ? 'udp' : this.options.protocol;
    const port = protocol === 'icmp' ? 0 : this.options.ports[protocol];
    return { hopLimit, protocol, port, flow, packetLength: this.options.packetLength, purpose };
  }

  private waitOf({ hopLimit }: Probe): Nanoseconds {
    return this.timing.wait(hopLimit <= this.highest);
  }

  private settleSilent(probe: Probe, now: Monotonic): void {
    const result = probe.purpose === REPEAT ? undefined : this.table.result(probe.hopLimit, probe.flow);
    if (result === undefined || result.probe !== probe) return;
    // Where nothing answers at all there is nothing to be told apart.
    const worthwhile = result.attempts < ATTEMPTS && this.answersAt(probe.hopLimit);
    if (worthwhile) result.retryAt = after(now, RETRY_GAP * result.attempts);
    else result.state = 'silent';
  }

  private answersAt(ttl: number): boolean {
    for (const { state } of this.table.at(ttl).values()) if (state === 'answered') return true;
    return false;
  }

  private review(now: Monotonic): void {
    if (this.closed || this.waiting.size > 0 || this.next(now) !== undefined) return;
    if (this.nextTimeout() !== undefined) return;
    this.close(now, { complete: this.highest > 0 && !this.rules.gaveUp(this.highest), stopped: false });
  }

  /** @param complete the flows that the confidence takes were sent, and something answered. */
  private close(now: Monotonic, { complete, stopped }: { complete: boolean; stopped: boolean }): void {
    this.closed = true;
    const { firstTtl } = this.options;
    for (let ttl = firstTtl; ttl <= this.highest; ttl++) this.events.push(this.hopOf(ttl));
    const { protocol, port } = this.request(0, 1);
    const { reached, answeredFrom, loop } = this.findings;
    const { refusal } = this.outcomes;
    this.events.push({
      type: 'result',
      target: this.target.label,
      address: String(this.target.address),
      protocol,
      ...(protocol !== 'icmp' && { port }),
      reached,
      hops: this.highest,
      loop: loop !== undefined,
      ...(loop !== undefined && { loopHops: loop }),
      ...(answeredFrom !== undefined && { answeredFrom: String(answeredFrom) }),
      ...(stopped && { stopped }),
      ...(refusal !== undefined && { code: refusal }),
      ...this.counters,
      elapsed: (now - this.startedAt) / NANOSECONDS_PER_MILLISECOND,
      multipath: this.graph(complete),
    });
  }

  private graph(complete: boolean): MultipathGraph {
    const confidence = complete ? this.confidence : null;
    return multipathGraph(this.table, this.options.firstTtl, this.highest, confidence, this.rules.perPacket);
  }

  private hopOf(ttl: number): TraceHop {
    const results = [...this.table.at(ttl)]
      .filter(([flow]) => !this.table.hasEnded(flow, ttl))
      .sort(([one], [other]) => one - other);
    const probes = results.flatMap(([, result]) => this.probeOf(result));
    return { type: 'hop', target: this.target.label, ttl, probes };
  }

  private probeOf({ probe, answer, state }: FlowResult): (TraceAnswer | TraceSilence)[] {
    if (probe !== undefined && answer !== undefined) return [describeAnswer(probe, answer, this.target.address)];
    return state === 'silent' ? [{ timeout: true }] : [];
  }
}
