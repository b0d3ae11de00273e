import { after, type Monotonic } from '../../wire/time.js';
import { Hop, type HopSlot } from './hop.js';
import type { PathFindings } from './path-findings.js';
import type { PathOptions } from './path-options.js';
import type { PathTiming } from './path-timing.js';
import { deadlineOf, type Probe } from './probe.js';

/** Probes of a hop follow once a hop at most so far before it has answered. */
const LOOK_AHEAD = 25;
/** Probes to a hop that answers some are sent again so often at most, beyond one for each that is missing. */
const EXTRA_RESENDS = 2;

/** The hops of a plain trace, and the order and times in which they are asked: rules 1 to 4 of path-strategy.ts. */
export class HopSchedule {
  readonly hops: Hop[] = [];
  /** Highest hop limit that a router, or the target, has answered for. */
  highest = 0;
  /** All probes may be sent: waiting for nearer hops would be in vain. */
  unrestrained = false;

  constructor(
    private readonly options: PathOptions,
    private readonly timing: PathTiming,
    private readonly findings: PathFindings,
  ) {
    for (let ttl = options.firstTtl; ttl <= options.maxTtl; ttl++) this.hops.push(new Hop(ttl, options.probes));
  }

  at(ttl: number): Hop | undefined {
    return this.hops[ttl - this.options.firstTtl];
  }

  /** The hops up to the path's end, as far as that is known. */
  get wanted(): Hop[] {
    return this.hops.filter(({ ttl }) => ttl <= this.findings.end);
  }

  /** Rules 1, 2 and 4: what is to be sent next. A window smaller than the path asks hop by hop. */
  next(now: Monotonic): { hop: Hop; slot: HopSlot } | undefined {
    const hops = this.wanted;
    const due = hops.find(({ resendAt }) => resendAt <= now);
    if (due !== undefined) return slotIn(due, 'silent');
    const wide = this.options.inFlight >= this.hops.length;
    const fresh = wide ? hops.find(hop => hop.untouched) : undefined;
    return slotIn(fresh ?? hops.find(hop => this.mayAsk(hop)), 'unsent');
  }

  /** Rule 3: the probes that were waited for long enough are silent now. */
  expire(now: Monotonic, giveUp: (probe: Probe) => void): void {
    for (const hop of this.wanted) {
      const wait = this.timing.wait(this.isNear(hop));
      for (const slot of hop.slots) {
        const { probe } = slot;
        if (slot.state !== 'pending' || probe?.state !== 'sent' || deadlineOf(probe, wait) > now) continue;
        giveUp(probe);
        slot.state = 'silent';
        hop.silences++;
        this.lookAgain(hop, now);
      }
    }
  }

  /** Rule 4. @param halfOpen the hop is a target that may hold a connection half open. */
  scheduleResend(hop: Hop, now: Monotonic, halfOpen: boolean): void {
    if (hop.count('silent') === 0) hop.resendAt = Number.POSITIVE_INFINITY;
    if (!hop.final || hop.count('answered') === 0 || hop.count('silent') === 0) return;
    if (hop.resent >= hop.count('silent') + hop.resentAnswered + EXTRA_RESENDS) return;
    // A connection half open takes no second SYN; it is gone a round trip after our host has reset it.
    const gap = halfOpen ? 2 * this.timing.longestRtt : this.timing.resendGap(hop.resent);
    hop.resendAt = after(now, gap);
  }

  /** The earliest expiry or resending; Infinity where there is none. */
  nextTimeout(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const hop of this.hops) {
      if (hop.ttl > this.findings.end) break;
      earliest = Math.min(earliest, hop.resendAt, this.deadlineOf(hop));
    }
    return earliest;
  }

  /** Nothing is on its way any more: every hop is settled, or waits for others to answer before it is asked again. */
  get quiet(): boolean {
    return this.hops.every(hop => hop.settled || (!hop.untouched && hop.count('pending') === 0));
  }

  /** Forgets all beyond hop limit `ttl`, to be asked again. */
  restartBeyond(ttl: number, giveUp: (probe: Probe) => void): void {
    this.unrestrained = false;
    for (const hop of this.hops.filter(candidate => candidate.ttl > ttl)) {
      for (const { state, probe } of hop.slots) if (state === 'pending' && probe !== undefined) giveUp(probe);
      this.hops[hop.ttl - this.options.firstTtl] = new Hop(hop.ttl, this.options.probes);
    }
  }

  private mayAsk(hop: Hop): boolean {
    if (!hop.slots.some(({ state }) => state === 'unsent')) return false;
    return this.unrestrained || hop.untouched || hop.ttl <= this.highest + LOOK_AHEAD;
  }

  private isNear(hop: Hop): boolean {
    return hop.ttl <= this.highest || hop.count('answered') > 0;
  }

  private deadlineOf(hop: Hop): number {
    const wait = this.timing.wait(this.isNear(hop));
    let earliest = Number.POSITIVE_INFINITY;
    for (const { state, probe } of hop.slots) {
      if (state === 'pending' && probe?.state === 'sent') earliest = Math.min(earliest, deadlineOf(probe, wait));
    }
    return earliest;
  }

  /** A hop in the middle of a path that has answered nothing yet gets one probe more, while others are still waited for. */
  private lookAgain(hop: Hop, now: Monotonic): void {
    if (hop.secondLook || hop.count('answered') > 0 || hop.ttl >= this.highest) return;
    hop.secondLook = true;
    hop.resendAt = now;
  }
}

function slotIn(hop: Hop | undefined, state: HopSlot['state']): { hop: Hop; slot: HopSlot } | undefined {
  const slot = hop?.slots.find(candidate => candidate.state === state);
  return hop === undefined || slot === undefined ? undefined : { hop, slot };
}
