import type { Codec, EncodeContext } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';

const utf8 = new TextDecoder();

/** Refuses what is no string of at most `greatest` bytes of UTF-8 without a NUL, and gives its bytes. */
export function requireText(value: unknown, greatest: number, { name }: EncodeContext): Uint8Array {
  if (typeof value !== 'string') throw new OptionValueError(name, value, 'allowed is a string');
  if (value.includes('\0')) throw new OptionValueError(name, value, 'a NUL character would end it early');
  const encoded = new TextEncoder().encode(value);
  if (encoded.length > greatest) {
    throw new OptionValueError(name, value, `it has ${encoded.length} bytes, allowed are ${greatest}`);
  }
  return encoded;
}

/**
 * A name of at most `greatest` bytes. The kernel ends it with a NUL when it is read.
 * @param size how many bytes to offer for reading.
 */
export function text(greatest: number, size = greatest + 1): Codec<string> {
  return {
    shape: 'string',
    size,
    encode: (value, context) => requireText(value, greatest, context),
    decode: bytes => utf8.decode(bytes.subarray(0, lengthBeforeNul(bytes))),
  };
}

function lengthBeforeNul(bytes: Uint8Array): number {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes.length : end;
}
