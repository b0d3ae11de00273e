import type { HopReading, LiveHop, PathLoss } from './live-event.js';

/** Two rates differ where they do so by more than chance makes likely: two standard errors, and more than one probe. */
const DEVIATIONS = 2;

export interface LossReading {
  /** By hop, in the order given. */
  readings: (HopReading | undefined)[];
  pathLoss: PathLoss[];
}

/**
 * Tells loss of the path from routers that answer only some of what they get. A packet that is lost on the way to a hop is
 * missing at every hop behind it too; so what the path loses up to a hop is no more than the least loss of that hop and all
 * behind it.
 */
export function readLoss(hops: readonly LiveHop[], reached: boolean): LossReading {
  const shared = sharedLoss(hops, reached);
  const pathLoss: PathLoss[] = [];
  let before = 0;
  const readings = hops.map((hop, index): HopReading | undefined => {
    const path = shared[index] ?? 0;
    const settled = hop.received + hop.lost;
    const grows = exceeds(path, before, settled);
    if (grows) {
      pathLoss.push({ ttl: hop.ttl, address: hop.addresses[0]?.address ?? null, loss: path });
      before = path;
    }
    if (settled > 0 && hop.received === 0 && path < 1) return 'silent';
    if (exceeds(hop.loss, path, settled)) return 'unwilling';
    return pathLoss.length > 0 && hop.loss > 0 ? 'path' : undefined;
  });
  return { readings, pathLoss };
}

/** By hop: the least loss of it and of all behind it. */
function sharedLoss(hops: readonly LiveHop[], reached: boolean): number[] {
  const shared: number[] = [];
  // Nobody knows what a target that never answers would have lost; the last hop that answers speaks for the path.
  let least = Number.POSITIVE_INFINITY;
  for (let index = hops.length - 1; index >= 0; index--) {
    const hop = hops[index];
    if (hop === undefined) continue;
    const speaks = hop.received > 0 || (reached && index === hops.length - 1);
    if (speaks) least = Math.min(least, hop.loss);
    shared[index] = least === Number.POSITIVE_INFINITY ? 0 : least;
  }
  return shared;
}

function exceeds(rate: number, other: number, probes: number): boolean {
  if (probes === 0 || rate <= other) return false;
  const error = Math.sqrt((rate * (1 - rate) + other * (1 - other)) / probes);
  return rate - other > Math.max(DEVIATIONS * error, 1.5 / probes);
}
