import { check } from './errors.js';
import { native } from './native.js';

/**
 * Signed 32-bit words of the system's randomness, at most 64. Loading node:crypto for them would cost a command more than the
 * ping that it does.
 */
export function randomWords(count: number): Int32Array {
  const words = new Int32Array(count);
  check(native().randomBytes(new Uint8Array(words.buffer)), 'getrandom');
  return words;
}
