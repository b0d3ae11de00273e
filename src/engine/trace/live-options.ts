import type { Nanoseconds } from '../../wire/time.js';
import type { TraceProtocol } from './trace-event.js';

/** How a live trace asks. */
export interface LiveOptions {
  protocol: TraceProtocol;
  /** Destination port of UDP and TCP. */
  port: number;
  firstTtl: number;
  maxTtl: number;
  /** Between the beginnings of two rounds; each round sends one probe a hop. */
  interval: Nanoseconds;
  /** Infinity: until it is stopped. */
  rounds: number;
  packetLength: number;
  /** An answer is never waited for longer. */
  maxWait: Nanoseconds;
}
