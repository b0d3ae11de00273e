import type { PacketChannel } from '../engine/packet-channel.js';
import type { PingEngine } from '../engine/ping/ping-engine.js';
import { after, NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';
import type { PingProgress } from './ping-options.js';

const INTERVAL = 100 * NANOSECONDS_PER_MILLISECOND;

/** Tells a caller at most ten times a second how far a mass ping has come. */
export class ProgressMeter {
  private readonly begun;
  private nextAt;

  constructor(
    private readonly engine: PingEngine,
    private readonly channel: PacketChannel,
    private readonly report: ((progress: PingProgress) => void) | undefined,
  ) {
    this.begun = channel.now();
    this.nextAt = this.begun;
  }

  tick(): void {
    if (this.report === undefined) return;
    const now = this.channel.now();
    if (now < this.nextAt) return;
    this.nextAt = after(now, INTERVAL);
    const elapsed = (now - this.begun) / NANOSECONDS_PER_MILLISECOND;
    const { counts, finishedTargets, answeredTargets } = this.engine;
    this.report({
      finished: finishedTargets,
      answered: answeredTargets,
      sent: counts.sent,
      received: counts.received,
      elapsed,
    });
  }
}
