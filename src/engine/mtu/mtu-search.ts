import { type Boundary, type BoundaryQuestion, BoundarySearch } from './boundary.js';
import { findReporter, findSilence, type SilentHop } from './hop-search.js';
import type { MtuCarrier } from './mtu-options.js';
import { type MtuProbe, type MtuRequest, type Steps, sendRound } from './mtu-probe.js';
import type { SearchState } from './search-state.js';

/** What the search has found, before it is put into words. */
export interface MtuFindings {
  boundary: Boundary;
  /** The target has answered. */
  contact: boolean;
  /** Packets of more bytes vanish, and where. */
  hole?: SilentHop & { mtu: number };
  /** Largest packet whose equally long answer came back, where larger ones do get there. */
  roundTripMtu?: number;
}

/** To be known as passing: it has got to the target. */
const ARRIVES: BoundaryQuestion = { passes: verdict => verdict === 'fits', followsReports: true, leastLosses: 3 };
/** To be known as passing: it has got as far as to somebody who said what is wrong. */
const IS_ANSWERED: BoundaryQuestion = {
  passes: verdict => verdict === 'fits' || verdict === 'too-big',
  followsReports: false,
  // That a router which reports is there does not speak for another that is silent.
  leastLosses: 7,
};
const CONTACT_ATTEMPTS = 4;
/** Copies of the packet that shows whether only the way back is narrow. */
const WAY_BACK_COPIES = 3;

/**
 * The search for the path MTU: packetization-layer discovery (RFC 4821, RFC 8899) that takes what routers report (RFC 1191,
 * RFC 8201) for a hint. Its rules:
 *
 * 1. It begins with the largest packet that the first link takes, and small ones beside it that show who answers and how
 *    soon. What the kernel believes of the path is not asked (RFC 8899 section 4.6.1).
 * 2. If the largest arrives, that is the path MTU: no report can say otherwise.
 * 3. A report counts only if it quotes a probe of ours: identifiers, size and cookie as far as the quote goes (RFC 8899
 *    section 4.6.1); others are counted with who sent them.
 * 4. A report's MTU is a claim. It has to be below the packet's size and not below what every link takes (RFC 1191 section
 *    3, RFC 8201 section 4); then it is tried, with one byte more. Where the claim is absurd, or fails the trial, it is
 *    named and searched beyond.
 * 5. Without claims, sizes are probed in rounds: common MTUs, then sizes that cut what is left into equal parts.
 * 6. A limit is proven when the size below it arrives and it itself does not at the same time: reported, or lost so often
 *    that loss does not explain it (RFC 8899 section 5.1.2: MAX_PROBES).
 * 7. Silence of everything, controls included, says nothing about sizes (RFC 8899 section 4.3).
 * 8. Who reports is found at the hop from which packets of the same path that expire there are answered.
 * 9. Where packets vanish is found by packets of that size with rising hop limits: the last that answers still had them.
 * 10. What comes back as long as it was sent may be lost on the way back: a protocol with short answers decides.
 */
export function* searchPathMtu(state: SearchState): Steps<MtuFindings> {
  const contact = yield* makeContact(state);
  if (!contact) return { boundary: yield* boundWithoutAnswers(state), contact };
  let boundary = yield* new BoundarySearch(state, ARRIVES).run();
  const back = yield* checkWayBack(state, boundary);
  if (back !== undefined) boundary = yield* new BoundarySearch(state, ARRIVES).run();
  const hole = yield* findHole(state, boundary);
  yield* findReporters(state);
  return { boundary, contact, hole, roundTripMtu: back };
}

/** Rules 1 and 2. @returns whether the target answers anything. */
function* makeContact(state: SearchState): Steps<boolean> {
  for (let attempt = 0; attempt < CONTACT_ATTEMPTS && !state.exhausted; attempt++) {
    const probes = yield* sendRound(firstRequests(state, attempt));
    const first = state.options.carriers.find(({ name }) => state.answered.has(name));
    if (first === undefined) continue;
    if (first !== state.carrier) {
      state.forgive(probes.filter(({ carrier }) => carrier !== first.name));
      state.carrier = first;
      const least = Math.max(state.controlSize, first.smallest);
      yield* sendRound([state.request(state.options.most), state.request(least)]);
    }
    return true;
  }
  return false;
}

function firstRequests(state: SearchState, attempt: number): MtuRequest[] {
  const { options, controlSize } = state;
  const carriers = options.carriers.filter(({ lastResort }) => attempt > 0 || !lastResort);
  const controls = carriers.map((carrier, index) => ({
    ...state.request(Math.min(options.most, Math.max(controlSize, carrier.smallest))),
    carrier: carrier.name,
    optional: index > 0 && attempt === 0,
  }));
  return [state.request(options.most), ...controls].filter(({ size }, index) => index > 0 || size > controlSize);
}

/** Nobody is there to prove anything, but routers may still tell what does not fit. */
function* boundWithoutAnswers(state: SearchState): Steps<Boundary> {
  const { facts, options } = state;
  state.forgive([]);
  for (let attempt = 0; attempt < CONTACT_ATTEMPTS && !state.exhausted; attempt++) {
    const claims = facts.reports.filter(({ credible }) => credible).map(({ mtu }) => mtu);
    const sizes = claims.flatMap(mtu => [mtu, mtu + 1]).filter(size => !facts.isKnown(size));
    if (sizes.length === 0) break;
    yield* sendRound([...new Set(sizes)].map(size => state.request(size)));
  }
  const reported = facts.smallest(verdict => verdict === 'too-big', 0);
  yield* findReporters(state);
  return { lower: 0, upper: reported ?? options.most + 1, proven: false };
}

/** Rule 10. @returns the largest that comes back, where larger packets get there. */
function* checkWayBack(state: SearchState, { lower, upper, proven }: Boundary): Steps<number | undefined> {
  const { options, facts, answered, carrier } = state;
  const oneWay = options.carriers.find(({ name, echoes }) => !echoes && answered.has(name));
  const silent = proven && upper <= options.most && facts.verdict(upper) === 'silent';
  if (!carrier.echoes || oneWay === undefined || !silent || state.exhausted) return undefined;
  const before: MtuCarrier = carrier;
  state.carrier = oneWay;
  const probes = yield* sendRound(Array.from({ length: WAY_BACK_COPIES }, () => state.request(upper)));
  if (probes.some(arrived)) return lower;
  state.carrier = before;
  return undefined;
}

function arrived({ outcome }: MtuProbe): boolean {
  return outcome?.kind === 'fits';
}

/** Rule 9, for what vanishes beyond the limit of the path, or beyond the sizes that a router farther on reports. */
function* findHole(state: SearchState, { lower, upper, proven }: Boundary): Steps<MtuFindings['hole']> {
  const { facts, options } = state;
  if (!proven || upper > options.most) return undefined;
  // A router that reports what does not fit is silent now and then; a size that it claims is its limit, and no hole.
  const claimed = facts.reports.some(({ credible, mtu, from }) => credible && mtu === lower && !state.isForger(from));
  if (!claimed && (yield* isUnexplained(state, upper))) return yield* locateHole(state, upper);
  const highestReported = Math.max(0, ...facts.reports.map(({ size }) => size));
  if (!facts.silentSizes.some(size => size > highestReported)) return undefined;
  const beyond = yield* new BoundarySearch(state, IS_ANSWERED).run();
  if (!beyond.proven || beyond.upper > options.most) return undefined;
  return yield* locateHole(state, beyond.upper);
}

/** Whether nobody who can have dropped packets of this size has said so. */
function* isUnexplained(state: SearchState, size: number): Steps<boolean> {
  const reports = state.facts.reportsOf(size);
  if (reports.length === 0) return state.facts.verdict(size) === 'silent';
  yield* findReporters(state);
  return reports.every(({ from }) => state.isSuspect(from));
}

/** What gets through may be far smaller, where sizes below the least that was asked for were not tried. */
function* locateHole(state: SearchState, size: number): Steps<MtuFindings['hole']> {
  const mtu = size - 1;
  if (!state.options.locates) return { mtu, ttl: 0, address: null };
  return { mtu, ...(yield* findSilence(state, size)) };
}

/** Rule 8. */
function* findReporters(state: SearchState): Steps<void> {
  if (!state.options.locates) return;
  const senders = new Set(state.facts.reports.map(({ from }) => from));
  for (const from of senders) {
    if (state.hopOf(from) === null) yield* sendRound([]);
    if (state.hopOf(from) === null) yield* findReporter(state, from);
  }
}
