import { uint32 } from './byte-order.js';
import type { Family } from './ip-address.js';

/**
 * Addresses as four 32-bit words of flat memory, as `IpAddress.writeWords` leaves them: an IPv4 address is IPv4-mapped,
 * so that addresses of both families can be compared and hashed alike. Nothing here allocates.
 */

/** The third word of an IPv4-mapped address; the first two are 0. */
export const V4_MAPPED_PREFIX = 0xffff;

/** Copies the 4 or 16 bytes at `at` into four words. */
export function readAddressWordsAt(
  family: Family,
  bytes: Uint8Array,
  at: number,
  out: Uint32Array,
  offset: number,
): void {
  const v6 = family === 6;
  out[offset] = v6 ? uint32(bytes, at) : 0;
  out[offset + 1] = v6 ? uint32(bytes, at + 4) : 0;
  out[offset + 2] = v6 ? uint32(bytes, at + 8) : V4_MAPPED_PREFIX;
  out[offset + 3] = uint32(bytes, v6 ? at + 12 : at);
}
