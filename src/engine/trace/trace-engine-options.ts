import type { Arrival } from '../arrival.js';
import type { RandomSeed } from '../random.js';
import type { StrategyFactory, TraceTarget } from './strategy.js';
import type { TraceLanesByFamily } from './trace-lanes.js';

export interface TraceEngineOptions<Event> {
  /** Where targets come from, one at a time. */
  targets: TraceTargetSource;
  lanes: TraceLanesByFamily;
  /** Four random words that cookie and tokens grow from. The same seed gives the same packets. */
  seed: RandomSeed;
  /** Makes what decides for one target. */
  strategy: StrategyFactory<Event>;
  /** Probes a second over all targets; 0: no limit. */
  rate: number;
  /** Probes that may follow each other at once. */
  burst: number;
  /** Targets that are traced at a time. */
  activeTraces: number;
  /** TOS or traffic class of the probes, 0 to 255; -1: the socket's. */
  trafficClass: number;
  /** Told of packets that look like answers and are about no probe of ours. */
  onForeign?: (arrival: Arrival) => void;
}

export interface TraceTargetSource {
  /** The next target; undefined: there are no more; 'wait': there is none yet. */
  next(): TraceTarget | 'wait' | undefined;
}
