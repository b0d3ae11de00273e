import { setOption } from '../io/option.js';
import { type FilterInstruction, filterProgram, WHOLE_PACKET } from '../options/filter-program.js';
import { LINUX } from '../wire/constants.generated.js';
import { echoReplyType, ICMP_TYPE, ICMP6_TYPE, isIcmpError } from '../wire/icmp-types.js';
import type { Family } from '../wire/ip-address.js';
import { IPV6_HEADER } from '../wire/ipv6-header.js';

/** Bytes before the quoted packet of an ICMP error, and where an echo message has its identifier (RFC 792, RFC 4443). */
const ICMP_HEADER = 8;
const IDENTIFIER = 4;

/** ICMP_FILTER knows no higher type. */
const LAST_FILTERED_TYPE = 31;

/**
 * Of ICMP the socket gets answers only, echo replies and errors: not the requests that this host is asked, which on
 * loopback are its own (ICMP_FILTER of raw(7), RFC 3542 section 3.2). Nothing is copied for what this keeps away.
 */
export function keepIcmpAnswers(descriptor: number, family: Family): void {
  const kept = (type: number): boolean => type === echoReplyType(family) || isIcmpError(family, type);
  if (family === 4) setOption(descriptor, 'ICMP_FILTER', allBut(kept, LAST_FILTERED_TYPE));
  else setOption(descriptor, 'ICMP6_FILTER', allBut(kept, 0xff));
}

function allBut(kept: (type: number) => boolean, last: number): number[] {
  return Array.from({ length: last + 1 }, (_, type) => type).filter(type => !kept(type));
}

const END: readonly FilterInstruction[] = [
  { do: 'label', name: 'accept' },
  { do: 'return', value: WHOLE_PACKET },
  { do: 'label', name: 'drop' },
  { do: 'return', value: 0 },
];

/**
 * A kernel filter for a raw ICMP socket: echo replies with our identifier, and errors that quote an echo request with
 * it. Every raw socket gets a copy of every ICMP message of the host; this keeps those of others out of our buffer.
 */
export function echoFilter(family: Family, identifier: number): Uint8Array {
  return filterProgram(family === 4 ? echoFilter4(identifier) : echoFilter6(identifier));
}

/** A raw IPv4 socket gets the IP header too, and the quoted header may have options: both lengths are computed. */
function echoFilter4(identifier: number): FilterInstruction[] {
  return [
    { do: 'load-header-length', at: 0 },
    { do: 'load', size: 1, at: 0, indexed: true },
    { do: 'jump', if: '==', value: ICMP_TYPE.echoReply, whenFalse: 'error' },
    { do: 'load', size: 2, at: IDENTIFIER, indexed: true },
    { do: 'jump', if: '==', value: identifier, whenTrue: 'accept', whenFalse: 'drop' },
    { do: 'label', name: 'error' },
    { do: 'load', size: 1, at: ICMP_HEADER + 9, indexed: true },
    { do: 'jump', if: '==', value: LINUX.IPPROTO_ICMP, whenFalse: 'drop' },
    { do: 'load', size: 1, at: ICMP_HEADER, indexed: true },
    { do: 'compute', operator: '&', value: 0xf },
    { do: 'compute', operator: '*', value: 4 },
    { do: 'compute', operator: '+' },
    { do: 'accumulator-to-index' },
    { do: 'load', size: 2, at: ICMP_HEADER + IDENTIFIER, indexed: true },
    { do: 'jump', if: '==', value: identifier, whenTrue: 'accept', whenFalse: 'drop' },
    ...END,
  ];
}

function echoFilter6(identifier: number): FilterInstruction[] {
  return [
    { do: 'load', size: 1, at: 0 },
    { do: 'jump', if: '==', value: ICMP6_TYPE.echoReply, whenFalse: 'error' },
    { do: 'load', size: 2, at: IDENTIFIER },
    { do: 'jump', if: '==', value: identifier, whenTrue: 'accept', whenFalse: 'drop' },
    { do: 'label', name: 'error' },
    { do: 'load', size: 1, at: ICMP_HEADER + 6 },
    { do: 'jump', if: '==', value: LINUX.IPPROTO_ICMPV6, whenFalse: 'drop' },
    { do: 'load', size: 2, at: ICMP_HEADER + IPV6_HEADER + IDENTIFIER },
    { do: 'jump', if: '==', value: identifier, whenTrue: 'accept', whenFalse: 'drop' },
    ...END,
  ];
}
