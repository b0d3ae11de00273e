import type { RandomSeed } from '../engine/random.js';
import { randomWords } from '../io/random-words.js';

/** Four words of the system's randomness, for an engine's own generator. */
export function randomSeed(): RandomSeed {
  const [first = 0, second = 0, third = 0, fourth = 0] = randomWords(4);
  return [first, second, third, fourth];
}
