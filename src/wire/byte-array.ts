/** Arrays of bytes put together: for the encoders of values, which are for people and not for the hot path. */

/** The bytes of all parts, one behind the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Followed by zeros up to a multiple of `unit` bytes. */
export function padded(bytes: ArrayLike<number>, unit: number): Uint8Array {
  const result = new Uint8Array(Math.ceil(bytes.length / unit) * unit);
  result.set(bytes);
  return result;
}

/** The bytes of an unsigned integer in network order. */
export function octets(value: number, bits: 8 | 16 | 32): number[] {
  return Array.from({ length: bits / 8 }, (_, index) => (value >>> (bits - 8 - 8 * index)) & 0xff);
}
