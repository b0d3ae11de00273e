import type { Monotonic } from '../../wire/time.js';
import type { Arrival } from '../arrival.js';
import type { Engine } from '../engine.js';
import type { PacketSlot } from '../packet-slot.js';
import { Random, type RandomSeed } from '../random.js';
import { TokenBucket } from '../token-bucket.js';
import type { Answer } from './answer.js';
import { AnswerReader } from './answer-reader.js';
import { InFlight } from './in-flight.js';
import type { Probe, ProbeRequest } from './probe.js';
import { LAST_TOKEN, ProbeTable } from './probe-table.js';
import { ProbeWriter } from './probe-writer.js';
import { QuoteMatcher } from './quote-matcher.js';
import { measureRoundTrip } from './round-trip.js';
import { SendRetries } from './send-retries.js';
import type { StrategyFactory, TraceServices, TraceTarget } from './strategy.js';
import { TraceContext } from './trace-context.js';
import type { TraceProtocol } from './trace-event.js';
import { destinationPort, sourcePort, type TraceLanesByFamily, type TransmitLane } from './trace-lanes.js';
import { UnstampedAnswers } from './unstamped-answers.js';

export interface TraceEngineOptions<Event> {
  /** Where targets come from, one at a time. */
  targets: TraceTargetSource;
  lanes: TraceLanesByFamily;
  /** Four random words that cookie and tokens grow from. The same seed gives the same packets. */
  seed: RandomSeed;
  /** Makes what decides for one target. */
  strategy: StrategyFactory<Event>;
  /** Probes a second over all targets; 0: no limit. */
  rate: number;
  /** Probes that may follow each other at once. */
  burst: number;
  /** Targets that are traced at a time. */
  activeTraces: number;
  /** TOS or traffic class of the probes, 0 to 255; -1: the socket's. */
  trafficClass: number;
  /** Told of packets that look like answers and are about no probe of ours. */
  onForeign?: (arrival: Arrival) => void;
}

export interface TraceTargetSource {
  /** The next target; undefined: there are no more; 'wait': there is none yet. */
  next(): TraceTarget | 'wait' | undefined;
}

/**
 * Traces any number of targets over the same sockets and at one pace. It writes probes, finds the probe that an arrival is
 * about and measures; what to send, and what it means, is for the strategy of each target to decide.
 */
export class TraceEngine<Event> implements Engine<Event> {
  private readonly table: ProbeTable;
  private readonly writer: ProbeWriter;
  private readonly inFlight: InFlight;
  private readonly reader: AnswerReader;
  private readonly pacer: TokenBucket;
  private readonly retries = new SendRetries();
  private readonly unstamped = new UnstampedAnswers();
  private readonly active = new Map<number, TraceContext<Event>>();
  /** Traces that may have something to send, in turn. */
  private readonly ready: TraceContext<Event>[] = [];
  private readonly events: Event[] = [];
  private started = 0;
  private exhausted = false;
  private foreignPackets = 0;
  /** The source said 'wait': asked again at every turn, but not waited for. */
  private starved = false;

  constructor(private readonly options: TraceEngineOptions<Event>) {
    const random = new Random(options.seed);
    const cookie = { high: random.word() >>> 0, low: random.word() >>> 0 };
    this.table = new ProbeTable(1 + Math.floor(random.fraction() * (LAST_TOKEN - 1)));
    this.writer = new ProbeWriter(cookie, random.word() >>> 16);
    this.inFlight = new InFlight(this.table, this.writer);
    const matcher = new QuoteMatcher(this.table, this.writer, cookie);
    this.reader = new AnswerReader(matcher, cookie, this.inFlight);
    this.pacer = new TokenBucket(options.rate, options.burst);
  }

  /** All targets are traced and all events taken. */
  get finished(): boolean {
    return this.exhausted && this.active.size === 0 && this.events.length === 0;
  }

  /** Packets that looked like answers and were about no probe of ours. */
  get foreign(): number {
    return this.foreignPackets;
  }

  /** Takes no more targets and ends those under way with what is known of them. */
  stop(now: Monotonic): void {
    this.exhausted = true;
    for (const context of this.active.values()) {
      context.strategy.stop(now);
      this.collect(context);
    }
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
    const context = probe && this.active.get(probe.trace);
    if (probe?.state !== 'queued' || context === undefined) return;
    probe.state = 'sent';
    probe.sentAt = now;
    context.counters.sent++;
    context.strategy.handleSent(now, probe);
    this.wake(context);
  }

  handleSendError(now: Monotonic, token: number, errno: number): void {
    const probe = this.table.find(token);
    const context = probe && this.active.get(probe.trace);
    if (probe?.state !== 'queued' || context === undefined) return;
    if (this.retries.takeBack(now, probe, errno, this.laneOf(context.target, probe.protocol))) return;
    this.settle(context, probe, 'failed');
    context.strategy.handleFailure(now, probe, errno);
    this.collect(context);
  }

  handleArrival(now: Monotonic, arrival: Arrival): void {
    const role = this.options.lanes[arrival.family]?.roles[arrival.lane];
    if (arrival.kind === 'stamp') this.handleStamp(now, arrival, role);
    else this.handleReading(now, arrival, role);
  }

  handleTimeout(now: Monotonic): void {
    for (const { probe, answer } of this.unstamped.takeOverdue(now)) this.deliver(now, probe, answer);
    for (const context of [...this.active.values()]) {
      const deadline = context.strategy.nextTimeout();
      if (deadline === undefined || deadline > now) continue;
      context.strategy.handleTimeout(now);
      this.collect(context);
    }
  }

  nextTimeout(): Monotonic | undefined {
    let earliest = this.unstamped.nextTimeout() ?? Number.POSITIVE_INFINITY;
    for (const { strategy } of this.active.values()) {
      earliest = Math.min(earliest, strategy.nextTimeout() ?? Number.POSITIVE_INFINITY);
    }
    const wantsToSend = this.ready.length > 0 || this.mayAdmit;
    const sendAt = wantsToSend ? 0 : (this.retries.nextAt() ?? Number.POSITIVE_INFINITY);
    earliest = Math.min(
      earliest,
      sendAt === Number.POSITIVE_INFINITY ? sendAt : this.pacer.nextAt(sendAt as Monotonic),
    );
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }

  pollEvent(): Event | undefined {
    return this.events.shift();
  }

  private get mayAdmit(): boolean {
    return !this.exhausted && !this.starved && this.active.size < this.options.activeTraces;
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
    const context = new TraceContext(this.started++, target, strategy, counters);
    this.active.set(context.index, context);
    this.inFlight.add(context);
    this.wake(context);
  }

  private nextProbe(now: Monotonic): Probe | undefined {
    for (let turns = this.ready.length; turns > 0; turns--) {
      const context = this.ready.shift();
      if (context === undefined) return undefined;
      context.ready = false;
      const request = context.strategy.next(now);
      if (request === undefined) continue;
      const lane = this.laneOf(context.target, request.protocol);
      // Asked again when the probe that has the flow is settled.
      if ((lane.oneAtATime || context.oneAtATime) && context.isFlowBusy(request)) continue;
      this.wake(context);
      return this.createProbe(context, request, lane);
    }
    return undefined;
  }

  private createProbe(context: TraceContext<Event>, request: ProbeRequest, lane: TransmitLane): Probe {
    const { protocol, port, flow } = request;
    const probe: Probe = {
      ...request,
      token: 0,
      trace: context.index,
      path: { source: context.target.source, destination: context.target.address },
      lane: lane.lane,
      sourcePort: sourcePort(protocol, lane.local, flow),
      destinationPort: protocol === 'icmp' ? lane.local : destinationPort(protocol, port, flow),
      balance: 0,
      state: 'queued',
      sentAt: Number.NaN as Monotonic,
      sendStamp: Number.NaN as Probe['sendStamp'],
      sendEpoch: 0,
      sendFailures: 0,
    };
    this.table.add(probe);
    context.waiting.add(probe);
    context.strategy.handleQueued(probe);
    return probe;
  }

  private write(slot: PacketSlot, probe: Probe): void {
    const target = this.active.get(probe.trace)?.target;
    if (target === undefined) return;
    this.writer.write(slot, probe, this.laneOf(target, probe.protocol));
    slot.scopeId = target.scopeId;
    slot.trafficClass = this.options.trafficClass;
    slot.probe = probe.token;
  }

  private handleStamp(now: Monotonic, arrival: Arrival, role: TraceProtocol | undefined): void {
    const probe = this.reader.stampedProbe(arrival, role);
    if (probe === undefined) return;
    probe.sendStamp = arrival.stamp;
    probe.sendEpoch = arrival.clockEpoch;
    for (const answer of this.unstamped.takeOf(probe)) this.deliver(now, probe, answer);
  }

  private handleReading(now: Monotonic, arrival: Arrival, role: TraceProtocol | undefined): void {
    const reading = this.reader.read(arrival, role);
    if (reading === undefined) return;
    if (reading === 'foreign') {
      this.foreignPackets++;
      this.options.onForeign?.(arrival);
      return;
    }
    if ('ambiguous' in reading) {
      this.handleAmbiguous(now, reading.ambiguous);
      return;
    }
    this.handleAnswer(now, reading.probe, reading.answer);
  }

  private handleAmbiguous(now: Monotonic, oldest: Probe): void {
    const context = this.active.get(oldest.trace);
    if (context === undefined) return;
    context.oneAtATime = true;
    context.strategy.handleAmbiguous?.(now, oldest);
  }

  /** The kernel queues a transmit stamp before the answer can come, but on another socket: it may be read after it. */
  private handleAnswer(now: Monotonic, probe: Probe, answer: Answer): void {
    const context = this.active.get(probe.trace);
    if (context === undefined) return;
    const lane = this.laneOf(context.target, probe.protocol);
    const unstamped = lane.stamps === true && Number.isNaN(probe.sendStamp) && probe.state === 'sent';
    if (unstamped) this.unstamped.hold(now, probe, answer);
    else this.deliver(now, probe, answer);
  }

  private deliver(now: Monotonic, probe: Probe, answer: Answer): void {
    const context = this.active.get(probe.trace);
    if (context === undefined || probe.state === 'queued') return;
    if (probe.state === 'answered' || probe.state === 'failed') {
      context.counters.duplicates++;
      if (context.strategy.handleFurtherAnswer === undefined) return;
      measureRoundTrip(probe, answer);
      context.strategy.handleFurtherAnswer(now, probe, answer);
      this.collect(context);
      return;
    }
    const late = probe.state === 'expired';
    if (late) context.counters.late++;
    measureRoundTrip(probe, answer);
    probe.answer = answer;
    if (late) probe.state = 'answered';
    else this.settle(context, probe, 'answered');
    context.strategy.handleAnswer(now, probe, answer, late);
    this.collect(context);
  }

  private expire(probe: Probe): void {
    const context = this.active.get(probe.trace);
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
      this.wake(context);
      return;
    }
    for (const probe of [...context.waiting]) this.settle(context, probe, 'expired');
    this.active.delete(context.index);
    this.inFlight.remove(context);
  }

  private wake(context: TraceContext<Event>): void {
    if (context.ready || context.strategy.finished) return;
    context.ready = true;
    this.ready.push(context);
  }

  private laneOf({ address }: TraceTarget, protocol: TraceProtocol): TransmitLane {
    const lane = this.options.lanes[address.family]?.transmit[protocol];
    if (lane === undefined) throw new RangeError(`no socket sends ${protocol} over IPv${address.family}`);
    return lane;
  }
}
