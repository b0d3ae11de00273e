import { decodeControlMessages, walkControlMessages } from '../../../../src/wire/control-message.js';
import { decodeExtendedError } from '../../../../src/wire/extended-error.js';
import { decodeIcmpExtension } from '../../../../src/wire/icmp-extension.js';
import { decodeIcmpMessage } from '../../../../src/wire/icmp-message.js';
import { IpAddress } from '../../../../src/wire/ip-address.js';
import { decodeIpPacket } from '../../../../src/wire/ip-packet.js';
import { decodeIpv4Header } from '../../../../src/wire/ipv4-header.js';
import { decodeIpv4Options } from '../../../../src/wire/ipv4-options.js';
import { decodeIpv6ExtensionHeaders } from '../../../../src/wire/ipv6-extension-headers.js';
import { decodeIpv6Header } from '../../../../src/wire/ipv6-header.js';
import { decodeSocketAddress } from '../../../../src/wire/socket-address.js';
import { decodeTcpHeader } from '../../../../src/wire/tcp-header.js';
import { decodeUdpHeader } from '../../../../src/wire/udp-header.js';

type Decoder = (bytes: Uint8Array, start: number, end: number) => unknown;

/** Every decoder of the layer, under one signature. */
export const DECODERS: Readonly<Record<string, Decoder>> = {
  IpAddress: (bytes, start, end) => IpAddress.fromBytes(bytes.subarray(start, end)),
  decodeIpv4Header,
  decodeIpv4Options,
  decodeIpv6Header,
  decodeIpv6HopByHop: (bytes, start, end) => decodeIpv6ExtensionHeaders(0, bytes, start, end),
  decodeIpv6Routing: (bytes, start, end) => decodeIpv6ExtensionHeaders(43, bytes, start, end),
  decodeIpv6Fragment: (bytes, start, end) => decodeIpv6ExtensionHeaders(44, bytes, start, end),
  decodeIpv6Authentication: (bytes, start, end) => decodeIpv6ExtensionHeaders(51, bytes, start, end),
  decodeIpPacket,
  decodeQuotedIpPacket: (bytes, start, end) => decodeIpPacket(bytes, start, end, { quoted: true }),
  decodeUdpHeader,
  decodeTcpHeader,
  decodeIcmpMessage: (bytes, start, end) => decodeIcmpMessage(4, bytes, start, end),
  decodeIcmp6Message: (bytes, start, end) => decodeIcmpMessage(6, bytes, start, end),
  decodeIcmpExtension,
  decodeSocketAddress: (bytes, start, end) => decodeSocketAddress(bytes, start, end - start),
  decodeControlMessages,
  walkControlMessages: (bytes, start, end) => walkControlMessages(bytes, start, end, () => true),
  decodeExtendedError,
};
