/**
 * How many flows must be tried before a further next hop can be ruled out: the stopping points of the multipath detection
 * algorithm (Veitch, Augustin, Teixeira, Friedman, "Failure control in multipath route tracing", INFOCOM 2009).
 */
export class StoppingPoints {
  private readonly points: number[] = [];

  /** @param confidence above 0 and below 1: 0.95 gives 6, 11, 16, 21, 27, 33, 38, ... */
  constructor(private readonly confidence: number) {}

  /** Flows after which, with `found` next hops seen and no more, a further one is unlikely enough. */
  after(found: number): number {
    const hypothesis = Math.max(1, found) + 1;
    this.points[hypothesis] ??= this.compute(hypothesis);
    return this.points[hypothesis];
  }

  /** The fewest flows that, spread evenly over `interfaces`, leave one of them out with a probability of at most 1 - confidence. */
  private compute(interfaces: number): number {
    let flows = this.points[interfaces - 1] ?? 1;
    while (missing(interfaces, flows) > 1 - this.confidence) flows++;
    return flows;
  }
}

/**
 * Probability that so many flows miss at least one of the interfaces: by how many are occupied after each flow, which stays
 * exact where inclusion and exclusion would cancel digits away.
 */
function missing(interfaces: number, flows: number): number {
  let occupied = [1];
  for (let flow = 0; flow < flows; flow++) {
    const next = new Array<number>(Math.min(interfaces, flow + 1) + 1).fill(0);
    for (const [seen, probability] of occupied.entries()) {
      next[seen] = (next[seen] ?? 0) + (probability * seen) / interfaces;
      if (seen < interfaces) next[seen + 1] = (next[seen + 1] ?? 0) + (probability * (interfaces - seen)) / interfaces;
    }
    occupied = next;
  }
  return 1 - (occupied[interfaces] ?? 0);
}
