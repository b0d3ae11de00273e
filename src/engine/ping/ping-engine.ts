import { LINUX } from '../../wire/constants.generated.js';
import type { Family } from '../../wire/ip-address.js';
import { after, type Monotonic } from '../../wire/time.js';
import type { Arrival } from '../arrival.js';
import type { Engine } from '../engine.js';
import type { PacketSlot } from '../packet-slot.js';
import { Random } from '../random.js';
import { InFlightTable, NO_PROBE, ProbeState } from './in-flight-table.js';
import { PingAnswers } from './ping-answers.js';
import type { PingCounts } from './ping-counts.js';
import type { PingEvent } from './ping-event.js';
import { PingFates } from './ping-fates.js';
import { PingLedger } from './ping-ledger.js';
import { type PingEngineOptions, type PingSettings, pingSettings } from './ping-options.js';
import { PingReports } from './ping-reports.js';
import { PingSchedule } from './ping-schedule.js';
import { ProbeMatcher } from './probe-matcher.js';
import { COOKIE_BYTES, ProbeMessage } from './probe-message.js';
import { type TargetState, TargetTable } from './target-table.js';

/** The lane that each family is sent on, unless its `PingLane` says otherwise. */
const PING_LANES: Readonly<Record<Family, number>> = { 4: 0, 6: 1 };

/**
 * Pings one target or a million of them, of both families. Every probe has exactly one fate: received, or lost (timed out,
 * reported undeliverable, refused by this host); duplicates, late, corrupt and foreign packets are told apart from it.
 */
export class PingEngine implements Engine<PingEvent> {
  private readonly table: InFlightTable;
  private readonly targets: TargetTable;
  private readonly ledger: PingLedger;
  private readonly reports: PingReports;
  private readonly schedule: PingSchedule;
  private readonly fates: PingFates;
  private readonly answers: PingAnswers;
  private readonly messages: Readonly<Partial<Record<Family, ProbeMessage>>>;
  private readonly random: Random;

  constructor(options: PingEngineOptions) {
    const settings = pingSettings(options);
    this.random = new Random(settings.seed);
    this.messages = { 4: createMessage(4, settings), 6: createMessage(6, settings) };
    this.table = new InFlightTable(2 * settings.timeout);
    this.reports = new PingReports(settings);
    this.targets = new TargetTable(this.reports.errors);
    this.ledger = new PingLedger(this.reports.needsTargetStatistics);
    this.schedule = new PingSchedule(settings, this.table, this.targets, this.ledger, this.reports);
    this.fates = new PingFates(this.table, this.targets, this.ledger, this.reports, this.schedule);
    this.answers = new PingAnswers(this.table, this.messages, createMatcher(this.table, settings), this.fates);
  }

  /** What has happened so far, over all targets. */
  get counts(): Readonly<PingCounts> {
    return this.ledger.total;
  }

  /** Probes whose fate is open. */
  get pending(): number {
    return this.table.pending;
  }

  /** Targets that are done, and how many targets have answered. */
  get finishedTargets(): number {
    return this.targets.total - this.targets.active;
  }

  get answeredTargets(): number {
    return this.ledger.answered;
  }

  /** Every target is done, and `pollEvent` has nothing to give after the events that are there now. */
  get done(): boolean {
    return this.schedule.done;
  }

  pollTransmit(now: Monotonic, slot: PacketSlot): boolean {
    if (now >= this.schedule.deadline) return false;
    for (let target = this.schedule.next(now); target !== undefined; target = this.schedule.next(now)) {
      const message = this.messages[target.family];
      if (message !== undefined) {
        this.send(now, target, message, slot);
        return true;
      }
      this.refuse(now, target);
    }
    return false;
  }

  handleSent(now: Monotonic, probe: number): void {
    if (this.table.holds(probe)) this.table.setSent(probe, now);
  }

  handleSendError(now: Monotonic, probe: number, errno: number): void {
    if (this.table.holds(probe)) this.fates.refused(now, probe, errno, 0);
  }

  handleArrival(now: Monotonic, arrival: Arrival): void {
    this.answers.handle(now, arrival);
  }

  handleTimeout(now: Monotonic): void {
    if (now >= this.schedule.deadline) this.stop(now);
    else this.expire(now);
  }

  nextTimeout(): Monotonic | undefined {
    if (this.schedule.done) return undefined;
    const at = Math.min(this.schedule.deadline, this.nextExpiry(), this.schedule.nextSendAt());
    return at === Number.POSITIVE_INFINITY ? undefined : (at as Monotonic);
  }

  pollEvent(): PingEvent | undefined {
    return this.reports.next();
  }

  /** Ends the run: what is pending is lost, every target gets its summary, and the total is told. */
  stop(now: Monotonic): void {
    if (this.schedule.done) return;
    this.schedule.stopSending(now);
    for (let probe = this.table.oldestUnresolved(); probe !== NO_PROBE; probe = this.table.oldestUnresolved()) {
      this.fates.expired(now, probe);
    }
    this.schedule.settleAll(now);
  }

  private send(now: Monotonic, target: TargetState, message: ProbeMessage, slot: PacketSlot): void {
    const { table, random } = this;
    const { family, address, scopeId } = target;
    const probe = this.addProbe(now, target);
    address.writeWords(slot.destination);
    table.setDestination(probe, family, slot.destination, scopeId, target.anySource);
    table.setCookie(probe, random.word(), random.word());
    message.write(slot, table.sequence(probe), table.cookieHigh(probe), table.cookieLow(probe));
    slot.lane = message.lane;
    slot.family = family;
    slot.scopeId = scopeId;
    slot.probe = probe;
    this.schedule.planAfterSend(target, now);
  }

  /** There is no socket of its family: what sendto(2) would say of one of the other family. */
  private refuse(now: Monotonic, target: TargetState): void {
    this.schedule.abandon(target);
    this.fates.refused(now, this.addProbe(now, target), LINUX.EAFNOSUPPORT, 0);
  }

  private addProbe(now: Monotonic, target: TargetState): number {
    this.ledger.sent(target, now);
    return this.table.add(target.index, target.serial, target.counts.sent);
  }

  private expire(now: Monotonic): void {
    while (this.nextExpiry() <= now) this.fates.expired(now, this.table.oldestUnresolved());
  }

  /** Probes expire in the order of sending; Infinity where none is waited for. */
  private nextExpiry(): number {
    const probe = this.table.oldestUnresolved();
    if (probe === NO_PROBE || this.table.state(probe) === ProbeState.queued) return Number.POSITIVE_INFINITY;
    return after(this.table.sentAt(probe), this.schedule.timeout);
  }
}

function createMessage(family: Family, settings: PingSettings): ProbeMessage | undefined {
  const { payloadSize, pattern, lanes } = settings;
  const lane = lanes[family];
  if (lane === undefined) return undefined;
  const { identifier, lane: number = PING_LANES[family] } = lane;
  return new ProbeMessage(family, { identifier, lane: number, payloadSize, pattern });
}

function createMatcher(table: InFlightTable, { lanes, payloadSize }: PingSettings): ProbeMatcher {
  const identifiers = { 4: lanes[4]?.identifier, 6: lanes[6]?.identifier };
  return new ProbeMatcher(table, identifiers, payloadSize >= COOKIE_BYTES ? COOKIE_BYTES : 0);
}
