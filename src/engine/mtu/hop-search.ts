import { type MtuProbe, type MtuRequest, type Steps, sendRound } from './mtu-probe.js';
import { HOP_LIMIT, type SearchState } from './search-state.js';
import type { MtuReport } from './size-facts.js';

/** Hops that are asked together. */
const WINDOW = 10;
const NEXT_WINDOW = 4;
const LAST_HOP = 64;
const TRIES = 2;
/** Hop limits that hosts and routers begin with: an answer with the next lower value has come so many hops. */
const FIRST_HOP_LIMITS: readonly number[] = [32, 64, 128, 255];

/** Where packets of one size cease to come. */
export interface SilentHop {
  /** The last hop that answered a packet of that size; 0: none did. */
  ttl: number;
  address: string | null;
}

/** Rule 8: hop-limited probes that may show the hop of a reporter, by what its report tells of the distance. */
export function nearReporter(state: SearchState, report: MtuReport): MtuRequest[] {
  const { options, hops, controlSize } = state;
  if (!options.locates || state.hopOf(report.from) !== null) return [];
  const guesses = new Set(guessHops(report));
  return [...guesses].filter(ttl => ttl >= 1 && !hops.has(ttl)).map(ttl => state.request(controlSize, ttl));
}

function guessHops({ quotedHopLimit, replyHopLimit }: MtuReport): number[] {
  // Some routers count the hop before they quote, others after.
  if (quotedHopLimit > 0 && quotedHopLimit <= HOP_LIMIT) {
    return [HOP_LIMIT - quotedHopLimit, HOP_LIMIT - quotedHopLimit + 1];
  }
  const first = FIRST_HOP_LIMITS.find(limit => limit >= replyHopLimit);
  if (replyHopLimit <= 0 || first === undefined) return [];
  const distance = first - replyHopLimit + 1;
  return [distance - 1, distance, distance + 1];
}

/** Asks hop by hop for the one that has this address. */
export function* findReporter(state: SearchState, address: string): Steps<void> {
  for (let first = 1; first <= LAST_HOP && first < state.pathEnd; first += WINDOW) {
    for (let attempt = 0; attempt < TRIES && state.hopOf(address) === null; attempt++) {
      const ttls = range(first, WINDOW).filter(ttl => !state.hops.has(ttl) && ttl < state.pathEnd);
      if (ttls.length === 0 || state.exhausted) break;
      yield* sendRound(ttls.map(ttl => state.request(state.controlSize, ttl)));
    }
    const silent = range(first, WINDOW).every(ttl => !state.hops.has(ttl));
    if (state.hopOf(address) !== null || state.exhausted || silent) return;
  }
}

/** Rule 9: sends packets of a size that vanishes with rising hop limits; the last hop that answers is where they still were. */
export function* findSilence(state: SearchState, size: number): Steps<SilentHop> {
  let found: SilentHop = { ttl: 0, address: null };
  const lost = new Map<number, number>();
  let window = WINDOW;
  for (;;) {
    const asked = range(found.ttl + 1, window).filter(ttl => mayAnswer(state, ttl, found.ttl, lost));
    if (asked.length === 0 || state.exhausted) return found;
    const probes = yield* sendRound(asked.map(ttl => state.request(size, ttl)));
    const before = found;
    for (const probe of probes) found = follow(probe, found, lost);
    window = found === before ? NEXT_WINDOW : WINDOW;
  }
}

function mayAnswer(state: SearchState, ttl: number, reached: number, lost: ReadonlyMap<number, number>): boolean {
  const tries = ttl === reached + 1 ? state.facts.lossesNeeded : TRIES;
  return ttl <= LAST_HOP && ttl < state.pathEnd && (lost.get(ttl) ?? 0) < tries;
}

function follow({ hopLimit, outcome }: MtuProbe, found: SilentHop, lost: Map<number, number>): SilentHop {
  if (outcome?.kind === 'expired') return hopLimit > found.ttl ? { ttl: hopLimit, address: outcome.from } : found;
  lost.set(hopLimit, (lost.get(hopLimit) ?? 0) + 1);
  return found;
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
