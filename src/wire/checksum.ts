import { uint8 } from './byte-order.js';
import type { IpAddress } from './ip-address.js';

/** So many bytes sum up to less than 2 to the 31st, which V8 keeps in a register without a box. */
const BLOCK = 0xfffe;

/**
 * Ones' complement sum of the 16-bit words from `start` to `end`, folded to 16 bits, on top of `initial`: the part of
 * RFC 1071 that sums can be built of. An odd last byte counts as the high half of a word.
 */
export function sumWords(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  let sum = fold(initial);
  let at = start;
  while (end - at >= 2) {
    const stop = Math.min(at + BLOCK, end) - 1;
    for (; at < stop; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    sum = fold(sum);
  }
  return at < end ? fold(sum + (uint8(bytes, at) << 8)) : sum;
}

function fold(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/** The Internet checksum (RFC 1071) of the bytes from `start` to `end`; `initial` is a sum, as of a pseudo-header. */
export function internetChecksum(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  return ~sumWords(bytes, start, end, initial) & 0xffff;
}

/** Whether bytes that hold their own checksum are as they were sent. */
export function verifyInternetChecksum(bytes: Uint8Array, start: number, end: number, initial = 0): boolean {
  return sumWords(bytes, start, end, initial) === 0xffff;
}

/** The checksum after one 16-bit word under it has changed: RFC 1624 section 3, equation 3. */
export function updateChecksum(checksum: number, oldWord: number, newWord: number): number {
  return ~fold((~checksum & 0xffff) + (~oldWord & 0xffff) + newWord) & 0xffff;
}

/**
 * The sum of the pseudo-header under UDP's, TCP's and ICMPv6's checksums: RFC 768, RFC 9293 section 3.1, RFC 8200
 * section 8.1. `length` is that of the upper-layer packet, in bytes. Both addresses are of one family.
 */
export function pseudoHeaderSum(source: IpAddress, destination: IpAddress, protocol: number, length: number): number {
  const addresses = addressSum(source) + addressSum(destination);
  return fold(addresses + protocol + (length >>> 16) + (length & 0xffff));
}

function addressSum(address: IpAddress): number {
  const bytes = address.bytes;
  return sumWords(bytes, 0, bytes.length);
}

/** As `pseudoHeaderSum`, of the source and destination that lie one behind the other in an IP header: no allocation. */
export function pseudoHeaderSumAt(
  bytes: Uint8Array,
  addresses: number,
  addressLength: 4 | 16,
  protocol: number,
  length: number,
): number {
  const sum = sumWords(bytes, addresses, addresses + 2 * addressLength);
  return fold(sum + protocol + (length >>> 16) + (length & 0xffff));
}
