import type { Hop, HopSlot } from './hop.js';

/** What chance alone brings about so rarely is taken for evidence. */
const UNLIKELY = 0.02;

/**
 * Whether the hop answers less than it gets, which it does more willingly when it is asked more slowly. Packets that are
 * lost on the way to it are missing at the hops behind it too; so it is told from loss by one of two signs:
 * - every hop behind it loses less, and all of them together clearly so;
 * - it ran dry: it answered the first probes and then none, and so did all hops behind it that left any unanswered.
 * Of the end of the path, behind which nothing answers, neither can be said.
 */
export function isRateLimited(hop: Hop, hops: readonly Hop[], end: number): boolean {
  if (hop.silences === 0 || hop.resentAnswered === 0) return false;
  const behind = hops.filter(other => other.ttl > hop.ttl && other.ttl <= end && other.count('answered') > 0);
  if (behind.length === 0) return false;
  return losesMore(hop, behind) || ranDry([hop, ...behind]);
}

function losesMore(hop: Hop, behind: readonly Hop[]): boolean {
  return behind.every(other => shareLost(other) < shareLost(hop)) && chanceOfShare(hop, behind) <= UNLIKELY;
}

/** The chance that so many of all lost probes fall to this hop, if each is as likely to be lost: Fisher's exact test. */
function chanceOfShare(hop: Hop, behind: readonly Hop[]): number {
  const [lost, asked] = [lostOf(hop), askedOf(hop)];
  const allLost = lost + sumOf(behind, lostOf);
  const others = sumOf(behind, askedOf);
  const ways = logChoose(asked + others, allLost);
  let chance = 0;
  for (let count = lost; count <= Math.min(asked, allLost); count++) {
    chance += Math.exp(logChoose(asked, count) + logChoose(others, allLost - count) - ways);
  }
  return chance;
}

/** Whether all hops that left probes unanswered did so from one probe on, in an order that chance hardly brings about. */
function ranDry(hops: readonly Hop[]): boolean {
  const lossy = hops.filter(hop => lostOf(hop) > 0).map(ownSlots);
  if (!lossy.every(slots => slots.findLastIndex(wasHeard) < slots.findIndex(slot => !wasHeard(slot)))) return false;
  const orders = lossy.map(slots => logChoose(slots.length, slots.filter(wasHeard).length));
  return Math.exp(-orders.reduce((sum, order) => sum + order, 0)) <= UNLIKELY;
}

/** Answered when it was asked first. */
function wasHeard({ state, resent }: HopSlot): boolean {
  return state === 'answered' && !resent;
}

/** What is still waited for may be lost. */
function lostOf(hop: Hop): number {
  return hop.silences + hop.count('pending');
}

function askedOf(hop: Hop): number {
  return lostOf(hop) + ownSlots(hop).filter(({ state }) => state === 'answered').length;
}

/** Without those that answers to probes of farther hops stand in for: of these only the answered ones are known. */
function ownSlots({ slots, ttl }: Hop): HopSlot[] {
  return slots.filter(({ probe }) => probe?.hopLimit === ttl);
}

function shareLost(hop: Hop): number {
  return lostOf(hop) / askedOf(hop);
}

function sumOf(hops: readonly Hop[], count: (hop: Hop) => number): number {
  return hops.reduce((sum, hop) => sum + count(hop), 0);
}

/** The logarithm of the binomial coefficient: of the ways to choose some of so many. */
function logChoose(all: number, some: number): number {
  if (some > all) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let count = 1; count <= some; count++) sum += Math.log((all - some + count) / count);
  return sum;
}
