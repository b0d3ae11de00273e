import { LINUX } from '../../wire/constants.generated.js';
import type { Monotonic } from '../../wire/time.js';
import type { Arrival } from '../arrival.js';
import { type InFlightTable, ProbeState } from './in-flight-table.js';
import type { PingCorrupt } from './ping-event.js';
import type { PingLedger } from './ping-ledger.js';
import type { PingReports, ProbeSubject, Redirect, ReportedError } from './ping-reports.js';
import type { PingSchedule } from './ping-schedule.js';
import { RoundTrip } from './round-trip.js';
import type { TargetState, TargetTable } from './target-table.js';

/** What may become of a probe, each with all that follows from it: state, counts, event, and what is sent next. */
export class PingFates {
  private readonly trip = new RoundTrip();

  constructor(
    private readonly table: InFlightTable,
    private readonly targets: TargetTable,
    private readonly ledger: PingLedger,
    private readonly reports: PingReports,
    private readonly schedule: PingSchedule,
  ) {}

  /** A true, whole reply: the first in time counts as received, another is a duplicate, and one after the loss late. */
  replied(now: Monotonic, probe: number, arrival: Arrival): void {
    this.trip.measure(this.table, probe, arrival);
    if (this.table.isUnresolved(probe)) this.received(now, probe, arrival);
    else this.repeated(probe, arrival);
  }

  corrupt(probe: number, arrival: Arrival, reason: PingCorrupt['reason'], offset: number): void {
    const target = this.targetOf(probe);
    this.trip.measure(this.table, probe, arrival);
    this.ledger.corrupted(target);
    this.reports.corrupt(this.subjectOf(probe), arrival, this.trip, reason, offset);
  }

  expired(now: Monotonic, probe: number): void {
    const target = this.targetOf(probe);
    this.table.resolve(probe, ProbeState.lost);
    this.ledger.lost(target, now);
    if (this.reports.probes) this.reports.timeout(this.subjectOf(probe));
    this.settle(now, probe);
  }

  /** A router or the target says that the probe, or (if it was lost already) why the probe, did not get through. */
  reported(now: Monotonic, probe: number, error: ReportedError): void {
    if (!this.fails(now, probe, true)) return;
    this.reports.error(this.subjectOf(probe), error);
    this.settle(now, probe);
  }

  /** This host says so. */
  refused(now: Monotonic, probe: number, errno: number, mtu: number): void {
    if (!this.fails(now, probe, errno === LINUX.EMSGSIZE)) return;
    this.reports.localError(this.subjectOf(probe), errno, mtu);
    this.settle(now, probe);
  }

  /** A router advises another way for what it has passed on; nothing becomes of the probe by that. */
  redirected(probe: number, redirect: Redirect): void {
    this.reports.redirect(this.subjectOf(probe), redirect);
  }

  /** Something that looks like an answer to us and is none. */
  foreign(target: TargetState | undefined): void {
    this.ledger.foreign(target ?? this.targets.only);
  }

  /** The target to which the probe was sent, unless it is done. */
  targetOf(probe: number): TargetState | undefined {
    return this.targets.get(this.table.target(probe), this.table.serial(probe));
  }

  private received(now: Monotonic, probe: number, arrival: Arrival): void {
    const target = this.targetOf(probe);
    const { rtt } = this.trip;
    this.table.resolve(probe, ProbeState.answered);
    this.ledger.received(target, now, rtt);
    this.schedule.onReply(target, now, rtt);
    if (this.reports.probes) this.reports.reply('reply', this.subjectOf(probe), arrival, this.trip);
    if (target !== undefined) this.schedule.settle(target, now);
  }

  private repeated(probe: number, arrival: Arrival): void {
    const target = this.targetOf(probe);
    const late = this.table.state(probe) !== ProbeState.answered;
    if (late) this.ledger.late(target);
    else this.ledger.duplicate(target);
    this.table.resolve(probe, ProbeState.answered);
    if (this.reports.probes) this.reports.reply(late ? 'late' : 'duplicate', this.subjectOf(probe), arrival, this.trip);
  }

  /**
   * Counts an error; false where it has nothing to tell: the probe was answered, or has failed already.
   * @param lasting the next probe may be expected to fare no better.
   */
  private fails(now: Monotonic, probe: number, lasting: boolean): boolean {
    const state = this.table.state(probe);
    if (state === ProbeState.answered || state === ProbeState.failed) return false;
    const target = this.targetOf(probe);
    if (this.table.isUnresolved(probe)) this.ledger.lost(target, now);
    this.ledger.error(target);
    if (lasting && target !== undefined) target.unreachable = true;
    this.table.resolve(probe, ProbeState.failed);
    return true;
  }

  private settle(now: Monotonic, probe: number): void {
    const target = this.targetOf(probe);
    if (target !== undefined) this.schedule.settle(target, now);
  }

  /** What events say of a probe and its target, which may be done. */
  private subjectOf(probe: number): ProbeSubject {
    const { table, targets } = this;
    const target = this.targetOf(probe);
    return {
      label: targets.label(table.target(probe), table.serial(probe)),
      sequence: table.ordinal(probe),
      address: target === undefined || target.anySource ? undefined : target.addressText,
    };
  }
}
