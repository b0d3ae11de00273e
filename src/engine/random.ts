/** Four 32-bit words, not all of them 0. */
export type RandomSeed = readonly [number, number, number, number];

/**
 * xoshiro128** 1.1 (Blackman and Vigna, 2018): 32 random bits a call from 128 bits of state. The caller seeds it, from
 * the system's randomness or, in a test, with what it likes.
 */
export class Random {
  private state0: number;
  private state1: number;
  private state2: number;
  private state3: number;

  constructor(seed: RandomSeed) {
    this.state0 = seed[0] | 0;
    this.state1 = seed[1] | 0;
    this.state2 = seed[2] | 0;
    this.state3 = seed[3] | 0;
    // The all-zero state is the generator's one fixed point.
    if ((this.state0 | this.state1 | this.state2 | this.state3) === 0) this.state0 = 1;
  }

  /** A signed 32-bit word. */
  word(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.state1, 5), 7), 9);
    const shifted = this.state1 << 9;
    this.state2 ^= this.state0;
    this.state3 ^= this.state1;
    this.state1 ^= this.state2;
    this.state0 ^= this.state3;
    this.state2 ^= shifted;
    this.state3 = rotateLeft(this.state3, 11);
    return result;
  }

  /** At least 0 and below 1. */
  fraction(): number {
    return (this.word() >>> 0) / 2 ** 32;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
