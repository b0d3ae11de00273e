import type { Monotonic, Nanoseconds } from '../../wire/time.js';
import { RttStatistics } from '../statistics/rtt-statistics.js';
import { PingCounts } from './ping-counts.js';
import type { TargetState } from './target-table.js';

/**
 * The only place where anything is counted: for a target, if it is still being pinged, and for all of them together.
 */
export class PingLedger {
  readonly total = new PingCounts();
  readonly statistics = new RttStatistics();
  /** Targets of which at least one probe was answered. */
  answered = 0;

  /** @param keepTargetStatistics whether targets have round-trip times of their own */
  constructor(private readonly keepTargetStatistics: boolean) {}

  sent(target: TargetState, now: Monotonic): void {
    this.total.sent++;
    target.counts.sent++;
    target.sentAt = now;
    target.lastAt = now;
  }

  received(target: TargetState | undefined, now: Monotonic, rtt: Nanoseconds): void {
    this.total.received++;
    this.statistics.record(rtt);
    if (target === undefined) return;
    if (++target.counts.received === 1) this.answered++;
    if (this.keepTargetStatistics) this.statisticsOf(target).record(rtt);
    target.lastAt = now;
  }

  lost(target: TargetState | undefined, now: Monotonic): void {
    this.total.lost++;
    if (target === undefined) return;
    target.counts.lost++;
    target.lastAt = now;
  }

  error(target: TargetState | undefined): void {
    this.total.errors++;
    if (target !== undefined) target.counts.errors++;
  }

  duplicate(target: TargetState | undefined): void {
    this.total.duplicates++;
    if (target !== undefined) target.counts.duplicates++;
  }

  late(target: TargetState | undefined): void {
    this.total.late++;
    if (target !== undefined) target.counts.late++;
  }

  corrupted(target: TargetState | undefined): void {
    this.total.corrupted++;
    if (target !== undefined) target.counts.corrupted++;
  }

  foreign(target: TargetState | undefined): void {
    this.total.foreign++;
    if (target !== undefined) target.counts.foreign++;
  }

  /** Not before the first reply: silent targets need none. */
  private statisticsOf(target: TargetState): RttStatistics {
    target.statistics ??= new RttStatistics();
    return target.statistics;
  }
}
