import { hostUint16, hostUint32, setHostUint16, setHostUint32 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { WireFormatError } from './wire-format-error.js';

/** One message of netlink(7). */
export interface NetlinkMessage {
  type: number;
  flags: number;
  sequence: number;
  /** What follows `struct nlmsghdr`. */
  body: Uint8Array;
}

/** An attribute: `struct rtattr` of rtnetlink(7). */
export interface NetlinkAttribute {
  type: number;
  data: Uint8Array;
}

const HEADER = LINUX.sizeof_nlmsghdr;
const ATTRIBUTE_HEADER = LINUX.sizeof_rtattr;
/** NLMSG_ALIGNTO and RTA_ALIGNTO. */
const ALIGNMENT = 4;
/** The two highest bits of an attribute's type say how its data are laid out: NLA_F_NESTED, NLA_F_NET_BYTEORDER. */
const TYPE_MASK = 0x3fff;

function align(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/** A message's bytes. */
export function encodeNetlinkMessage({ type, flags, sequence, body }: NetlinkMessage): Uint8Array {
  const bytes = new Uint8Array(HEADER + body.length);
  setHostUint32(bytes, LINUX.offsetof_nlmsghdr_nlmsg_len, bytes.length);
  setHostUint16(bytes, LINUX.offsetof_nlmsghdr_nlmsg_type, type);
  setHostUint16(bytes, LINUX.offsetof_nlmsghdr_nlmsg_flags, flags);
  setHostUint32(bytes, LINUX.offsetof_nlmsghdr_nlmsg_seq, sequence);
  bytes.set(body, HEADER);
  return bytes;
}

/**
 * The messages of one received datagram; their bodies are views.
 * @throws WireFormatError for a length that is less than a header or more than there is.
 */
export function decodeNetlinkMessages(bytes: Uint8Array): NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (let at = 0; bytes.length - at >= HEADER; ) {
    const length = hostUint32(bytes, at + LINUX.offsetof_nlmsghdr_nlmsg_len);
    requireFit('netlink message', at, length, HEADER, bytes.length);
    messages.push({
      type: hostUint16(bytes, at + LINUX.offsetof_nlmsghdr_nlmsg_type),
      flags: hostUint16(bytes, at + LINUX.offsetof_nlmsghdr_nlmsg_flags),
      sequence: hostUint32(bytes, at + LINUX.offsetof_nlmsghdr_nlmsg_seq),
      body: bytes.subarray(at + HEADER, at + length),
    });
    at += align(length);
  }
  return messages;
}

/** The attributes that follow the first `start` bytes of a message's body. */
export function decodeNetlinkAttributes(body: Uint8Array, start: number): NetlinkAttribute[] {
  const attributes: NetlinkAttribute[] = [];
  for (let at = align(start); body.length - at >= ATTRIBUTE_HEADER; ) {
    const length = hostUint16(body, at);
    requireFit('netlink attribute', at, length, ATTRIBUTE_HEADER, body.length);
    const type = hostUint16(body, at + LINUX.offsetof_rtattr_rta_type) & TYPE_MASK;
    attributes.push({ type, data: body.subarray(at + ATTRIBUTE_HEADER, at + length) });
    at += align(length);
  }
  return attributes;
}

/** Attributes as they follow a structure, each padded to the alignment. */
export function encodeNetlinkAttributes(attributes: readonly NetlinkAttribute[]): Uint8Array {
  const parts = attributes.map(({ type, data }) => {
    const bytes = new Uint8Array(align(ATTRIBUTE_HEADER + data.length));
    setHostUint16(bytes, 0, ATTRIBUTE_HEADER + data.length);
    setHostUint16(bytes, LINUX.offsetof_rtattr_rta_type, type);
    bytes.set(data, ATTRIBUTE_HEADER);
    return bytes;
  });
  return new Uint8Array(parts.flatMap(part => [...part]));
}

/** The errno of an NLMSG_ERROR message, negated; 0 is an acknowledgement. */
export function netlinkErrno({ body }: NetlinkMessage): number {
  if (body.length < 4) throw new WireFormatError('netlink error', 0, `${body.length} bytes where 4 are needed`);
  return hostUint32(body, 0) | 0;
}

function requireFit(structure: string, at: number, length: number, least: number, end: number): void {
  if (length >= least && length <= end - at) return;
  throw new WireFormatError(structure, at, `length ${length}, with ${end - at} bytes left`);
}
