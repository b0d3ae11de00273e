import type { MtuOutcome, MtuProbe } from '../engine/mtu/mtu-probe.js';
import { type MtuFindings, searchPathMtu } from '../engine/mtu/mtu-search.js';
import { SearchRunner } from '../engine/mtu/search-runner.js';
import type { SearchState } from '../engine/mtu/search-state.js';
import { native } from '../io/native.js';
import { NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';

export interface SearchDriverOptions {
  /** Sends a probe. What it throws ends the search. */
  send: (probe: MtuProbe) => void;
  /** Called after every step: events may have come, and probes may have been given up. */
  onStep?: () => void;
}

/** Runs a search for the path MTU in real time, the probes of which somebody else sends. */
export class SearchDriver {
  private readonly runner: SearchRunner<MtuFindings>;
  private readonly startedAt = native().monotonicNow();
  private timer: NodeJS.Timeout | undefined;
  private settle: { resolve: (findings: MtuFindings) => void; reject: (reason: unknown) => void } | undefined;

  constructor(
    private readonly state: SearchState,
    private readonly options: SearchDriverOptions,
  ) {
    this.runner = new SearchRunner(searchPathMtu(state), state, this.startedAt);
  }

  /** Milliseconds since the beginning. */
  get elapsed(): number {
    return (native().monotonicNow() - this.startedAt) / NANOSECONDS_PER_MILLISECOND;
  }

  /** Searches until the path MTU is known, or cannot be. */
  run(): Promise<MtuFindings> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.advance();
    });
  }

  /** Tells what became of a probe. */
  handle(probe: MtuProbe, outcome: MtuOutcome): void {
    this.runner.handleOutcome(native().monotonicNow(), probe, outcome);
    this.advance();
  }

  /** Ends the search with what is known. */
  stop(): void {
    const { facts, options, answered } = this.state;
    const lower = facts.largest(verdict => verdict === 'fits', options.most);
    this.finish({ boundary: { lower, upper: options.most + 1, proven: false }, contact: answered.size > 0 });
  }

  /** Does something for the search. What it throws ends the search. */
  attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      clearTimeout(this.timer);
      this.settle?.reject(error);
      this.settle = undefined;
    }
  }

  private advance(): void {
    if (this.settle === undefined) return;
    clearTimeout(this.timer);
    this.attempt(() => {
      this.sendDue();
      this.options.onStep?.();
    });
    if (this.settle === undefined) return;
    if (this.runner.result !== undefined) this.finish(this.runner.result);
    else this.waitOn();
  }

  private sendDue(): void {
    for (;;) {
      const now = native().monotonicNow();
      if (this.runner.next(now) === undefined) return;
      const probe = this.runner.take();
      this.runner.handleSent(now, probe);
      this.options.send(probe);
    }
  }

  private waitOn(): void {
    clearTimeout(this.timer);
    const deadline = this.runner.nextTimeout();
    if (deadline === undefined) return;
    const delay = (deadline - native().monotonicNow()) / NANOSECONDS_PER_MILLISECOND;
    this.timer = setTimeout(() => this.timeOut(), Math.max(1, delay));
  }

  private timeOut(): void {
    this.runner.handleTimeout(native().monotonicNow());
    this.advance();
  }

  private finish(findings: MtuFindings): void {
    clearTimeout(this.timer);
    this.settle?.resolve(findings);
    this.settle = undefined;
  }
}
