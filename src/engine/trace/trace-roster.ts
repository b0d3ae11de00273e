import type { Monotonic } from '../../wire/time.js';
import type { InFlight } from './in-flight.js';
import type { Probe } from './probe.js';
import type { TraceContext } from './trace-context.js';

/** The traces under way, and those of them that may have something to send, in turn. */
export class TraceRoster<Event> {
  private readonly active = new Map<number, TraceContext<Event>>();
  private readonly ready: TraceContext<Event>[] = [];

  constructor(private readonly inFlight: InFlight) {}

  get size(): number {
    return this.active.size;
  }

  /** How many may have something to send. */
  get readyCount(): number {
    return this.ready.length;
  }

  /** A copy: traces may end while it is walked. */
  get all(): TraceContext<Event>[] {
    return [...this.active.values()];
  }

  /** The trace of a probe; undefined where it has ended. */
  of(probe: Probe): TraceContext<Event> | undefined {
    return this.active.get(probe.trace);
  }

  add(context: TraceContext<Event>): void {
    this.active.set(context.index, context);
    this.inFlight.add(context);
    this.wake(context);
  }

  remove(context: TraceContext<Event>): void {
    this.active.delete(context.index);
    this.inFlight.remove(context);
  }

  /** Something has happened to this trace: it may have something to send. */
  wake(context: TraceContext<Event>): void {
    context.deadline = undefined;
    if (context.ready || context.strategy.finished) return;
    context.ready = true;
    this.ready.push(context);
  }

  /** The next in turn, which has to be woken again. */
  takeReady(): TraceContext<Event> | undefined {
    const context = this.ready.shift();
    if (context !== undefined) context.ready = false;
    return context;
  }

  /** The earliest moment at which a trace wants to be called; Infinity where none does. */
  nextTimeout(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const context of this.active.values()) earliest = Math.min(earliest, context.nextTimeout());
    return earliest;
  }

  /** The traces that want to be called by now. */
  overdue(now: Monotonic): TraceContext<Event>[] {
    return this.all.filter(context => context.nextTimeout() <= now);
  }
}
