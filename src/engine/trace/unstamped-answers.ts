import { after, type Monotonic, type Nanoseconds } from '../../wire/time.js';
import type { Answer } from './answer.js';
import type { Probe } from './probe.js';

/** So long an answer waits for the stamp of its probe, which lies in another socket's queue already. */
const PATIENCE: Nanoseconds = 5e6;

interface Held {
  probe: Probe;
  answer: Answer;
  until: Monotonic;
}

/** Answers that came in before the transmit stamps of their probes were read. */
export class UnstampedAnswers {
  private held: Held[] = [];

  hold(now: Monotonic, probe: Probe, answer: Answer): void {
    this.held.push({ probe, answer, until: after(now, PATIENCE) });
  }

  /** The answers that waited for this probe's stamp. */
  takeOf(probe: Probe): Answer[] {
    if (this.held.length === 0) return [];
    const found = this.held.filter(held => held.probe === probe);
    if (found.length > 0) this.held = this.held.filter(held => held.probe !== probe);
    return found.map(({ answer }) => answer);
  }

  /** Those that have waited long enough: the kernel gives no stamp for this probe. */
  takeOverdue(now: Monotonic): Held[] {
    const overdue = this.held.filter(({ until }) => until <= now);
    if (overdue.length > 0) this.held = this.held.filter(({ until }) => until > now);
    return overdue;
  }

  nextTimeout(): Monotonic | undefined {
    return this.held[0]?.until;
  }
}
