import type { PacketChannel } from '../engine/packet-channel.js';
import type { PingEngine } from '../engine/ping/ping-engine.js';
import { after, NANOSECONDS_PER_MILLISECOND } from '../wire/time.js';
import type { PingProgress } from './ping-options.js';

const INTERVAL = 100 * NANOSECONDS_PER_MILLISECOND;

/** Before anything was begun. */
export const NO_PROGRESS: PingProgress = { finished: 0, answered: 0, sent: 0, received: 0, elapsed: 0 };

/** Tells how far a ping has come: when asked, and a listener at most ten times a second. */
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
    this.report(this.read());
  }

  /** How far it has come by now. */
  read(): PingProgress {
    const { counts, finishedTargets, answeredTargets } = this.engine;
    return {
      finished: finishedTargets,
      answered: answeredTargets,
      sent: counts.sent,
      received: counts.received,
      elapsed: (this.channel.now() - this.begun) / NANOSECONDS_PER_MILLISECOND,
    };
  }
}
