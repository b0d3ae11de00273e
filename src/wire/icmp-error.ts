import { setUint16, setUint32, uint8, uint16, uint32 } from './byte-order.js';
import { FieldValueError, requireUint } from './field-value-error.js';
import { isIcmpExtension } from './icmp-extension.js';
import {
  ICMP_CODE_FRAGMENTATION_NEEDED,
  ICMP_TYPE,
  ICMP6_TYPE,
  type IcmpErrorLayout,
  icmpErrorLayout,
} from './icmp-types.js';
import { type Family, IpAddress } from './ip-address.js';

/** Where the quoted packet starts in an ICMP error. */
export const ICMP_QUOTE_OFFSET = 8;

/** RFC 4884 section 3: a quote that extensions follow is at least this long, padded with zeros if need be. */
export const MINIMUM_EXTENDED_QUOTE = 128;

/** What differs between the families in RFC 4884 sections 4.1 to 4.5: where the length stands, and its unit. */
const LENGTH_ATTRIBUTE = { 4: { offset: 5, unit: 4 }, 6: { offset: 4, unit: 8 } } as const;
const EXTENSION_HEADER = 4;

/** The facts that the 32 bits behind the checksum may hold. */
export interface IcmpErrorFields {
  /** The MTU that the packet did not fit in; 0 from a router older than RFC 1191. */
  mtu?: number;
  /** Where in the quoted packet the fault lies, in bytes. */
  pointer?: number;
  /** The router to use instead. */
  gateway?: IpAddress;
}

/** The stated length of the quoted packet in bytes (RFC 4884); 0 where none is stated. Allocates nothing. */
export function originalDatagramLength(family: Family, bytes: Uint8Array, start: number): number {
  const { offset, unit } = LENGTH_ATTRIBUTE[family];
  const extensible = icmpErrorLayout(family, uint8(bytes, start))?.extensible ?? false;
  return extensible ? uint8(bytes, start + offset) * unit : 0;
}

/**
 * Where the RFC 4884 extension structure of the ICMP error at `start` begins; -1 where there is none. A router that
 * states no length puts it behind 128 bytes of quote (section 5.5), which counts only if its checksum is right; so
 * does one behind a stated length of less than 128, which no compliant router sends. Allocates nothing.
 */
export function icmpExtensionStart(family: Family, bytes: Uint8Array, start: number, end: number): number {
  const stated = originalDatagramLength(family, bytes, start);
  const extensible = icmpErrorLayout(family, uint8(bytes, start))?.extensible ?? false;
  const quoteLength = stated === 0 ? MINIMUM_EXTENDED_QUOTE : stated;
  const at = start + ICMP_QUOTE_OFFSET + quoteLength;
  if (!extensible || end - at < EXTENSION_HEADER) return -1;
  return stated >= MINIMUM_EXTENDED_QUOTE || isIcmpExtension(bytes, at, end) ? at : -1;
}

/** Where the quoted packet of the ICMP error at `start` ends; it begins at `start + 8`. Allocates nothing. */
export function icmpQuoteEnd(family: Family, bytes: Uint8Array, start: number, end: number): number {
  const extension = icmpExtensionStart(family, bytes, start, end);
  if (extension >= 0) return extension;
  const stated = originalDatagramLength(family, bytes, start);
  const statedEnd = start + ICMP_QUOTE_OFFSET + stated;
  return stated >= MINIMUM_EXTENDED_QUOTE ? Math.min(end, statedEnd) : end;
}

/** The next hop's MTU in the error at `start`; 0 where it has none. Allocates nothing. */
export function icmpErrorMtu(family: Family, bytes: Uint8Array, start: number): number {
  const type = uint8(bytes, start);
  if (family === 6) return type === ICMP6_TYPE.packetTooBig ? uint32(bytes, start + 4) : 0;
  const isReport =
    type === ICMP_TYPE.destinationUnreachable && uint8(bytes, start + 1) === ICMP_CODE_FRAGMENTATION_NEEDED;
  return isReport ? uint16(bytes, start + 6) : 0;
}

/** A code that gives the field no meaning leaves it out, so that a 0 is never read as a fact. */
export function decodeIcmpErrorFields(
  family: Family,
  layout: IcmpErrorLayout,
  bytes: Uint8Array,
  start: number,
): IcmpErrorFields {
  if (layout.onlyCode !== undefined && uint8(bytes, start + 1) !== layout.onlyCode) return {};
  switch (layout.field) {
    case 'mtu16':
    case 'mtu32':
      return { mtu: icmpErrorMtu(family, bytes, start) };
    case 'pointer8':
      return { pointer: uint8(bytes, start + 4) };
    case 'pointer32':
      return { pointer: uint32(bytes, start + 4) };
    case 'gateway':
      return { gateway: IpAddress.readFrom(4, bytes, start + 4) };
    case 'none':
      return {};
  }
}

/** Writes the 32 bits behind the checksum, without the length attribute. */
export function writeIcmpErrorFields(
  out: Uint8Array,
  at: number,
  layout: IcmpErrorLayout,
  fields: IcmpErrorFields,
): void {
  setUint32(out, at + 4, 0);
  switch (layout.field) {
    case 'mtu16':
      return setUint16(out, at + 6, requireUint('mtu', fields.mtu ?? 0, 16));
    case 'mtu32':
      return setUint32(out, at + 4, requireUint('mtu', fields.mtu ?? 0, 32));
    case 'pointer8':
      out[at + 4] = requireUint('pointer', fields.pointer ?? 0, 8);
      return;
    case 'pointer32':
      return setUint32(out, at + 4, requireUint('pointer', fields.pointer ?? 0, 32));
    case 'gateway':
      return writeGateway(out, at + 4, fields.gateway);
    case 'none':
      return;
  }
}

function writeGateway(out: Uint8Array, at: number, gateway: IpAddress | undefined): void {
  if (gateway?.family !== 4) throw new FieldValueError('gateway', gateway, 'an IPv4 address');
  gateway.writeBytes(out, at);
}

/** How long the quote is on the wire: padded to what its length attribute can state, if extensions follow. */
export function extendedQuoteLength(family: Family, quoteLength: number): number {
  const { unit } = LENGTH_ATTRIBUTE[family];
  const length = Math.max(MINIMUM_EXTENDED_QUOTE, Math.ceil(quoteLength / unit) * unit);
  if (length > 0xff * unit)
    throw new FieldValueError('quote', `${quoteLength} bytes`, `0 to ${0xff * unit} bytes with extensions`);
  return length;
}

/** States the quote's length. */
export function writeOriginalDatagramLength(family: Family, out: Uint8Array, at: number, length: number): void {
  const { offset, unit } = LENGTH_ATTRIBUTE[family];
  out[at + offset] = length / unit;
}
