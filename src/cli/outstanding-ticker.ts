import type { PingEvent } from '../engine/ping/ping-event.js';

/** Calls `tick` once an interval from the start of a run on: when, with -O, the next probe leaves. */
export class OutstandingTicker implements Disposable {
  private readonly tick: () => void;
  private readonly interval: number;
  private timer: NodeJS.Timeout | undefined;

  /** @param interval milliseconds. */
  constructor(interval: number, tick: () => void) {
    this.interval = interval;
    this.tick = tick;
  }

  event(event: PingEvent): void {
    if (event.type === 'start') this.timer = setInterval(this.tick, this.interval);
    if (event.type === 'summary') this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}
