import { NANOSECONDS_PER_MILLISECOND, type Nanoseconds } from '../../wire/time.js';
import type { LiveHop } from './live-event.js';
import type { TraceExtension } from './trace-event.js';

/** Probes whose fate is kept one by one: what a graph of a hop can show. */
const HISTORY = 120;

/** Counts and times of one hop, in bounded memory: mean and deviation by Welford's method. */
export class HopStatistics {
  /** Probes that this host refused to send. */
  refused = 0;
  received = 0;
  lost = 0;
  extensions: TraceExtension[] | undefined;
  error: string | undefined;
  private readonly answers = new Map<string, number>();
  private readonly fates: (number | null | undefined)[] = [];
  private firstKept = 0;
  private begun = 0;
  private last = Number.NaN;
  private best = Number.POSITIVE_INFINITY;
  private worst = Number.NEGATIVE_INFINITY;
  private mean = 0;
  private squares = 0;
  private differences = 0;

  constructor(readonly ttl: number) {}

  get sent(): number {
    return this.begun - this.refused;
  }

  get loss(): number {
    const settled = this.received + this.lost;
    return settled === 0 ? 0 : this.lost / settled;
  }

  /** @returns the number by which the probe's fate is told. */
  handleQueued(): number {
    this.fates.push(undefined);
    if (this.fates.length > HISTORY) {
      this.fates.shift();
      this.firstKept++;
    }
    return this.begun++;
  }

  handleRefused(): void {
    this.refused++;
  }

  handleLost(probe: number): void {
    this.lost++;
    this.remember(probe, null);
  }

  /** @param late it was counted as lost before. */
  handleAnswer(probe: number, rtt: Nanoseconds, address: string, late: boolean): void {
    if (late) this.lost--;
    this.answers.set(address, (this.answers.get(address) ?? 0) + 1);
    const time = rtt / NANOSECONDS_PER_MILLISECOND;
    this.remember(probe, time);
    this.received++;
    const delta = time - this.mean;
    this.mean += delta / this.received;
    this.squares += delta * (time - this.mean);
    if (this.received > 1) this.differences += Math.abs(time - this.last);
    this.last = time;
    this.best = Math.min(this.best, time);
    this.worst = Math.max(this.worst, time);
  }

  snapshot(): LiveHop {
    const { ttl, sent, received, lost, refused, loss, extensions, error } = this;
    const known = received > 0;
    const addresses = [...this.answers].map(([address, answers]) => ({ address, answers }));
    return {
      ttl,
      addresses: addresses.sort((one, other) => other.answers - one.answers),
      sent,
      received,
      lost,
      ...(refused > 0 && { refused }),
      loss,
      last: known ? this.last : null,
      mean: known ? this.mean : null,
      best: known ? this.best : null,
      worst: known ? this.worst : null,
      stddev: known ? (received > 1 ? Math.sqrt(this.squares / (received - 1)) : 0) : null,
      jitter: known ? (received > 1 ? this.differences / (received - 1) : 0) : null,
      history: this.fates.filter(fate => fate !== undefined),
      ...(extensions !== undefined && { extensions }),
      ...(error !== undefined && { error }),
    };
  }

  private remember(probe: number, fate: number | null): void {
    const index = probe - this.firstKept;
    if (index >= 0 && index < this.fates.length) this.fates[index] = fate;
  }
}
