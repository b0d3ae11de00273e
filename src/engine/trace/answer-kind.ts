import { ICMP_CODE_FRAGMENTATION_NEEDED, ICMP_TYPE, ICMP6_TYPE } from '../../wire/icmp-types.js';
import type { Family } from '../../wire/ip-address.js';
import type { AnswerKind } from './answer.js';

/** Codes of destination unreachable that a host sends for want of a taker: RFC 792, RFC 4443 section 3.1. */
const CLOSED_CODES: Readonly<Record<Family, readonly number[]>> = { 4: [2, 3], 6: [4] };
/** RFC 4443 section 3.4: the host does not know the probe's protocol. */
const UNKNOWN_NEXT_HEADER = 1;

/** What an ICMP error means for the path; type -1 is this host's own word that the probe is too big. */
export function answerKind(family: Family, type: number, code: number): AnswerKind {
  if (type === -1 || carriesMtu(family, type, code)) return 'too-big';
  const { timeExceeded, destinationUnreachable } = family === 4 ? ICMP_TYPE : ICMP6_TYPE;
  if (type === timeExceeded) return code === 0 ? 'expired' : 'refused';
  if (type === destinationUnreachable) return CLOSED_CODES[family].includes(code) ? 'closed' : 'refused';
  return family === 6 && type === ICMP6_TYPE.parameterProblem && code === UNKNOWN_NEXT_HEADER ? 'closed' : 'refused';
}

/** Whether an error of this type and code tells the MTU of a link: RFC 1191 section 4, RFC 4443 section 3.2. */
export function carriesMtu(family: Family, type: number, code: number): boolean {
  if (family === 6) return type === ICMP6_TYPE.packetTooBig;
  return type === ICMP_TYPE.destinationUnreachable && code === ICMP_CODE_FRAGMENTATION_NEEDED;
}
