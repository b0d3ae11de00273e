import { pseudoHeaderSum } from '../../../src/wire/checksum.js';
import type { IcmpExtensionObject } from '../../../src/wire/icmp-extension-object.js';
import { encodeIcmpMessage, type IcmpMessage, icmpMessageLength } from '../../../src/wire/icmp-message.js';
import { ICMP_TYPE, ICMP6_TYPE, isIcmpError } from '../../../src/wire/icmp-types.js';
import type { Family, IpAddress } from '../../../src/wire/ip-address.js';
import { IP_PROTOCOL } from '../../../src/wire/ip-protocol.js';
import { alter } from './alteration.js';
import { encodePacket, viewPacket } from './ip-packet.js';
import type { QuoteSpec } from './scenario.js';

/** RFC 1812 section 4.3.2.3: an error of at most 576 bytes; RFC 4443 section 2.4 (c): of at most 1280. */
const LONGEST_ERROR: Readonly<Record<Family, number>> = { 4: 576, 6: 1280 };
const IP_AND_ICMP_HEADER: Readonly<Record<Family, number>> = { 4: 28, 6: 48 };

export const ICMP_PROTOCOL: Readonly<Record<Family, number>> = { 4: IP_PROTOCOL.icmp, 6: IP_PROTOCOL.icmp6 };

/** The errors that nodes send, by family. */
export const ERRORS = {
  4: {
    timeExceeded: { type: ICMP_TYPE.timeExceeded, code: 0 },
    tooBig: { type: ICMP_TYPE.destinationUnreachable, code: 4 },
    portUnreachable: { type: ICMP_TYPE.destinationUnreachable, code: 3 },
    hostUnreachable: { type: ICMP_TYPE.destinationUnreachable, code: 1 },
  },
  6: {
    timeExceeded: { type: ICMP6_TYPE.timeExceeded, code: 0 },
    tooBig: { type: ICMP6_TYPE.packetTooBig, code: 0 },
    portUnreachable: { type: ICMP6_TYPE.destinationUnreachable, code: 4 },
    hostUnreachable: { type: ICMP6_TYPE.destinationUnreachable, code: 3 },
  },
} as const;

/** The bytes of an ICMP packet. */
export function icmpPacket(
  source: IpAddress,
  destination: IpAddress,
  message: IcmpMessage,
  { hopLimit = 64, ipOptions }: { hopLimit?: number; ipOptions?: Uint8Array } = {},
): Uint8Array {
  const { family } = source;
  const protocol = ICMP_PROTOCOL[family];
  const length = icmpMessageLength(family, message);
  const pseudoHeader = family === 6 ? pseudoHeaderSum(source, destination, protocol, length) : 0;
  const bytes = encodeIcmpMessage(family, message, pseudoHeader);
  return encodePacket({ source, destination, protocol, hopLimit, ipOptions }, bytes);
}

export interface ErrorStyle {
  quote?: QuoteSpec;
  extensions?: IcmpExtensionObject[];
}

export interface ErrorFacts {
  type: number;
  code: number;
  mtu?: number;
}

/** The error that a node at `from` sends about a packet; undefined for one about which none is sent. */
export function icmpErrorPacket(
  from: IpAddress,
  packet: Uint8Array,
  facts: ErrorFacts,
  { quote = {}, extensions }: ErrorStyle,
): Uint8Array | undefined {
  const { family, source, protocol, messageStart } = viewPacket(packet);
  const type = packet[messageStart] ?? 0;
  // RFC 1122 section 3.2.2 and RFC 4443 section 2.4 (e): never about an error.
  if (protocol === ICMP_PROTOCOL[family] && isIcmpError(family, type)) return undefined;
  return icmpPacket(from, source, {
    kind: 'error',
    ...facts,
    quote: quoteOf(packet, quote, extensions !== undefined),
    ...(extensions && { extension: { version: 2, checksum: 'valid', malformed: false, objects: extensions } }),
  });
}

function quoteOf(packet: Uint8Array, spec: QuoteSpec, extended: boolean): Uint8Array {
  const altered = spec.ipOptions ? withIpOptions(packet, spec.ipOptions) : alter(packet, spec.alter ?? []);
  const { family, messageStart } = viewPacket(altered);
  // Room for extensions: RFC 4884 section 3 has 128 bytes of quote before them.
  const longest = extended ? 128 : LONGEST_ERROR[family] - IP_AND_ICMP_HEADER[family];
  const length = spec.bytes ?? (spec.payload === undefined ? longest : messageStart + spec.payload);
  return altered.slice(0, Math.min(length, altered.length));
}

function withIpOptions(packet: Uint8Array, ipOptions: Uint8Array): Uint8Array {
  const { source, destination, protocol, hopLimit, messageStart } = viewPacket(packet);
  return encodePacket({ source, destination, protocol, hopLimit, ipOptions }, packet.subarray(messageStart));
}
