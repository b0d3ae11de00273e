import type { MtuLimit, MtuResult } from './mtu-event.js';
import { LEAST_MTU, segmentSize } from './mtu-options.js';
import type { MtuFindings } from './mtu-search.js';
import type { SearchState } from './search-state.js';
import type { MtuReport } from './size-facts.js';

/** Where a search was to. */
export interface MtuTarget {
  target: string;
  address: string;
  /** This host's own address: whose local limits are. */
  source: string | null;
}

/** Puts findings into the result's words. */
export function describeFindings(
  state: SearchState,
  { boundary, contact, hole, roundTripMtu }: MtuFindings,
  { target, address, source }: MtuTarget,
  elapsed: number,
): MtuResult {
  const { options, anomalies, refusedBy } = state;
  const { lower, upper, proven } = boundary;
  const pathMtu = contact && proven && lower >= options.least ? lower : null;
  nameFalseReports(state, lower);
  if (contact && proven && options.family === 6 && upper <= LEAST_MTU[6]) anomalies.add('below-minimum', null, null);
  const limits = limitsOf(state, { boundary, contact, hole }, source);
  const reported = limits.some(({ mtu, evidence }) => evidence === 'reported' && mtu === lower);
  return {
    type: 'result',
    target,
    address,
    protocol: contact ? state.carrier.protocol : null,
    ...(contact && state.carrier.port !== undefined && { port: state.carrier.port }),
    protocols: [...new Set(options.carriers.map(({ protocol }) => protocol))],
    pathMtu,
    lowerBound: contact ? lower : 0,
    upperBound: upper - 1,
    min: options.least,
    method: reported ? 'reported' : 'searched',
    blackHole: hole !== undefined,
    ...(hole && { blackHoleAt: { mtu: hole.mtu, ...placeOf(state, hole) } }),
    limits,
    ...(roundTripMtu !== undefined && { roundTripMtu }),
    tcpMss: pathMtu === null ? null : segmentSize(options.family, pathMtu),
    ...(state.offeredMss !== undefined && { offeredMss: state.offeredMss }),
    ...(!contact && state.refusal !== undefined && { refusal: state.refusal }),
    ...(pathMtu === null &&
      refusedBy !== undefined && { refusedBy: { address: refusedBy.from, error: refusedBy.error } }),
    anomalies: anomalies.all,
    probes: state.sent,
    elapsed,
  };
}

/** Claims that were tried and failed; whose sender has made a good one too, has told of a path that changed. */
function nameFalseReports({ facts, anomalies }: SearchState, lower: number): void {
  const { reports } = facts;
  const changed = new Set(reports.filter(({ mtu }) => mtu === lower).map(({ from }) => from));
  const low = reports.filter(({ credible, mtu }) => credible && mtu < lower);
  if (facts.cap !== Number.POSITIVE_INFINITY || low.some(({ from }) => changed.has(from))) {
    anomalies.add('inconsistent', null, null);
  }
  for (const { from, mtu } of low) if (!changed.has(from)) anomalies.add('understated', from, mtu);
}

function limitsOf(state: SearchState, { boundary, hole }: MtuFindings, source: string | null): MtuLimit[] {
  const { facts, options, refusedHere } = state;
  const { lower, upper } = boundary;
  const fromHonest = facts.reports.filter(({ from }) => !state.isForger(from));
  const limits: MtuLimit[] = honestClaims(fromHonest, lower).map(({ from, mtu }) => ({
    mtu,
    address: from,
    ttl: state.hopOf(from),
    evidence: 'reported',
  }));
  const nonsense = facts.reportsOf(upper).find(({ from }) => !state.isSuspect(from));
  const explained = limits.some(({ mtu }) => mtu === lower);
  if (nonsense !== undefined && !explained && lower >= options.least) {
    const { from } = nonsense;
    limits.push({ mtu: lower, address: from, ttl: state.hopOf(from), evidence: 'nonsense' });
  }
  if (hole !== undefined) limits.push({ mtu: hole.mtu, ...placeOf(state, hole), evidence: 'silent' });
  const local = upper === refusedHere && upper <= options.most;
  if (local) limits.push({ mtu: upper - 1, address: source, ttl: 0, evidence: 'local' });
  return limits.sort((one, other) => other.mtu - one.mtu);
}

/** One a sender and MTU: what was not exceeded by anything that got through, and not contradicted by its own sender. */
function honestClaims(reports: readonly MtuReport[], lower: number): MtuReport[] {
  const claims = new Map<string, MtuReport>();
  for (const report of reports) {
    const { from, mtu, credible } = report;
    const withdrawn = reports.some(other => other.from === from && other.size <= mtu && other.mtu >= other.size);
    if (credible && mtu >= lower && !withdrawn) claims.set(`${from} ${mtu}`, report);
  }
  return [...claims.values()];
}

/** Without hop-limited probes nothing is known of a place. */
function placeOf({ options }: SearchState, { ttl, address }: { ttl: number; address: string | null }) {
  return options.locates ? { ttl, address } : { ttl: null, address: null };
}
