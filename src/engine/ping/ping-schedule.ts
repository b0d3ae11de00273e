import { after, type Monotonic, type Nanoseconds } from '../../wire/time.js';
import { RttEstimator } from '../rtt-estimator.js';
import { TokenBucket } from '../token-bucket.js';
import { DueQueue } from './due-queue.js';
import { type InFlightTable, NO_PROBE, ProbeState } from './in-flight-table.js';
import type { PingLedger } from './ping-ledger.js';
import type { PingSettings, PingTarget } from './ping-options.js';
import type { PingReports } from './ping-reports.js';
import { SendWindow } from './send-window.js';
import type { TargetState, TargetTable } from './target-table.js';

const NEVER = Number.POSITIVE_INFINITY as Monotonic;
/** An answer is likely for so long at least: less would mistake a pause of this process for silence. */
const LEAST_PATIENCE: Nanoseconds = 50e6;
const FIRST_PATIENCE: Nanoseconds = 200e6;

/** Whom to send to and when, and when a target is done. */
export class PingSchedule {
  private readonly queue = new DueQueue();
  private readonly bucket: TokenBucket;
  private readonly window: SendWindow;
  private readonly patience: RttEstimator;
  /** The target after those that are being pinged. */
  private ahead: PingTarget | undefined;
  /** There are no targets after that one. */
  private ended = false;
  private startedAt = Number.NaN as Monotonic;
  /** When the run ends, whatever is pending. */
  deadline = NEVER;
  private polledAt = Number.NaN as Monotonic;
  /** Probes for which the window certainly has room at `countedAt`: it is asked once for many. */
  private places = 0;
  private countedAt = Number.NaN as Monotonic;
  private totalled = false;

  constructor(
    private readonly settings: PingSettings,
    private readonly table: InFlightTable,
    private readonly targets: TargetTable,
    private readonly ledger: PingLedger,
    private readonly reports: PingReports,
  ) {
    this.bucket = new TokenBucket(settings.rate, settings.burst);
    this.window = new SendWindow(settings.window);
    this.patience = new RttEstimator({ initial: FIRST_PATIENCE, minimum: LEAST_PATIENCE, maximum: settings.timeout });
  }

  /** All targets are done and the total is told. */
  get done(): boolean {
    return this.totalled;
  }

  /** How long a probe is waited for at present. */
  get timeout(): Nanoseconds {
    const { timeout, linger, interval } = this.settings;
    const { statistics } = this.ledger;
    const sending = this.ahead !== undefined || !this.ended || this.queue.size > 0;
    if (!linger || sending || statistics.count === 0) return timeout;
    return Math.min(timeout, Math.max(2 * statistics.maximum, interval));
  }

  /** The target to which a probe is due now; the caller sends it. */
  next(now: Monotonic): TargetState | undefined {
    if (Number.isNaN(this.startedAt)) this.start(now);
    this.polledAt = now;
    this.lookAhead(now);
    if (!this.mayPlace(now) || this.bucket.nextAt(now) > now) return undefined;
    const target = this.takeDue(now) ?? this.takeNew(now);
    if (target === undefined) return undefined;
    this.bucket.take(now);
    this.places--;
    return target;
  }

  /** A probe to the target went out: plans the next one. */
  planAfterSend(target: TargetState, now: Monotonic): void {
    const { interval } = this.settings;
    if (!this.wantsMore(target)) return;
    // As long as sending keeps up, by the time at which it was due, so that the interval does not drift.
    const punctual = now - target.dueAt < interval;
    this.plan(target, after(punctual ? target.dueAt : now, interval));
  }

  onReply(target: TargetState | undefined, now: Monotonic, rtt: Nanoseconds): void {
    this.window.onReply(this.settings.drops());
    this.patience.sample(rtt);
    if (target === undefined || !this.settings.adaptive || !this.queue.has(target.index)) return;
    const soonest = Math.max(now, target.sentAt + this.settings.minimumInterval);
    if (soonest < target.dueAt) this.plan(target, soonest as Monotonic);
  }

  /** A probe to the target has met its fate: the target may be done, or deserve a retry. */
  settle(target: TargetState, now: Monotonic): void {
    if (this.settings.countAnswers && !this.wantsMore(target)) this.queue.delete(target.index);
    if (target.counts.pending > 0 || this.queue.has(target.index)) return;
    if (this.deservesRetry(target)) this.plan(target, now);
    else this.finish(target, now);
  }

  /** Nothing can be sent to the target: it is done as soon as nothing of it is pending. */
  abandon(target: TargetState): void {
    target.abandoned = true;
    this.queue.delete(target.index);
  }

  /** When to send next, as far as is known; Infinity: not before something comes in or expires. */
  nextSendAt(): Monotonic {
    const now = this.polledAt;
    const due = this.hasNew ? now : this.queue.firstTime;
    if (due === NEVER) return NEVER;
    return Math.max(due, this.bucket.nextAt(now), this.placeAt(now)) as Monotonic;
  }

  /** No more probes: targets end as soon as nothing of theirs is pending. */
  stopSending(now: Monotonic): void {
    if (Number.isNaN(this.startedAt)) this.start(now);
    this.ended = true;
    this.ahead = undefined;
    for (const target of this.targets.all()) this.abandon(target);
  }

  /** Ends the targets that have nothing pending. */
  settleAll(now: Monotonic): void {
    for (const target of this.targets.all()) this.settle(target, now);
    this.finishRun(now);
  }

  private start(now: Monotonic): void {
    this.startedAt = now;
    this.deadline = after(now, this.settings.deadline);
  }

  private get hasNew(): boolean {
    return this.ahead !== undefined && this.targets.active < this.settings.activeTargets;
  }

  private mayPlace(now: Monotonic): boolean {
    return this.isWindowOpen(now) && this.table.hasRoom(now);
  }

  private isWindowOpen(now: Monotonic): boolean {
    if (now !== this.countedAt || this.places <= 0) this.countPlaces(now);
    return this.places > 0;
  }

  private countPlaces(now: Monotonic): void {
    const since = after(now, -this.patience.retransmissionTimeout);
    this.places = Math.ceil(this.window.limit - this.table.pendingSince(since));
    this.countedAt = now;
  }

  /** When there will be room for a probe by the mere passing of time. */
  private placeAt(now: Monotonic): Monotonic {
    if (this.mayPlace(now)) return now;
    const probe = this.table.nextToAge;
    if (probe === NO_PROBE || this.table.state(probe) !== ProbeState.pending) return NEVER;
    return after(this.table.sentAt(probe), this.patience.retransmissionTimeout);
  }

  private takeDue(now: Monotonic): TargetState | undefined {
    if (this.queue.firstTime > now) return undefined;
    const target = this.targets.at(this.queue.first);
    if (target !== undefined) this.queue.delete(target.index);
    return target;
  }

  private takeNew(now: Monotonic): TargetState | undefined {
    if (this.ahead === undefined || !this.hasNew) return undefined;
    const target = this.targets.add(this.ahead);
    this.ahead = undefined;
    target.startedAt = now;
    target.dueAt = now;
    this.reports.start(target);
    return target;
  }

  /** Asks for the next target before it can be pinged, so that the end of the run is known when it comes. */
  private lookAhead(now: Monotonic): void {
    if (this.ahead !== undefined || this.ended) return;
    const next = this.settings.targets.next();
    if (next === 'wait') return;
    this.ahead = next;
    this.ended = next === undefined;
    if (this.ended) this.finishRun(now);
  }

  private plan(target: TargetState, at: Monotonic): void {
    target.dueAt = at;
    this.queue.set(target.index, at);
  }

  private wantsMore({ counts, unreachable }: TargetState): boolean {
    const { count, countAnswers } = this.settings;
    // iputils: with a deadline, an error ends the run as well as enough answers do, but for a send that failed in passing.
    return countAnswers ? counts.received < count && !unreachable : counts.sent < count;
  }

  private deservesRetry({ counts, abandoned }: TargetState): boolean {
    const { count, countAnswers, retries } = this.settings;
    return !abandoned && !countAnswers && counts.received === 0 && counts.sent < count + retries;
  }

  private finish(target: TargetState, now: Monotonic): void {
    this.reports.summary(target);
    this.targets.release(target);
    this.finishRun(now);
  }

  private finishRun(now: Monotonic): void {
    if (this.totalled || !this.ended || this.ahead !== undefined || this.targets.active > 0) return;
    this.totalled = true;
    this.reports.total(this.ledger, this.targets.total, this.startedAt, now);
  }
}
