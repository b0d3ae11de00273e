import type { Monotonic } from '../../wire/time.js';
import type { Arrival } from '../arrival.js';
import type { Engine } from '../engine.js';
import type { PacketSlot } from '../packet-slot.js';
import { Random } from '../random.js';
import { TokenBucket } from '../token-bucket.js';
import { AnswerReader } from './answer-reader.js';
import { createProbe } from './create-probe.js';
import { InFlight } from './in-flight.js';
import type { Probe, ProbeRequest } from './probe.js';
import { LAST_TOKEN, ProbeTable } from './probe-table.js';
import { ProbeWriter } from './probe-writer.js';
import { QuoteMatcher } from './quote-matcher.js';
import { SendRetries } from './send-retries.js';
import type { TraceServices, TraceTarget } from './strategy.js';
import { TraceArrivals } from './trace-arrivals.js';
import { TraceContext } from './trace-context.js';
import type { TraceEngineOptions, TraceTargetSource } from './trace-engine-options.js';
import type { TraceProtocol } from './trace-event.js';
import type { TransmitLane } from './trace-lanes.js';
import { TraceRoster } from './trace-roster.js';

export type { TraceEngineOptions, TraceTargetSource };

/**
 * Traces any number of targets over the same sockets and at one pace. It writes probes, finds the probe that an arrival is
 * about and measures; what to send, and what it means, is for the strategy of each target to decide.
 */
export class TraceEngine<Event> implements Engine<Event> {
  private readonly table: ProbeTable;
  private readonly writer: ProbeWriter;
  private readonly arrivals: TraceArrivals<Event>;
  private readonly pacer: TokenBucket;
  private readonly retries = new SendRetries();
  private readonly roster: TraceRoster<Event>;
  private readonly events: Event[] = [];
  private started = 0;
  private exhausted = false;
  /** The source said 'wait': asked again at every turn, but not waited for. */
  private starved = false;

  constructor(private readonly options: TraceEngineOptions<Event>) {
    const random = new Random(options.seed);
    const cookie = { high: random.word() >>> 0, low: random.word() >>> 0 };
    this.table = new ProbeTable(1 + Math.floor(random.fraction() * (LAST_TOKEN - 1)));
    this.writer = new ProbeWriter(cookie, random.word() >>> 16);
    const inFlight = new InFlight(this.table, this.writer);
    this.roster = new TraceRoster(inFlight);
    const matcher = new QuoteMatcher(this.table, this.writer, cookie);
    this.arrivals = new TraceArrivals({
      reader: new AnswerReader(matcher, cookie, inFlight),
      lanes: options.lanes,
      roster: this.roster,
      settle: (context, probe) => this.settle(context, probe, 'answered'),
      collect: context => this.collect(context),
      onForeign: options.onForeign,
    });
    this.pacer = new TokenBucket(options.rate, options.burst);
  }

  /** All targets are traced and all events taken. */
  get finished(): boolean {
    return this.exhausted && this.roster.size === 0 && this.events.length === 0;
  }

  /** Packets that looked like answers and were about no probe of ours. */
  get foreign(): number {
    return this.arrivals.foreign;
  }

  /** Takes no more targets and ends those under way with what is known of them. */
  stop(now: Monotonic): void {
    this.exhausted = true;
    for (const context of this.roster.all) {
      context.strategy.stop(now);
      this.collect(context);
    }
  }

  /** A strategy was told something from outside. */
  refresh(): void {
    for (const context of this.roster.all) this.roster.wake(context);
  }

  pollTransmit(now: Monotonic, slot: PacketSlot): boolean {
    this.admit(now);
    if (this.pacer.nextAt(now) > now || this.table.full) return false;
    const probe = this.retries.take(now, candidate => candidate.state === 'queued') ?? this.nextProbe(now);
    if (probe === undefined) return false;
    this.pacer.take(now);
    this.write(slot, probe);
    return true;
  }

  handleSent(now: Monotonic, token: number): void {
    const probe = this.table.find(token);
    const context = probe && this.roster.of(probe);
    if (probe?.state !== 'queued' || context === undefined) return;
    probe.state = 'sent';
    probe.sentAt = now;
    context.counters.sent++;
    context.strategy.handleSent(now, probe);
    this.roster.wake(context);
  }

  handleSendError(now: Monotonic, token: number, errno: number): void {
    const probe = this.table.find(token);
    const context = probe && this.roster.of(probe);
    if (probe?.state !== 'queued' || context === undefined) return;
    if (this.retries.takeBack(now, probe, errno, this.laneOf(context.target, probe.protocol))) return;
    this.settle(context, probe, 'failed');
    context.strategy.handleFailure(now, probe, errno);
    this.collect(context);
  }

  handleArrival(now: Monotonic, arrival: Arrival): void {
    this.arrivals.handle(now, arrival);
  }

  handleTimeout(now: Monotonic): void {
    this.arrivals.handleTimeout(now);
    for (const context of this.roster.overdue(now)) {
      context.strategy.handleTimeout(now);
      this.collect(context);
    }
  }

  nextTimeout(): Monotonic | undefined {
    const earliest = Math.min(this.arrivals.nextTimeout(), this.roster.nextTimeout(), this.nextSending());
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }

  pollEvent(): Event | undefined {
    return this.events.shift();
  }

  private get mayAdmit(): boolean {
    return !this.exhausted && !this.starved && this.roster.size < this.options.activeTraces;
  }

  private admit(now: Monotonic): void {
    this.starved = false;
    while (this.mayAdmit) {
      const target = this.options.targets.next();
      if (target === undefined) this.exhausted = true;
      else if (target === 'wait') this.starved = true;
      else this.start(now, target);
    }
  }

  private start(now: Monotonic, target: TraceTarget): void {
    const lanes = this.options.lanes[target.address.family];
    const protocols = new Set(Object.keys(lanes?.transmit ?? {}) as TraceProtocol[]);
    const services: TraceServices = { protocols, expire: probe => this.expire(probe) };
    const counters = { sent: 0, late: 0, duplicates: 0, foreign: 0 };
    const strategy = this.options.strategy(target, services, counters, now);
    this.roster.add(new TraceContext(this.started++, target, strategy, counters));
  }

  private nextProbe(now: Monotonic): Probe | undefined {
    for (let turns = this.roster.readyCount; turns > 0; turns--) {
      const context = this.roster.takeReady();
      if (context === undefined) return undefined;
      const request = context.strategy.next(now);
      if (request === undefined) continue;
      const lane = this.laneOf(context.target, request.protocol);
      // Asked again when the probe that has the flow is settled.
      if ((lane.oneAtATime || context.oneAtATime) && context.isFlowBusy(request)) continue;
      this.roster.wake(context);
      return this.queueProbe(context, request, lane);
    }
    return undefined;
  }

  private queueProbe(context: TraceContext<Event>, request: ProbeRequest, lane: TransmitLane): Probe {
    const probe = createProbe(request, context, lane);
    this.table.add(probe);
    context.waiting.add(probe);
    context.strategy.handleQueued(probe);
    return probe;
  }

  private write(slot: PacketSlot, probe: Probe): void {
    const target = this.roster.of(probe)?.target;
    if (target === undefined) return;
    this.writer.write(slot, probe, this.laneOf(target, probe.protocol));
    slot.scopeId = target.scopeId;
    slot.trafficClass = this.options.trafficClass;
    slot.probe = probe.token;
  }

  /** When the next packet may go, if there is one to be sent; else Infinity. */
  private nextSending(): number {
    const wantsToSend = this.roster.readyCount > 0 || this.mayAdmit;
    const at = wantsToSend ? 0 : (this.retries.nextAt() ?? Number.POSITIVE_INFINITY);
    return at === Number.POSITIVE_INFINITY ? at : this.pacer.nextAt(at as Monotonic);
  }

  private expire(probe: Probe): void {
    const context = this.roster.of(probe);
    if (context !== undefined && (probe.state === 'sent' || probe.state === 'queued')) {
      this.settle(context, probe, 'expired');
    }
  }

  private settle(context: TraceContext<Event>, probe: Probe, state: 'answered' | 'expired' | 'failed'): void {
    probe.state = state;
    context.waiting.delete(probe);
    this.table.release();
  }

  /** Takes what a strategy has to tell, and forgets the trace when that was all. */
  private collect(context: TraceContext<Event>): void {
    const { strategy } = context;
    for (let event = strategy.pollEvent(); event !== undefined; event = strategy.pollEvent()) this.events.push(event);
    if (!strategy.finished) {
      this.roster.wake(context);
      return;
    }
    for (const probe of [...context.waiting]) this.settle(context, probe, 'expired');
    this.roster.remove(context);
  }

  private laneOf({ address }: TraceTarget, protocol: TraceProtocol): TransmitLane {
    const lane = this.options.lanes[address.family]?.transmit[protocol];
    if (lane === undefined) throw new RangeError(`no socket sends ${protocol} over IPv${address.family}`);
    return lane;
  }
}
