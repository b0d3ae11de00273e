import { after, type Monotonic, NANOSECONDS_PER_MILLISECOND, type Nanoseconds } from '../../wire/time.js';
import { RttEstimator } from '../rtt-estimator.js';
import type { MtuOutcome, MtuProbe, MtuRequest, Round, Steps } from './mtu-probe.js';
import type { SearchState } from './search-state.js';

/** No answer is given up sooner: queues and schedulers take as long. */
const LEAST_WAIT: Nanoseconds = 50 * NANOSECONDS_PER_MILLISECOND;
/** Packets of a round wait for one another, and the large ones for themselves: round trips differ by so much without loss. */
const SPREAD: Nanoseconds = 20 * NANOSECONDS_PER_MILLISECOND;

/** What fails more often is refused for its size after all: the interface's MTU has changed. */
const MOST_RESENDS = 20;

/** Runs the steps of a search in time: round after round, each over when its probes are answered or have been waited for. */
export class SearchRunner<Result> {
  private round: Round = { probes: [], pause: 0 };
  private queue: MtuProbe[] = [];
  private readonly onWay = new Set<MtuProbe>();
  private notBefore: Monotonic;
  private pausing = false;
  private readonly rtt: RttEstimator;
  private ended: { result: Result } | undefined;

  constructor(
    private readonly steps: Steps<Result>,
    private readonly state: SearchState,
    now: Monotonic,
  ) {
    const { wait } = state.options;
    const minimum = Math.min(LEAST_WAIT, wait);
    this.rtt = new RttEstimator({ initial: wait, minimum, maximum: wait, granularity: SPREAD });
    this.notBefore = now;
    this.advance(now);
  }

  /** Undefined while the search goes on. */
  get result(): Result | undefined {
    return this.ended?.result;
  }

  /** The next probe to send; undefined where none is due. */
  next(now: Monotonic): MtuRequest | undefined {
    return now >= this.notBefore && this.ended === undefined ? this.queue[0] : undefined;
  }

  /** The probe that `next` gave was taken. */
  take(): MtuProbe {
    const probe = this.queue.shift();
    if (probe === undefined) throw new Error('no probe is due');
    this.onWay.add(probe);
    return probe;
  }

  handleSent(now: Monotonic, probe: MtuProbe): void {
    probe.sentAt = now;
    this.state.begin(probe);
  }

  /**
   * This host said that a probe is too large for it. Where it has sent as large a one before, that was about a report which
   * came meanwhile (ip(7) IP_RECVERR), and the probe is sent again.
   * @returns false where the refusal counts.
   */
  resend(probe: MtuProbe): boolean {
    const earlier = probe.size <= this.state.largestSent && probe.resends < MOST_RESENDS;
    if (!earlier || !this.onWay.delete(probe)) return false;
    probe.resends++;
    this.queue.unshift(probe);
    return true;
  }

  /** What has become of a probe, also of one that was given up before. */
  handleOutcome(now: Monotonic, probe: MtuProbe, outcome: MtuOutcome): void {
    if (!this.onWay.has(probe)) {
      this.state.settleAgain(probe, outcome);
      return;
    }
    if ('rtt' in outcome) this.rtt.sample(outcome.rtt);
    if (outcome.kind === 'refused') probe.refusal ??= outcome;
    if (mayBeFollowed(probe, outcome)) return;
    this.onWay.delete(probe);
    this.state.settle(probe, outcome);
    this.goOn(now);
  }

  handleTimeout(now: Monotonic): void {
    if (now >= this.notBefore) this.pausing = false;
    for (const probe of this.onWay) {
      if (this.deadlineOf(probe) > now) continue;
      this.onWay.delete(probe);
      this.state.settle(probe, probe.refusal ?? { kind: 'lost' });
    }
    this.goOn(now);
  }

  nextTimeout(): Monotonic | undefined {
    if (this.ended !== undefined) return undefined;
    let earliest: number = this.pausing ? this.notBefore : Number.POSITIVE_INFINITY;
    for (const probe of this.onWay) earliest = Math.min(earliest, this.deadlineOf(probe));
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }

  /** A probe that has not left yet has no deadline: its sending, or its failure, will come first. */
  private deadlineOf({ sentAt }: MtuProbe): number {
    return Number.isNaN(sentAt) ? Number.POSITIVE_INFINITY : sentAt + this.rtt.retransmissionTimeout;
  }

  private goOn(now: Monotonic): void {
    if (this.ended === undefined && this.isOver) this.advance(now);
  }

  /** An empty round waits for all that is still on its way. */
  private get isOver(): boolean {
    if (this.queue.length > 0) return false;
    const { probes } = this.round;
    if (probes.length === 0) return this.onWay.size === 0;
    return probes.every(({ optional, outcome }) => optional || outcome !== undefined);
  }

  private advance(now: Monotonic): void {
    do {
      const step = this.steps.next();
      if (step.done) {
        this.ended = { result: step.value };
        return;
      }
      this.round = step.value;
      this.queue = [...this.round.probes];
      this.pausing = this.round.pause > 0;
      this.notBefore = after(now, this.round.pause);
      this.state.facts.round++;
    } while (this.isOver);
  }
}

/** Whether a better answer may come yet: anybody on the way may say what is not so, and the probe goes on all the same. */
function mayBeFollowed({ hopLimit }: MtuProbe, { kind }: MtuOutcome): boolean {
  return kind === 'refused' || (kind === 'too-big' && hopLimit > 0);
}
