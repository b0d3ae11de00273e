import type { TraceAnswer } from '../../engine/trace/trace-event.js';

/** traceroute's marks for destination unreachable, by code: traceroute(8), "LIST OF AVAILABLE METHODS". */
const V4_UNREACHABLE: readonly string[] = [
  '!N',
  '!H',
  '!P',
  '',
  '!F',
  '!S',
  '!N',
  '!H',
  '!N',
  '!X',
  '!X',
  '!N',
  '!H',
  '!X',
  '!V',
  '!C',
];
const V6_UNREACHABLE: readonly string[] = ['!N', '!X', '!H', '!H', ''];

/** The mark behind a time for all that is no plain answer: `!H`, `!F-1400`, `!<12>`, `!<12-0>`; '' for a plain one. */
export function errorMark(family: 4 | 6, { icmpType, icmpCode = 0, error, mtu }: TraceAnswer): string {
  if (icmpType === undefined) return error === 'message-too-long' ? tooBig(mtu) : '';
  if (family === 4) {
    if (icmpType === 11 && icmpCode === 0) return '';
    if (icmpType !== 3) return `!<${icmpType}-${icmpCode}>`;
    return icmpCode === 4 ? tooBig(mtu) : (V4_UNREACHABLE[icmpCode] ?? `!<${icmpCode}>`);
  }
  if (icmpType === 3 && icmpCode === 0) return '';
  if (icmpType === 1) return V6_UNREACHABLE[icmpCode] ?? `!<${icmpCode}>`;
  if (icmpType === 2) return tooBig(mtu);
  return icmpType === 4 && icmpCode === 1 ? '!P' : `!<${icmpType}-${icmpCode}>`;
}

function tooBig(mtu: number | undefined): string {
  return mtu === undefined ? '!F' : `!F-${mtu}`;
}
