import { NANOSECONDS_PER_MILLISECOND } from '../../wire/time.js';
import { nearReporter } from './hop-search.js';
import { type MtuProbe, type MtuRequest, type Steps, sendRound } from './mtu-probe.js';
import { commonSizes, spreadSizes } from './probe-sizes.js';
import { isUnanswered, type SearchState } from './search-state.js';
import type { Verdict } from './size-facts.js';

/** Between two sizes the packets of which have different fates. */
export interface Boundary {
  /** The largest size that passes; 0 where none does. */
  lower: number;
  /** The smallest that does not, or the first beyond all that are considered. */
  upper: number;
  /** Nothing lies between them, and both are proven. */
  proven: boolean;
}

/** What "to pass" means: to get to the target, or to be answered by anybody. */
export interface BoundaryQuestion {
  passes: (verdict: Verdict) => boolean;
  /** Claims of reports are tried before anything else. */
  followsReports: boolean;
  /** The smallest that does not pass has to be lost so often, at least. */
  leastLosses: number;
}

/** Rounds in a row in which nothing at all was answered. */
const MOST_SILENT_ROUNDS = 8;
const SILENT_ROUNDS_BEFORE_SWITCH = 2;
/** Hosts and routers tell of errors at most once a second after a few: RFC 1812 section 4.3.2.8, Linux icmp_ratelimit. */
const REFILL = 1100 * NANOSECONDS_PER_MILLISECOND;

/**
 * Rule 5: finds, to the byte, where sizes cease to pass. Each round probes several sizes between those known, and beside
 * them the largest that passes, which tells loss and silence from size, and the smallest that does not.
 */
export class BoundarySearch {
  private common = true;
  private lowerBefore = 0;
  private silentRounds = 0;
  /** Answers are rationed: little is asked, and seldom. */
  private slow = false;
  /** Senders of reports whose hop was asked for. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly state: SearchState,
    private readonly question: BoundaryQuestion,
  ) {}

  *run(): Steps<Boundary> {
    for (;;) {
      const { lower, upper } = this.bounds();
      // The path has become narrower: what was cut into parts before is another gap now.
      if (lower < this.lowerBefore) this.common = true;
      this.lowerBefore = lower;
      const sizes = this.nextSizes(lower, upper);
      if (sizes === undefined) return { lower, upper, proven: true };
      if (this.state.exhausted || this.silentRounds > MOST_SILENT_ROUNDS) return { lower, upper, proven: false };
      if (this.state.carrier.rising) sizes.sort((one, other) => one - other);
      const requests = sizes.map(size => this.state.request(size));
      const probes = yield* sendRound([...requests, ...this.askWhere(sizes)], this.pause);
      this.conclude(probes);
    }
  }

  private bounds(): { lower: number; upper: number } {
    const { facts } = this.state;
    const { passes } = this.question;
    const ceiling = this.last + 1;
    const lower = facts.largest(passes, ceiling - 1);
    const failing = facts.smallest(verdict => verdict !== 'unknown' && !passes(verdict), lower);
    return { lower, upper: Math.min(failing ?? ceiling, ceiling) };
  }

  /** Sizes of the next round; undefined when there is nothing more to find out. */
  private nextSizes(lower: number, upper: number): number[] | undefined {
    const from = Math.max(lower, this.state.options.least - 1);
    const claimed = this.question.followsReports ? this.claims(from, upper) : [];
    if (claimed.length > 0) return claimed;
    const beside = this.sizesBeside(lower, upper);
    if (upper - from <= 1) return this.isProven(lower, upper) ? undefined : this.doubts(lower, upper, beside);
    if (this.slow) return [...spreadSizes(from, upper, 1), ...beside];
    const common = this.common ? commonSizes(from, upper) : [];
    this.common = false;
    return [...(common.length > 2 ? common : spreadSizes(from, upper)), ...beside];
  }

  /** Rule 4: what a credible report claims is tried, and one byte more, which must not fit. */
  private claims(lower: number, upper: number): number[] {
    const { facts } = this.state;
    const sizes = facts.reports
      .filter(({ credible, mtu }) => credible && mtu >= lower && mtu < upper)
      .flatMap(({ mtu }) => [mtu, mtu + 1]);
    const unknown = sizes.filter(size => size < upper && size >= this.state.options.least && !facts.isKnown(size));
    if (unknown.length === 0) return [];
    return [...new Set([...unknown, ...(upper - 1 === Math.max(...unknown) && upper <= this.last ? [upper] : [])])];
  }

  /** Beside what a report claims, the hop of its sender is asked for: nobody waits for that. */
  private askWhere(sizes: readonly number[]): MtuRequest[] {
    const reports = this.state.facts.reports.filter(({ mtu, from }) => sizes.includes(mtu) && !this.asked.has(from));
    return reports.flatMap(report => {
      this.asked.add(report.from);
      return nearReporter(this.state, report).map(request => ({ ...request, optional: true }));
    });
  }

  /** The largest size that there is any use in sending. */
  private get last(): number {
    return Math.min(this.state.options.most, this.state.refusedHere - 1);
  }

  /** What is sent beside new sizes, so that silence can be understood. */
  private sizesBeside(lower: number, upper: number): number[] {
    const control = Math.max(lower, this.state.controlSize);
    const smallest = this.silentRounds > 0 || this.isFailing(lower) ? [this.state.controlSize] : [];
    return [...(upper <= this.last ? [upper] : []), ...new Set([control, ...smallest])];
  }

  private isFailing(lower: number): boolean {
    return this.state.facts.lostOf(lower) > 0;
  }

  /** Rule 6: a limit counts when it was seen from both sides at the same time, as often as loss calls for. */
  private isProven(lower: number, upper: number): boolean {
    const { facts } = this.state;
    if (upper > this.last) return true;
    if (lower > 0 && facts.fitRoundOf(lower) < facts.round - 1 && this.question.followsReports) return false;
    if (facts.cap < upper) return true;
    const reports = facts.reportsOf(upper).length;
    if (reports > 0) return facts.reports.length > 1;
    return facts.lostOf(upper) >= this.lossesNeeded;
  }

  private doubts(lower: number, upper: number, beside: readonly number[]): number[] {
    const { facts } = this.state;
    if (this.slow || upper > this.last) return [...beside];
    const missing = facts.reportsOf(upper).length > 0 ? 1 : Math.max(1, this.lossesNeeded - facts.lostOf(upper));
    const again = Array.from({ length: Math.min(2, missing - 1) }, () => upper);
    const control = missing > 1 && lower > 0 ? [lower] : [];
    return [...beside, ...again, ...control];
  }

  private get lossesNeeded(): number {
    return Math.max(this.question.leastLosses, this.state.facts.lossesNeeded);
  }

  private get pause(): number {
    return this.slow ? 2 * REFILL : 0;
  }

  /** Rule 7: a round in which nothing was answered, not even what is known to pass, tells nothing about sizes. */
  private conclude(probes: readonly MtuProbe[]): void {
    const answered = probes.some(({ outcome }) => outcome !== undefined && !isUnanswered(outcome));
    if (answered) {
      this.silentRounds = 0;
      return;
    }
    const { lower } = this.bounds();
    if (!probes.some(({ size }) => size <= Math.max(lower, this.state.controlSize))) return;
    this.state.forgive(probes);
    if (++this.silentRounds < SILENT_ROUNDS_BEFORE_SWITCH) return;
    const { options, answered: carriers, carrier } = this.state;
    const other = options.carriers.find(({ name }) => name !== carrier.name && carriers.has(name));
    if (other !== undefined && this.silentRounds === SILENT_ROUNDS_BEFORE_SWITCH) this.state.carrier = other;
    else this.slow = true;
  }
}
