import { errnoName } from '../../wire/errno.js';
import type { Nanoseconds } from '../../wire/time.js';
import { NANOSECONDS_PER_MILLISECOND } from '../../wire/time.js';
import { describeAnswer } from './answer-text.js';
import type { Hop, HopSlot } from './hop.js';
import type { MtuLimits } from './mtu-limits.js';
import { asymmetryOf, type PathFindings } from './path-findings.js';
import type { PathOptions } from './path-options.js';
import { isRateLimited } from './rate-limit.js';
import type { SendOutcomes } from './send-outcomes.js';
import type { TraceCounters, TraceTarget } from './strategy.js';
import type { TraceAnswer, TraceEvent, TraceHop, TraceProtocol, TraceResult, TraceSilence } from './trace-event.js';

/** What the report cannot see of how a trace ended. */
export interface PathEnding {
  protocol: TraceProtocol;
  port: number;
  elapsed: Nanoseconds;
  /** By its caller, before all was known. */
  stopped: boolean;
}

/** Tells hops in order, each once it is final, and the result. */
export class PathReport {
  private readonly events: TraceEvent[] = [];
  private told: number;
  private isClosed = false;

  constructor(
    private readonly options: PathOptions,
    readonly target: TraceTarget,
    private readonly findings: PathFindings,
    private readonly limits: MtuLimits,
    private readonly counters: TraceCounters,
    private readonly outcomes: SendOutcomes,
  ) {
    this.told = options.firstTtl - 1;
  }

  /** The result stands. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** It stands, and all was taken. */
  get finished(): boolean {
    return this.isClosed && this.events.length === 0;
  }

  pollEvent(): TraceEvent | undefined {
    return this.events.shift();
  }

  /** Tells the final hops that follow those told, up to hop limit `last`. */
  tell(hops: readonly Hop[], last: number): void {
    for (const hop of hops) {
      if (hop.ttl <= this.told) continue;
      if (hop.ttl > last || !hop.final) return;
      this.push(hop, hops);
    }
  }

  /** Tells what is left, final or not, and the result. */
  close(hops: readonly Hop[], ending: PathEnding): void {
    const { end } = this.findings;
    const answered = hops.findLast(hop => hop.count('answered') > 0)?.ttl ?? 0;
    for (const hop of hops) {
      // Nothing is known of a hop beyond the answers that is still waited for when the run is ended.
      const known = hop.ttl <= answered || hop.settled;
      if (hop.ttl > this.told && hop.ttl <= end && !hop.untouched && known) this.push(hop, hops);
    }
    this.isClosed = true;
    this.events.push(this.resultOf(hops, ending));
  }

  private push(hop: Hop, hops: readonly Hop[]): void {
    this.told = hop.ttl;
    this.events.push(this.hopOf(hop, hops));
  }

  private hopOf(hop: Hop, hops: readonly Hop[]): TraceHop {
    const fall = this.options.mtu ? this.limits.fallAt(hop.ttl, this.options.firstTtl) : undefined;
    return {
      type: 'hop',
      target: this.target.label,
      ttl: hop.ttl,
      probes: hop.slots.flatMap(slot => this.probeOf(slot, hop.ttl, fall)),
      ...(isRateLimited(hop, hops, this.findings.end) && { rateLimited: true }),
      ...(this.hasChanged(hop) && { addressChanged: true }),
      ...(hop.resent > 0 && { resent: hop.resent }),
    };
  }

  /** What was never sent, because the run was ended, is not told. */
  private probeOf({ state, probe, answer, errno }: HopSlot, ttl: number, mtu?: number): (TraceAnswer | TraceSilence)[] {
    if (state === 'unsent') return [];
    if (answer !== undefined && probe !== undefined) {
      const told = describeAnswer(probe, answer, this.target.address);
      const sentTtl = probe.hopLimit > ttl ? { sentTtl: probe.hopLimit } : {};
      return [{ ...told, ...(mtu !== undefined && { mtu }), ...sentTtl }];
    }
    const code = errno === undefined ? undefined : errnoName(errno);
    return [{ timeout: true, ...(mtu !== undefined && { mtu }), ...(code !== undefined && { code }) }];
  }

  /** With ports that rise every probe is another flow, and other addresses are no surprise. */
  private hasChanged(hop: Hop): boolean {
    return !this.options.classic && new Set(hop.answers.map(({ from }) => String(from))).size > 1;
  }

  private resultOf(hops: readonly Hop[], { protocol, port, elapsed, stopped }: PathEnding): TraceResult {
    const { end, reached, loop, answeredFrom } = this.findings;
    const answered = hops.findLast(hop => hop.count('answered') > 0)?.ttl ?? 0;
    const last = Math.min(end, answered);
    const { refusal } = this.outcomes;
    const asymmetry = asymmetryOf(hops.find(({ ttl }) => ttl === last));
    return {
      type: 'result',
      target: this.target.label,
      address: String(this.target.address),
      protocol,
      ...(protocol !== 'icmp' && { port }),
      ...(this.options.protocol === 'auto' && protocol !== 'udp' && { switched: true }),
      reached,
      hops: last,
      loop: loop !== undefined,
      ...(loop !== undefined && { loopHops: loop }),
      ...(answeredFrom !== undefined && { answeredFrom: String(answeredFrom) }),
      ...(asymmetry !== undefined && { asymmetry }),
      ...(this.options.mtu && reached && { pathMtu: this.limits.sizeAt(last) }),
      ...(stopped && { stopped }),
      ...(refusal !== undefined && { code: refusal }),
      ...this.counters,
      elapsed: elapsed / NANOSECONDS_PER_MILLISECOND,
    };
  }
}
