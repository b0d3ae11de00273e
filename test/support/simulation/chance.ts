import { Random } from '../../../src/engine/random.js';
import type { Jitter, Pick } from './scenario.js';
import type { VirtualTime } from './virtual-time.js';

export const MILLISECOND = 1e6;

/** The seeded dice of one simulation. */
export class Chance {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random([seed, 0x9e3779b9, 0x243f6a88, 0xb7e15162]);
    // The first words of neighbouring seeds resemble each other.
    for (let round = 0; round < 16; round++) this.random.word();
  }

  happens(rate: number): boolean {
    return this.random.fraction() < rate;
  }

  below(bound: number): number {
    return Math.floor(this.random.fraction() * bound);
  }

  /** A random delay in nanoseconds, never negative. */
  jitter(jitter: Jitter | undefined): number {
    if (jitter === undefined) return 0;
    const { random } = this;
    switch (jitter.kind) {
      case 'uniform':
        return random.fraction() * jitter.up * MILLISECOND;
      case 'normal': {
        // Box and Muller's transform.
        const radius = Math.sqrt(-2 * Math.log(1 - random.fraction()));
        return Math.abs(radius * Math.cos(2 * Math.PI * random.fraction())) * jitter.deviation * MILLISECOND;
      }
      case 'pareto':
        return jitter.scale * ((1 - random.fraction()) ** (-1 / jitter.shape) - 1) * MILLISECOND;
    }
  }
}

/** Counts the packets that pass and says which of them are picked. */
export class Picker {
  private passed = 0;

  constructor(
    private readonly pick: Pick,
    private readonly time: VirtualTime,
    private readonly chance: Chance,
  ) {}

  picks(size: number): boolean {
    this.passed++;
    const { rate, packets, every, from = 0, until = Number.POSITIVE_INFINITY, largerThan = 0 } = this.pick;
    const elapsed = this.time.now / MILLISECOND;
    return (
      elapsed >= from &&
      elapsed < until &&
      size > largerThan &&
      (packets === undefined || packets.includes(this.passed)) &&
      (every === undefined || this.passed % every === 0) &&
      (rate === undefined || this.chance.happens(rate))
    );
  }
}
