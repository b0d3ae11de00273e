import { randomBytes } from 'node:crypto';
import type { RandomSeed } from '../engine/random.js';

/** Four words of the system's randomness, for an engine's own generator. */
export function randomSeed(): RandomSeed {
  const words = randomBytes(16);
  return [words.readInt32LE(0), words.readInt32LE(4), words.readInt32LE(8), words.readInt32LE(12)];
}
