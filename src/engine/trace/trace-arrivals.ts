import type { Monotonic } from '../../wire/time.js';
import type { Arrival } from '../arrival.js';
import type { Answer } from './answer.js';
import type { AnswerReader } from './answer-reader.js';
import type { Probe } from './probe.js';
import { measureRoundTrip } from './round-trip.js';
import type { TraceContext } from './trace-context.js';
import type { TraceLanesByFamily } from './trace-lanes.js';
import type { TraceRoster } from './trace-roster.js';
import { UnstampedAnswers } from './unstamped-answers.js';

export interface TraceArrivalsOptions<Event> {
  reader: AnswerReader;
  lanes: TraceLanesByFamily;
  roster: TraceRoster<Event>;
  /** The probe is answered, and not waited for any more. */
  settle: (context: TraceContext<Event>, probe: Probe) => void;
  /** The strategy of this trace may have something to tell. */
  collect: (context: TraceContext<Event>) => void;
  /** Told of packets that look like answers and are about no probe of ours. */
  onForeign?: ((arrival: Arrival) => void) | undefined;
}

/** Brings what comes in to the trace that it is for: stamps to probes, answers, measured, to strategies. */
export class TraceArrivals<Event> {
  private readonly unstamped = new UnstampedAnswers();
  private foreignPackets = 0;

  constructor(private readonly options: TraceArrivalsOptions<Event>) {}

  /** Packets that looked like answers and were about no probe of ours. */
  get foreign(): number {
    return this.foreignPackets;
  }

  handle(now: Monotonic, arrival: Arrival): void {
    const { reader, lanes } = this.options;
    const role = lanes[arrival.family]?.roles[arrival.lane];
    if (arrival.kind === 'stamp') {
      const probe = reader.stampedProbe(arrival, role);
      if (probe !== undefined) this.handleStamp(now, probe, arrival);
      return;
    }
    const reading = reader.read(arrival, role);
    if (reading === 'foreign') this.handleForeign(arrival);
    else if (reading === undefined) return;
    else if ('ambiguous' in reading) this.handleAmbiguous(now, reading.ambiguous);
    else this.handleAnswer(now, reading.probe, reading.answer);
  }

  /** Answers that have waited for a stamp long enough go without. */
  handleTimeout(now: Monotonic): void {
    for (const { probe, answer } of this.unstamped.takeOverdue(now)) this.deliver(now, probe, answer);
  }

  /** Infinity: not at all. */
  nextTimeout(): number {
    return this.unstamped.nextTimeout() ?? Number.POSITIVE_INFINITY;
  }

  private handleStamp(now: Monotonic, probe: Probe, { stamp, clockEpoch }: Arrival): void {
    probe.sendStamp = stamp;
    probe.sendEpoch = clockEpoch;
    for (const answer of this.unstamped.takeOf(probe)) this.deliver(now, probe, answer);
  }

  private handleForeign(arrival: Arrival): void {
    this.foreignPackets++;
    this.options.onForeign?.(arrival);
  }

  private handleAmbiguous(now: Monotonic, oldest: Probe): void {
    const context = this.options.roster.of(oldest);
    if (context === undefined) return;
    context.oneAtATime = true;
    context.strategy.handleAmbiguous?.(now, oldest);
    this.options.roster.wake(context);
  }

  /** The kernel queues a transmit stamp before the answer can come, but on another socket: it may be read after it. */
  private handleAnswer(now: Monotonic, probe: Probe, answer: Answer): void {
    const lane = this.options.lanes[answer.family]?.transmit[probe.protocol];
    const stampMissing = lane?.stamps === true && Number.isNaN(probe.sendStamp) && probe.state === 'sent';
    if (stampMissing) this.unstamped.hold(now, probe, answer);
    else this.deliver(now, probe, answer);
  }

  private deliver(now: Monotonic, probe: Probe, answer: Answer): void {
    const context = this.options.roster.of(probe);
    if (context === undefined || probe.state === 'queued') return;
    if (probe.state === 'answered' || probe.state === 'failed') {
      this.deliverAgain(now, context, probe, answer);
      return;
    }
    const late = probe.state === 'expired';
    measureRoundTrip(probe, answer);
    probe.answer = answer;
    if (late) {
      context.counters.late++;
      probe.state = 'answered';
    } else {
      this.options.settle(context, probe);
    }
    context.strategy.handleAnswer(now, probe, answer, late);
    this.options.collect(context);
  }
  /** Only the first answer counts, but it may be given the lie by a second. */
  private deliverAgain(now: Monotonic, context: TraceContext<Event>, probe: Probe, answer: Answer): void {
    context.counters.duplicates++;
    if (context.strategy.handleFurtherAnswer === undefined) return;
    measureRoundTrip(probe, answer);
    context.strategy.handleFurtherAnswer(now, probe, answer);
    this.options.collect(context);
  }
}
