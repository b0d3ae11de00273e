import type { Probe, ProbeRequest } from './probe.js';
import type { TraceCounters, TraceStrategy, TraceTarget } from './strategy.js';

/** One trace under way in an engine. */
export class TraceContext<Event> {
  /** Probes that an answer is awaited for. */
  readonly waiting = new Set<Probe>();
  /** Quotes were too short to tell probes of one flow apart: they go one at a time from now on. */
  oneAtATime = false;
  /** When the strategy wants to be called, Infinity for not at all; undefined: something has happened since it was asked. */
  deadline: number | undefined;
  /** Stands in the engine's queue of traces that may have something to send. */
  ready = false;

  constructor(
    readonly index: number,
    readonly target: TraceTarget,
    readonly strategy: TraceStrategy<Event>,
    readonly counters: TraceCounters,
  ) {}

  /** As the strategy has it; asked again only where something has happened. */
  nextTimeout(): number {
    this.deadline ??= this.strategy.nextTimeout() ?? Number.POSITIVE_INFINITY;
    return this.deadline;
  }

  /** Whether a probe of the same flow is on its way. */
  isFlowBusy({ protocol, flow, port }: ProbeRequest): boolean {
    for (const probe of this.waiting) {
      if (probe.flow === flow && probe.protocol === protocol && probe.port === port) return true;
    }
    return false;
  }
}
