/** Buckets an octave: 2 to the 6th, so that a value and its bucket's middle differ by at most 1/128, 0.8 %. */
const MANTISSA_BITS = 6;
const BUCKETS_AN_OCTAVE = 1 << MANTISSA_BITS;
/** Bits of the exponent and the leading mantissa bits, in the high word of a double (IEEE 754). */
const KEY_SHIFT = 20 - MANTISSA_BITS;
const EXPONENT_BIAS = 1023;
/** Values from 1 to 2^48: of nanoseconds, more than three days. */
const OCTAVES = 48;
const FIRST_KEY = EXPONENT_BIAS << MANTISSA_BITS;
const LAST_BUCKET = OCTAVES * BUCKETS_AN_OCTAVE - 1;

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);

/**
 * Counts of values in buckets whose width grows with the value: quantiles of any number of values, within 1 % of the
 * true value, in memory that depends only on how many octaves the values span (512 bytes each).
 *
 * A double's exponent and leading mantissa bits are its bucket's number, so that no logarithm is taken.
 */
export class LogLinearHistogram {
  private readonly octaves: (Float64Array | undefined)[] = new Array<Float64Array | undefined>(OCTAVES).fill(undefined);
  private total = 0;

  get count(): number {
    return this.total;
  }

  /** Values below 1 count as 1, values of 2^48 and more as the largest that fits. */
  record(value: number): void {
    const bucket = bucketOf(value);
    const octave = bucket >>> MANTISSA_BITS;
    const counts = this.octaves[octave] ?? this.allocate(octave);
    const index = bucket & (BUCKETS_AN_OCTAVE - 1);
    counts[index] = (counts[index] ?? 0) + 1;
    this.total++;
  }

  /** A value so that `rank` of all recorded ones (1 to `count`) are not greater; NaN where nothing was recorded. */
  valueAtRank(rank: number): number {
    let seen = 0;
    for (const [octave, counts] of this.octaves.entries()) {
      if (counts === undefined) continue;
      for (const [index, count] of counts.entries()) {
        seen += count;
        if (count > 0 && seen >= rank) return middleOf(octave * BUCKETS_AN_OCTAVE + index);
      }
    }
    return Number.NaN;
  }

  clear(): void {
    this.octaves.fill(undefined);
    this.total = 0;
  }

  private allocate(octave: number): Float64Array {
    const counts = new Float64Array(BUCKETS_AN_OCTAVE);
    this.octaves[octave] = counts;
    return counts;
  }
}

function bucketOf(value: number): number {
  scratch[0] = value;
  const bucket = ((scratchWords[1] ?? 0) >>> KEY_SHIFT) - FIRST_KEY;
  if (!(value >= 1)) return 0;
  return Math.min(bucket, LAST_BUCKET);
}

function middleOf(bucket: number): number {
  const octave = bucket >>> MANTISSA_BITS;
  const step = 2 ** octave / BUCKETS_AN_OCTAVE;
  return 2 ** octave + ((bucket & (BUCKETS_AN_OCTAVE - 1)) + 0.5) * step;
}
