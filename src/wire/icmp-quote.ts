import { uint8 } from './byte-order.js';
import { FieldValueError } from './field-value-error.js';
import { isIcmpExtension } from './icmp-extension.js';
import { icmpErrorLayout } from './icmp-types.js';
import type { Family } from './ip-address.js';

/** Where the quoted packet starts in an ICMP error. */
export const ICMP_QUOTE_OFFSET = 8;

/** RFC 4884 section 3: a quote that extensions follow is at least this long, padded with zeros if need be. */
const MINIMUM_EXTENDED_QUOTE = 128;

/** What differs between the families in RFC 4884 sections 4.1 to 4.5: where the length stands, and its unit. */
const LENGTH_ATTRIBUTE = { 4: { offset: 5, unit: 4 }, 6: { offset: 4, unit: 8 } } as const;
const EXTENSION_HEADER = 4;

/** The stated length of the quoted packet in bytes (RFC 4884); 0 where none is stated. Allocates nothing. */
export function originalDatagramLength(family: Family, bytes: Uint8Array, start: number): number {
  if (!isExtensible(family, bytes, start)) return 0;
  const { offset, unit } = LENGTH_ATTRIBUTE[family];
  return uint8(bytes, start + offset) * unit;
}

/**
 * Where the RFC 4884 extension structure of the ICMP error at `start` begins; -1 where there is none. A router that
 * states no length puts it behind 128 bytes of quote (section 5.5), which counts only if its checksum is right; so
 * does one behind a stated length of less than 128, which no compliant router sends. Allocates nothing.
 */
export function icmpExtensionStart(family: Family, bytes: Uint8Array, start: number, end: number): number {
  const stated = originalDatagramLength(family, bytes, start);
  const at = start + ICMP_QUOTE_OFFSET + (stated === 0 ? MINIMUM_EXTENDED_QUOTE : stated);
  if (end - at < EXTENSION_HEADER || !isExtensible(family, bytes, start)) return -1;
  return stated >= MINIMUM_EXTENDED_QUOTE || isIcmpExtension(bytes, at, end) ? at : -1;
}

/** Where the quoted packet of the ICMP error at `start` ends; it begins at `start + 8`. Allocates nothing. */
export function icmpQuoteEnd(family: Family, bytes: Uint8Array, start: number, end: number): number {
  const extension = icmpExtensionStart(family, bytes, start, end);
  if (extension >= 0) return extension;
  const stated = originalDatagramLength(family, bytes, start);
  return stated >= MINIMUM_EXTENDED_QUOTE ? Math.min(end, start + ICMP_QUOTE_OFFSET + stated) : end;
}

function isExtensible(family: Family, bytes: Uint8Array, start: number): boolean {
  return icmpErrorLayout(family, uint8(bytes, start))?.extensible ?? false;
}

/** How long a quote is on the wire before extensions: padded to what its length attribute can state. */
export function extendedQuoteLength(family: Family, quoteLength: number): number {
  const { unit } = LENGTH_ATTRIBUTE[family];
  const maximum = 0xff * unit;
  if (quoteLength > maximum) {
    throw new FieldValueError('quote', quoteLength, `0 to ${maximum} bytes before extensions`, 'bytes');
  }
  return Math.max(MINIMUM_EXTENDED_QUOTE, Math.ceil(quoteLength / unit) * unit);
}

/** States the length of the quote in the error at `at`. */
export function writeOriginalDatagramLength(family: Family, out: Uint8Array, at: number, length: number): void {
  const { offset, unit } = LENGTH_ATTRIBUTE[family];
  out[at + offset] = length / unit;
}
