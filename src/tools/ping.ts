import type { PingEvent, PingSummary, PingTotal } from '../engine/ping/ping-event.js';
import type { PingOptions, PingProgress } from './ping-options.js';
import { type PingResult, PingSession } from './ping-session.js';
import { Run } from './run.js';
import type { Target } from './target.js';

/**
 * Pings one target, or any number of them from an iterable (a generator of a million costs no memory).
 *
 * Nothing is sent until the result is iterated or its `summary()` is asked for. Iterating gives every event as it
 * happens; leaving the loop ends the run and closes its sockets.
 *
 * @param targets a host name or address, or an iterable of them, plain or asynchronous.
 * @param options see `PingOptions`; a wrong one rejects with ArgumentError before any system call.
 * @returns rejects with ResolveError where the one name has no address (among many, such a name is an `unresolved`
 * event), PermissionError where no ICMP socket is allowed, SystemCallError where there is no route or the system refuses.
 */
export function ping(targets: Target, options?: PingOptions): PingRun<PingSummary>;
export function ping(targets: Iterable<Target> | AsyncIterable<Target>, options?: PingOptions): PingRun<PingTotal>;
export function ping(
  targets: Target | Iterable<Target> | AsyncIterable<Target>,
  options?: PingOptions,
): PingRun<PingResult>;
export function ping(targets: Target | Iterable<Target> | AsyncIterable<Target>, options: PingOptions = {}) {
  return new PingRun<PingResult>(targets, options);
}

/** One run of `ping`: its events as an async iterable, and its end as `summary()`. */
export class PingRun<Result extends PingResult = PingResult> extends Run<PingEvent, PingResult> {
  private readonly pings: PingSession;

  constructor(targets: Target | Iterable<Target> | AsyncIterable<Target>, options: PingOptions) {
    const session = new PingSession(targets, options);
    super(session);
    this.pings = session;
  }

  /** How far the run has come, at any moment: also counts probes that are on their way, of which no event tells. */
  get progress(): PingProgress {
    return this.pings.progress;
  }

  /** The end of the run: of one target its summary, of many the total. Begins the run if nothing iterates it. */
  summary(): Promise<Result> {
    return this.end() as Promise<Result>;
  }
}
