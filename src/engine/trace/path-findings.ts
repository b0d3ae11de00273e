import type { IpAddress } from '../../wire/ip-address.js';
import type { Answer } from './answer.js';
import type { Hop } from './hop.js';

/** Hops of way back beyond or short of those of the way out that are worth a word. */
const NOTABLE_ASYMMETRY = 3;

/** What the answers say about the path as a whole. */
export class PathFindings {
  /** The hop at which the path ends: at the target, or where nobody takes the probes any further. */
  end = Number.POSITIVE_INFINITY;
  reached = false;
  /** The address that answered for the target, where it is not the target's. */
  answeredFrom: IpAddress | undefined;
  /** Routers, by the hop limits they answered for. */
  private readonly routers = new Map<string, number[]>();
  private highestRouter = 0;
  /** Answers that were the last word about a probe. */
  private finals: { ttl: number; answer: Answer }[] = [];

  constructor(private readonly target: IpAddress) {}

  take(ttl: number, answer: Answer): void {
    if (answer.kind === 'expired') this.addRouter(answer.from, ttl);
    else if (!this.finals.some(known => known.ttl === ttl && saysTheSame(known.answer, answer))) {
      this.finals.push({ ttl, answer });
    }
    this.judge();
  }

  /** The tail of the path is asked again with another protocol. */
  forgetEnd(): void {
    this.finals = [];
    this.judge();
  }

  /** Whether a host spoke, and not a router that has shown itself before and only turns the probe away. */
  isFromTarget(answer: Answer): boolean {
    if (answer.kind === 'expired' || answer.kind === 'too-big') return false;
    if (answer.kind === 'reply' || sameAddress(answer.from, this.target)) return true;
    return answer.kind === 'closed' && !this.routers.has(String(answer.from));
  }

  /** Where the target answered; failing that, where probes were refused, unless some got farther all the same. */
  private judge(): void {
    const arrivals = this.finals.filter(({ answer }) => this.isFromTarget(answer));
    const refusals = this.finals.filter(({ ttl }) => ttl > this.highestRouter);
    const deciding = arrivals.length > 0 ? arrivals : refusals;
    this.reached = arrivals.length > 0;
    this.end = Math.min(...deciding.map(({ ttl }) => ttl));
    this.answeredFrom = arrivals.find(({ answer }) => !sameAddress(answer.from, this.target))?.answer.from;
  }

  /**
   * Probes that went farther than the target have come to it all the same, over the same path: their answers stand for
   * probes of the last hop that were not sent, or whose answers a limit on the target's errors has swallowed.
   */
  fillEnd(hops: readonly Hop[]): void {
    const last = hops.find(({ ttl }) => ttl === this.end);
    if (last === undefined || !this.reached) return;
    const missing = last.slots.filter(({ state }) => state === 'unsent' || state === 'silent');
    if (missing.length === 0) return;
    const spare = hops.filter(({ ttl }) => ttl > this.end).flatMap(({ slots }) => slots);
    for (const slot of missing) {
      const donor = spare.find(({ state, answer }) => state === 'answered' && answer && this.isFromTarget(answer));
      if (donor === undefined) return;
      slot.state = 'answered';
      slot.answer = donor.answer;
      slot.probe = donor.probe;
      donor.state = 'silent';
    }
  }

  /** Between which hops packets go round: a router that answers again after another one has. */
  get loop(): [first: number, last: number] | undefined {
    for (const ttls of this.routers.values()) {
      const sorted = [...ttls].sort((one, other) => one - other);
      const again = sorted.findIndex((ttl, index) => index > 0 && ttl - (sorted[index - 1] ?? ttl) > 1);
      const first = sorted[again - 1];
      const second = sorted[again];
      if (again > 0 && first !== undefined && second !== undefined && this.otherBetween(ttls, first, second)) {
        return [first, second];
      }
    }
    return undefined;
  }

  private addRouter(address: IpAddress, ttl: number): void {
    const key = String(address);
    this.highestRouter = Math.max(this.highestRouter, ttl);
    const known = this.routers.get(key);
    if (known === undefined) this.routers.set(key, [ttl]);
    else if (!known.includes(ttl)) known.push(ttl);
  }

  private otherBetween(ttls: readonly number[], first: number, last: number): boolean {
    for (const others of this.routers.values()) {
      if (others !== ttls && others.some(ttl => ttl > first && ttl < last)) return true;
    }
    return false;
  }
}

function saysTheSame(one: Answer, other: Answer): boolean {
  return one.kind === other.kind && sameAddress(one.from, other.from);
}

function sameAddress(one: IpAddress, other: IpAddress): boolean {
  return one.family === other.family && one.value === other.value;
}

/** The hop limits that systems send with. */
const INITIAL_HOP_LIMITS = [32, 64, 128, 255] as const;

/** How many hops a reply has made, the one that it came from included; undefined where nothing is known. */
export function returnHops(replyHopLimit: number): number | undefined {
  const initial = INITIAL_HOP_LIMITS.find(limit => limit >= replyHopLimit);
  return replyHopLimit < 1 || initial === undefined ? undefined : initial - replyHopLimit + 1;
}

/** By how many hops the way back of the end's answers differs from the way out; undefined where hardly. */
export function asymmetryOf(hop: Hop | undefined): number | undefined {
  const lengths = hop?.answers.flatMap(({ replyHopLimit }) => returnHops(replyHopLimit) ?? []) ?? [];
  if (hop === undefined || lengths.length === 0) return undefined;
  const difference = Math.min(...lengths) - hop.ttl;
  return Math.abs(difference) >= NOTABLE_ASYMMETRY ? difference : undefined;
}
