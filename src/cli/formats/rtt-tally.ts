import type { PingEvent } from '../../engine/ping/ping-event.js';
import { thousandths, wholeMicroseconds } from './numbers.js';

/**
 * What iputils' ping shows of a run under way, from the events seen so far: the counts and times of its status line,
 * and the moving average of RTTs that its closing block calls ewma.
 */
export class RttTally {
  private received = 0;
  private minimum = Number.POSITIVE_INFINITY;
  private maximum = 0;
  private sum = 0;
  /** Eight times the average in microseconds, in whole numbers, as iputils keeps it. */
  private eightfold = 0;

  count(event: PingEvent): void {
    if (event.type === 'reply' && event.rtt !== null) this.add(event.rtt);
  }

  add(rtt: number): void {
    this.received++;
    this.minimum = Math.min(this.minimum, rtt);
    this.maximum = Math.max(this.maximum, rtt);
    this.sum += rtt;
    const micros = wholeMicroseconds(rtt);
    if (this.eightfold === 0) this.eightfold = micros * 8;
    else this.eightfold += micros - Math.trunc(this.eightfold / 8);
  }

  /** Exponentially weighted moving average in milliseconds. */
  get movingAverage(): number {
    return Math.trunc(this.eightfold / 8) / 1000;
  }

  /**
   * `3/4 packets, 25% loss, min/avg/ewma/max = 0.008/0.031/0.016/0.044 ms`: what SIGQUIT asks for. Probes that are on their way
   * count as sent; the times are of the replies seen.
   */
  statusLine(sent: number, received: number): string {
    const loss = sent === 0 ? 0 : Math.trunc(((sent - received) * 100) / sent);
    const counts = `${received}/${sent} packets, ${loss}% loss`;
    if (this.received === 0) return counts;
    const times = [this.minimum, this.sum / this.received, this.movingAverage, this.maximum];
    return `${counts}, min/avg/ewma/max = ${times.map(thousandths).join('/')} ms`;
  }
}
