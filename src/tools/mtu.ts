import type { PathMtuOptions } from './mtu-options.js';
import { MtuSession, type PathMtuEvent, type PathMtuResult } from './mtu-session.js';
import { Run } from './run.js';
import type { Target } from './target.js';

/**
 * Finds the largest packet that gets from this host to a target without being cut, how that is known, and where on the path
 * the limit is: also where routers drop what is too big without a word, or lie about it.
 *
 * Nothing is sent until the result is iterated or its `result()` is asked for. Iterating gives what became of every packet as
 * it happens, and the result at the end; leaving the loop ends the run and closes its sockets.
 *
 * @param target a host name or address.
 * @param options see `PathMtuOptions`; a wrong one rejects with ArgumentError before any system call.
 * @returns rejects with ResolveError where the name has no address, with SystemCallError where there is no route or the
 * system refuses, with ArgumentError where the target is this host or many hosts, with the reason of `signal` (of `stop()`
 * an AbortError) where the run was ended before anything was sent. No privilege is needed.
 */
export function discoverPathMtu(target: Target, options: PathMtuOptions = {}): PathMtuRun {
  return new PathMtuRun(target, options);
}

/** One run of `discoverPathMtu`: its events as an async iterable, and its end as `result()`. */
export class PathMtuRun extends Run<PathMtuEvent, PathMtuResult> {
  constructor(target: Target, options: PathMtuOptions) {
    super(new MtuSession(target, options));
  }

  /** The end of the run. Begins the run if nothing iterates it. One that was ended in the middle has `stopped: true`. */
  result(): Promise<PathMtuResult> {
    return this.end();
  }
}
