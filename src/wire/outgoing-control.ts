import { setHostUint16, setHostUint32 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { type ControlMessage, encodeControlMessages } from './control-message.js';
import { FieldValueError, requireInteger, requireUint } from './field-value-error.js';
import { type Family, IpAddress } from './ip-address.js';
import { encodeIpv6ExtensionHeaders, type Ipv6ExtensionHeader } from './ipv6-extension-headers.js';
import { encodePacketInfo } from './packet-info.js';

/** Extension headers that a program may give: those of RFC 3542. The kernel makes fragment headers itself. */
export type SendableExtensionHeader = Extract<
  Ipv6ExtensionHeader,
  { kind: 'hop-by-hop' | 'destination' } | { kind: 'routing' }
>;

/** What control messages say of one datagram to be sent. What is left out is as the socket has it. */
export interface OutgoingControl {
  /** Family of the packet: 4 for an IPv4-mapped destination of a dual socket. */
  family: Family;
  /** The source address: one of this machine, unless IP_FREEBIND or IP_TRANSPARENT is on. */
  source?: IpAddress | undefined;
  /** The interface to leave by. */
  interfaceIndex?: number | undefined;
  /** TTL or hop limit: 1 to 255 (IPv6: 0 to 255). */
  hopLimit?: number | undefined;
  /** TOS or traffic class: 0 to 255. */
  trafficClass?: number | undefined;
  /** IPV6_DONTFRAG. IPv4 has no control message for it: a socket option does it. */
  dontFragment?: boolean | undefined;
  /** UDP_SEGMENT: the payload is cut into datagrams of so many bytes. */
  segmentSize?: number | undefined;
  /** SOF_TIMESTAMPING_TX_ flags: the stamps to take of this datagram. */
  stamps?: number | undefined;
  /** SCM_TS_OPT_ID, Linux 6.13: the number that these stamps bear, of 32 bits. SO_TIMESTAMPING opt-id has to be on. */
  stampNumber?: number | undefined;
  /** IPv6 extension headers, in the order of the packet. */
  extensionHeaders?: readonly SendableExtensionHeader[] | undefined;
}

/**
 * The control messages of sendmsg(2) for one datagram; no bytes where nothing is asked for.
 * @throws FieldValueError for a value that its field cannot hold, and for extension headers of an IPv4 packet.
 */
export function encodeOutgoingControl(control: OutgoingControl): Uint8Array {
  const { stamps, stampNumber, segmentSize } = control;
  const messages = control.family === 4 ? v4Messages(control) : v6Messages(control);
  if (segmentSize !== undefined) messages.push(segment(segmentSize));
  if (stamps !== undefined) messages.push(integer(LINUX.SOL_SOCKET, LINUX.SO_TIMESTAMPING, stamps));
  if (stampNumber !== undefined) messages.push(integer(LINUX.SOL_SOCKET, LINUX.SCM_TS_OPT_ID, stampNumber));
  return encodeControlMessages(messages);
}

function v4Messages(control: OutgoingControl): ControlMessage[] {
  const { hopLimit, trafficClass, extensionHeaders } = control;
  const level = LINUX.IPPROTO_IP;
  const messages = packetInfo(control, level, LINUX.IP_PKTINFO);
  if (extensionHeaders !== undefined && extensionHeaders.length > 0) {
    throw new FieldValueError('extensionHeaders', `${extensionHeaders.length} headers`, 'none in an IPv4 packet');
  }
  if (hopLimit !== undefined) messages.push(integer(level, LINUX.IP_TTL, requireInteger('hopLimit', hopLimit, 1, 255)));
  if (trafficClass !== undefined) {
    messages.push(integer(level, LINUX.IP_TOS, requireUint('trafficClass', trafficClass, 8)));
  }
  return messages;
}

function v6Messages(control: OutgoingControl): ControlMessage[] {
  const { hopLimit, trafficClass, dontFragment, extensionHeaders = [] } = control;
  const level = LINUX.IPPROTO_IPV6;
  const messages = packetInfo(control, level, LINUX.IPV6_PKTINFO);
  if (hopLimit !== undefined) messages.push(integer(level, LINUX.IPV6_HOPLIMIT, requireUint('hopLimit', hopLimit, 8)));
  if (trafficClass !== undefined) {
    messages.push(integer(level, LINUX.IPV6_TCLASS, requireUint('trafficClass', trafficClass, 8)));
  }
  if (dontFragment !== undefined) messages.push(integer(level, LINUX.IPV6_DONTFRAG, dontFragment ? 1 : 0));
  extensionHeaders.forEach((header, index) => {
    messages.push(extensionHeader(header, headerType(extensionHeaders, index)));
  });
  return messages;
}

function packetInfo(control: OutgoingControl, level: number, type: number): ControlMessage[] {
  const { family, source, interfaceIndex } = control;
  if (source === undefined && interfaceIndex === undefined) return [];
  const address = source ?? IpAddress.fromValue(family, 0n);
  if (address.family !== family) throw new FieldValueError('source', address, `an IPv${family} address`);
  const index = requireInteger('interfaceIndex', interfaceIndex ?? 0, 0, 2 ** 31 - 1);
  return [{ level, type, data: encodePacketInfo({ address, interfaceIndex: index }) }];
}

/** RFC 3542 section 9: destination options before a routing header are for each node named in it. */
function headerType(headers: readonly SendableExtensionHeader[], index: number): number {
  const kind = headers[index]?.kind;
  if (kind === 'hop-by-hop') return LINUX.IPV6_HOPOPTS;
  if (kind === 'routing') return LINUX.IPV6_RTHDR;
  const beforeRouting = headers.slice(index + 1).some(header => header.kind === 'routing');
  return beforeRouting ? LINUX.IPV6_RTHDRDSTOPTS : LINUX.IPV6_DSTOPTS;
}

/** The kernel writes the next-header number itself. */
function extensionHeader(header: SendableExtensionHeader, type: number): ControlMessage {
  return { level: LINUX.IPPROTO_IPV6, type, data: encodeIpv6ExtensionHeaders([header], 0) };
}

function segment(size: number): ControlMessage {
  const data = new Uint8Array(2);
  setHostUint16(data, 0, requireInteger('segmentSize', size, 1, 0xffff));
  return { level: LINUX.IPPROTO_UDP, type: LINUX.UDP_SEGMENT, data };
}

function integer(level: number, type: number, value: number): ControlMessage {
  const data = new Uint8Array(4);
  setHostUint32(data, 0, value);
  return { level, type, data };
}
