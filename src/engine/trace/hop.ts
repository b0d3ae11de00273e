import type { Answer } from './answer.js';
import type { Probe } from './probe.js';

/**
 * One of the probes that a hop is asked with; it may be sent again.
 * - unsent, pending: on its way to an answer.
 * - answered, silent, failed: settled; a silent one becomes answered should its answer come late.
 */
export interface HopSlot {
  state: 'unsent' | 'pending' | 'answered' | 'silent' | 'failed';
  probe?: Probe;
  answer?: Answer;
  /** The probe was sent again. */
  resent?: boolean;
  /** errno of a refused send. */
  errno?: number;
}

/** What is known of one hop limit. */
export class Hop {
  readonly slots: HopSlot[];
  /** Probes sent again so far, and how many of those were answered. */
  resent = 0;
  resentAnswered = 0;
  /** Probes that went unanswered, those included that were sent again. */
  silences = 0;
  /** A single probe more than asked for was sent, because none was answered. */
  secondLook = false;
  /** When the next probe may be sent again. */
  resendAt = Number.POSITIVE_INFINITY;

  constructor(
    readonly ttl: number,
    probes: number,
  ) {
    this.slots = Array.from({ length: probes }, () => ({ state: 'unsent' }));
  }

  count(state: HopSlot['state']): number {
    let count = 0;
    for (const slot of this.slots) if (slot.state === state) count++;
    return count;
  }

  get settled(): boolean {
    return this.slots.every(({ state }) => state !== 'unsent' && state !== 'pending');
  }

  /** Settled, and nothing will be sent again. */
  get final(): boolean {
    return this.settled && this.resendAt === Number.POSITIVE_INFINITY;
  }

  get untouched(): boolean {
    return this.slots.every(({ state }) => state === 'unsent');
  }

  slotOf(probe: Probe): HopSlot | undefined {
    return this.slots.find(slot => slot.probe === probe);
  }

  get answers(): Answer[] {
    return this.slots.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
  }
}
