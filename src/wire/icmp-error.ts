import { concatenate } from './byte-array.js';
import { setUint32, uint8, uint16, uint32 } from './byte-order.js';
import { FieldValueError, requireUint } from './field-value-error.js';
import { decodeIcmpExtension, encodeIcmpExtension, type IcmpExtension } from './icmp-extension.js';
import {
  extendedQuoteLength,
  ICMP_QUOTE_OFFSET,
  icmpExtensionStart,
  icmpQuoteEnd,
  originalDatagramLength,
  writeOriginalDatagramLength,
} from './icmp-quote.js';
import {
  ICMP_CODE_FRAGMENTATION_NEEDED,
  ICMP_TYPE,
  ICMP6_TYPE,
  type IcmpErrorLayout,
  icmpErrorLayout,
  icmpErrorName,
} from './icmp-types.js';
import { type Family, IpAddress } from './ip-address.js';

/** The fact that the 32 bits behind the checksum hold, by type and code. */
interface IcmpErrorFact {
  /** The MTU that the packet did not fit in; 0 from a router older than RFC 1191. */
  mtu?: number;
  /** Where in the quoted packet the fault lies, in bytes. */
  pointer?: number;
  /** The router to use instead. */
  gateway?: IpAddress;
}

/** A message that reports on a packet and quotes its beginning. */
export interface IcmpError extends IcmpErrorFact {
  kind: 'error';
  type: number;
  code: number;
  /** Default when encoding: computed. Not verified when decoding: `verifyIcmpChecksum` does. */
  checksum?: number;
  /** `icmpErrorName` of type and code. Encoding ignores it. */
  error?: string;
  /** The packet that was at fault, from its IP header, as far as the router quotes it. */
  quote: Uint8Array;
  /** The quote's length as the router states it (RFC 4884), in bytes; 0 where it states none. Encoding computes it. */
  originalDatagramLength?: number;
  /** What the router adds. When encoding, only the objects count. */
  extension?: IcmpExtension;
}

/** The next hop's MTU in the error at `start`; 0 where it has none. Allocates nothing. */
export function icmpErrorMtu(family: Family, bytes: Uint8Array, start: number): number {
  const type = uint8(bytes, start);
  if (family === 6) return type === ICMP6_TYPE.packetTooBig ? uint32(bytes, start + 4) : 0;
  const needsFragmentation = uint8(bytes, start + 1) === ICMP_CODE_FRAGMENTATION_NEEDED;
  return type === ICMP_TYPE.destinationUnreachable && needsFragmentation ? uint16(bytes, start + 6) : 0;
}

/** The value of the error from `start` to `end`, of which at least 8 bytes are there. */
export function decodeIcmpError(
  family: Family,
  layout: IcmpErrorLayout,
  bytes: Uint8Array,
  start: number,
  end: number,
): IcmpError {
  const type = uint8(bytes, start);
  const code = uint8(bytes, start + 1);
  const extension = icmpExtensionStart(family, bytes, start, end);
  return {
    kind: 'error',
    type,
    code,
    checksum: uint16(bytes, start + 2),
    error: icmpErrorName(family, type, code),
    ...decodeFact(layout, bytes, start),
    quote: bytes.slice(start + ICMP_QUOTE_OFFSET, icmpQuoteEnd(family, bytes, start, end)),
    originalDatagramLength: originalDatagramLength(family, bytes, start),
    ...(extension >= 0 && { extension: decodeIcmpExtension(bytes, extension, end) }),
  };
}

/** A code that gives the field no meaning leaves it out, so that a 0 is never read as a fact. */
function decodeFact(layout: IcmpErrorLayout, bytes: Uint8Array, start: number): IcmpErrorFact {
  if (layout.onlyCode !== undefined && uint8(bytes, start + 1) !== layout.onlyCode) return {};
  switch (layout.field) {
    case 'mtu16':
      return { mtu: uint16(bytes, start + 6) };
    case 'mtu32':
      return { mtu: uint32(bytes, start + 4) };
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

/** How many bytes the error takes. */
export function icmpErrorLength(family: Family, error: IcmpError): number {
  return ICMP_QUOTE_OFFSET + quoteAndExtension(family, error).length;
}

/** Writes all of the error but its code and checksum. */
export function writeIcmpError(out: Uint8Array, at: number, family: Family, error: IcmpError): void {
  const layout = requireErrorLayout(family, error.type);
  out[at] = error.type;
  setUint32(out, at + 4, encodeFact(layout, error));
  out.set(quoteAndExtension(family, error), at + ICMP_QUOTE_OFFSET);
  if (error.extension) writeOriginalDatagramLength(family, out, at, extendedQuoteLength(family, error.quote.length));
}

function encodeFact(layout: IcmpErrorLayout, { mtu = 0, pointer = 0, gateway }: IcmpErrorFact): number {
  switch (layout.field) {
    case 'mtu16':
      return requireUint('mtu', mtu, 16);
    case 'mtu32':
      return requireUint('mtu', mtu, 32);
    case 'pointer8':
      return requireUint('pointer', pointer, 8) << 24;
    case 'pointer32':
      return requireUint('pointer', pointer, 32);
    case 'gateway':
      if (gateway?.family !== 4) throw new FieldValueError('gateway', gateway, 'an IPv4 address');
      return Number(gateway.value);
    case 'none':
      return 0;
  }
}

/** What follows the 8 bytes of an error's header; a quote is padded only where extensions follow it. */
function quoteAndExtension(family: Family, error: IcmpError): Uint8Array {
  if (error.extension === undefined) return error.quote;
  if (!requireErrorLayout(family, error.type).extensible) {
    throw new FieldValueError('extension', 'given', `none with ICMP type ${error.type} (RFC 4884 section 4)`);
  }
  const padding = new Uint8Array(extendedQuoteLength(family, error.quote.length) - error.quote.length);
  return concatenate([error.quote, padding, encodeIcmpExtension(error.extension.objects)]);
}

function requireErrorLayout(family: Family, type: number): IcmpErrorLayout {
  const layout = icmpErrorLayout(family, requireUint('type', type, 8));
  if (layout === undefined) throw new FieldValueError('type', type, `an error type of ICMP for IPv${family}`);
  return layout;
}
