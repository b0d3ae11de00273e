import { after, type Monotonic, NANOSECONDS_PER_MILLISECOND, type Nanoseconds } from '../../wire/time.js';
import type { Answer } from './answer.js';
import { describeAnswer } from './answer-text.js';
import { HopStatistics } from './hop-statistics.js';
import type { LiveEvent, LiveHop, LiveResult } from './live-event.js';
import type { LiveOptions } from './live-options.js';
import { readLoss } from './loss-reading.js';
import { PathFindings } from './path-findings.js';
import { deadlineOf, type Probe, type ProbeRequest } from './probe.js';
import { SendOutcomes } from './send-outcomes.js';
import type { TraceServices, TraceStrategy, TraceTarget } from './strategy.js';

/** Hops beyond the last that answered are probed so far. */
const LOOK_AHEAD = 10;
/** An answer that takes longer than this many times the longest one seen is not waited for: but it counts if it comes. */
const WAIT_FACTOR = 2;
const LEAST_WAIT: Nanoseconds = 1e9;

/** One round of probes after another, one probe a hop in each, with statistics of every hop. */
export class LiveStrategy implements TraceStrategy<LiveEvent> {
  private readonly events: LiveEvent[] = [];
  private readonly waiting = new Map<Probe, number>();
  private readonly outcomes = new SendOutcomes();
  private findings: PathFindings;
  private hops = new Map<number, HopStatistics>();
  private round = 0;
  private roundAt: Monotonic;
  private nextTtl: number;
  private highest = 0;
  private longest: Nanoseconds = 0;
  private closed = false;
  private paused = false;
  private toldRound = 0;

  constructor(
    private readonly options: LiveOptions,
    private readonly target: TraceTarget,
    private readonly services: TraceServices,
    private readonly startedAt: Monotonic,
  ) {
    this.findings = new PathFindings(target.address);
    this.roundAt = startedAt;
    this.nextTtl = options.maxTtl + 1;
  }

  get finished(): boolean {
    return this.closed && this.events.length === 0;
  }

  get highestRouter(): number {
    return this.highest;
  }

  /** Rounds begun. */
  get rounds(): number {
    return this.round;
  }

  get isPaused(): boolean {
    return this.paused;
  }

  pause(): void {
    this.paused = true;
  }

  resume(now: Monotonic): void {
    this.paused = false;
    this.roundAt = Math.max(now, this.roundAt) as Monotonic;
  }

  /** Forgets what was counted and the round under way, and begins to count again with the next one. */
  reset(): void {
    this.hops = new Map();
    for (const probe of this.waiting.keys()) this.services.expire(probe);
    this.waiting.clear();
    this.findings = new PathFindings(this.target.address);
    this.nextTtl = this.options.maxTtl + 1;
  }

  /** The hops so far, with what their loss means. */
  snapshot(): LiveHop[] {
    const hops = [...this.hops.values()]
      .filter(({ ttl }) => ttl <= this.lastTtl)
      .sort((one, other) => one.ttl - other.ttl)
      .map(hop => hop.snapshot());
    const { readings } = readLoss(hops, this.findings.reached);
    return hops.map((hop, index) => {
      const reading = readings[index];
      return reading === undefined ? hop : { ...hop, reading };
    });
  }

  /** What is known now, as the end of the run has it. */
  result(now: Monotonic): LiveResult {
    const { protocol, port } = this.options;
    const hops = this.snapshot();
    const { refusal } = this.outcomes;
    return {
      type: 'result',
      target: this.target.label,
      address: String(this.target.address),
      protocol,
      ...(protocol !== 'icmp' && { port }),
      reached: this.findings.reached,
      rounds: this.round,
      hops,
      pathLoss: readLoss(hops, this.findings.reached).pathLoss,
      ...(refusal !== undefined && { code: refusal }),
      elapsed: (now - this.startedAt) / NANOSECONDS_PER_MILLISECOND,
    };
  }

  next(now: Monotonic): ProbeRequest | undefined {
    if (this.closed) return undefined;
    const begins = this.nextTtl > this.horizon;
    if (begins && (this.paused || now < this.roundAt || this.round >= this.options.rounds)) return undefined;
    const { protocol, port, packetLength, firstTtl } = this.options;
    const hopLimit = begins ? firstTtl : this.nextTtl;
    return { hopLimit, protocol, port, packetLength, flow: 1, purpose: 0 };
  }

  handleQueued(probe: Probe): void {
    if (this.nextTtl > this.horizon) this.beginRound();
    this.nextTtl = probe.hopLimit + 1;
    this.waiting.set(probe, this.hopOf(probe.hopLimit).handleQueued());
  }

  handleSent(): void {
    this.outcomes.handleSent();
  }

  handleFailure(now: Monotonic, probe: Probe, errno: number): void {
    this.outcomes.handleFailure(errno);
    if (this.waiting.delete(probe)) this.hopOf(probe.hopLimit).handleRefused();
    this.review(now);
  }

  handleAnswer(now: Monotonic, probe: Probe, answer: Answer, late: boolean): void {
    const number = this.waiting.get(probe);
    // A late one's number was forgotten with the probe; its place in the history stays empty.
    if (number === undefined && !late) return;
    this.waiting.delete(probe);
    this.highest = Math.max(this.highest, probe.hopLimit);
    this.longest = Math.max(this.longest, answer.rtt);
    this.findings.take(probe.hopLimit, answer);
    const hop = this.hopOf(probe.hopLimit);
    const { address, extensions, error } = describeAnswer(probe, answer, this.target.address);
    hop.handleAnswer(number ?? -1, answer.rtt, address, late);
    hop.extensions = extensions;
    hop.error = error;
    this.review(now);
  }

  handleAmbiguous(now: Monotonic, { sentAt }: Probe): void {
    this.longest = Math.max(this.longest, now - sentAt);
  }

  handleTimeout(now: Monotonic): void {
    for (const probe of [...this.waiting.keys()]) {
      if (probe.state === 'queued' || deadlineOf(probe, this.wait) > now) continue;
      this.services.expire(probe);
      this.lose(probe);
    }
    this.review(now);
  }

  nextTimeout(): Monotonic | undefined {
    if (this.closed) return undefined;
    const more = !this.paused && this.round < this.options.rounds && this.nextTtl > this.horizon;
    let earliest: number = more ? this.roundAt : Number.POSITIVE_INFINITY;
    for (const probe of this.waiting.keys()) {
      if (probe.state !== 'queued') earliest = Math.min(earliest, deadlineOf(probe, this.wait));
    }
    return earliest === Number.POSITIVE_INFINITY ? undefined : (earliest as Monotonic);
  }

  pollEvent(): LiveEvent | undefined {
    return this.events.shift();
  }

  stop(now: Monotonic): void {
    if (this.closed) return;
    this.closed = true;
    this.events.push(this.result(now));
  }

  /** The last hop that is shown: the end, or the last that has answered. */
  private get lastTtl(): number {
    return Math.min(this.findings.end, this.highest);
  }

  private get horizon(): number {
    const { maxTtl, firstTtl } = this.options;
    return Math.min(maxTtl, this.findings.end, Math.max(this.highest, firstTtl - 1) + LOOK_AHEAD);
  }

  private get wait(): Nanoseconds {
    return Math.min(this.options.maxWait, Math.max(LEAST_WAIT, WAIT_FACTOR * this.longest));
  }

  private hopOf(ttl: number): HopStatistics {
    const known = this.hops.get(ttl);
    if (known !== undefined) return known;
    const hop = new HopStatistics(ttl);
    this.hops.set(ttl, hop);
    return hop;
  }

  private beginRound(): void {
    this.tellRound();
    this.round++;
    this.roundAt = after(this.roundAt, this.options.interval);
  }

  private lose(probe: Probe): void {
    const number = this.waiting.get(probe);
    this.waiting.delete(probe);
    if (number !== undefined) this.hopOf(probe.hopLimit).handleLost(number);
  }

  private review(now: Monotonic): void {
    const sending = this.nextTtl <= this.horizon;
    if (sending || this.waiting.size > 0) return;
    this.tellRound();
    if (this.round >= this.options.rounds) this.stop(now);
  }

  /** Once a round: when its last answer is in, at the latest when the next begins. */
  private tellRound(): void {
    if (this.toldRound === this.round) return;
    this.toldRound = this.round;
    this.events.push({ type: 'round', target: this.target.label, round: this.round, hops: this.snapshot() });
  }
}
