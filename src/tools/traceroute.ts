import type { TraceEvent, TraceResult } from '../engine/trace/trace-event.js';
import { Run } from './run.js';
import type { TracerouteOptions } from './trace-options.js';
import { TraceSession, type TraceTargets } from './trace-session.js';

/**
 * Shows the routers between this host and a target, or any number of targets from an iterable: they share sockets and pace.
 *
 * Nothing is sent until the result is iterated or its `result()` is asked for. Iterating gives every hop as soon as it is
 * settled, in the order of the path, and the result at the end; leaving the loop ends the run and closes its sockets.
 *
 * @param targets a host name or address, or an iterable of them, plain or asynchronous.
 * @param options see `TracerouteOptions`; a wrong one rejects with ArgumentError before any system call.
 * @returns rejects with ResolveError where the one name has no address (among many, such a name is an `unresolved`
 * event), with ArgumentError for a multicast or broadcast address (among many, `unresolved` too), with SystemCallError where
 * there is no route or the system refuses, and with the reason of `signal` (of `stop()` an AbortError) where the run was ended
 * before anything was sent; later that gives what is known. No privilege is needed.
 */
export function traceroute(targets: TraceTargets, options: TracerouteOptions = {}): TraceRun {
  return new TraceRun(targets, options);
}

/** One run of `traceroute`: its events as an async iterable, and its end as `result()`. */
export class TraceRun extends Run<TraceEvent, TraceResult | undefined> {
  constructor(targets: TraceTargets, options: TracerouteOptions) {
    super(new TraceSession(targets, options));
  }

  /**
   * The end of the run: of several targets the last one's; undefined where there was none. Begins the run if nothing
   * iterates it. A run that was ended in the middle has a result with `stopped: true`.
   */
  result(): Promise<TraceResult | undefined> {
    return this.end();
  }
}
