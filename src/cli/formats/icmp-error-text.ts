/** The words of iputils' ping for ICMP errors, so that people and scripts find what they know. */

/** A type's wordings by code; `other` for codes that have none. */
interface Wordings {
  codes: readonly string[];
  other: (code: number) => string;
}

/** RFC 792, RFC 1122 section 3.2.2.1 and RFC 1812 section 5.2.7.1; the words of iputils' ping4. */
const V4: Readonly<Record<number, Wordings>> = {
  3: {
    codes: [
      'Destination Net Unreachable',
      'Destination Host Unreachable',
      'Destination Protocol Unreachable',
      'Destination Port Unreachable',
      'Frag needed and DF set',
      'Source Route Failed',
      'Destination Net Unknown',
      'Destination Host Unknown',
      'Source Host Isolated',
      'Destination Net Prohibited',
      'Destination Host Prohibited',
      'Destination Net Unreachable for Type of Service',
      'Destination Host Unreachable for Type of Service',
      'Packet filtered',
      'Precedence Violation',
      'Precedence Cutoff',
    ],
    other: code => `Dest Unreachable, Bad Code: ${code}`,
  },
  4: { codes: [], other: () => 'Source Quench' },
  5: {
    codes: [
      'Redirect Network',
      'Redirect Host',
      'Redirect Type of Service and Network',
      'Redirect Type of Service and Host',
    ],
    other: code => `Redirect, Bad Code: ${code}`,
  },
  11: {
    codes: ['Time to live exceeded', 'Frag reassembly time exceeded'],
    other: code => `Time exceeded, Bad Code: ${code}`,
  },
  12: { codes: [], other: () => 'Parameter problem' },
};

/** RFC 4443 section 3; the words of iputils' ping6, and RFC 4443's own for codes 5 and 6. */
const V6: Readonly<Record<number, Wordings>> = {
  1: {
    codes: [
      'Destination unreachable: No route',
      'Destination unreachable: Administratively prohibited',
      'Destination unreachable: Beyond scope of source address',
      'Destination unreachable: Address unreachable',
      'Destination unreachable: Port unreachable',
      'Destination unreachable: Source address failed ingress/egress policy',
      'Destination unreachable: Reject route to destination',
    ],
    other: code => `Destination unreachable: Unknown code ${code}`,
  },
  2: { codes: [], other: () => 'Packet too big' },
  3: {
    codes: ['Time exceeded: Hop limit', 'Time exceeded: Defragmentation failure'],
    other: code => `Time exceeded: code ${code}`,
  },
  4: {
    codes: [
      'Parameter problem: Wrong header field',
      'Parameter problem: Unknown header',
      'Parameter problem: Unknown option',
    ],
    other: code => `Parameter problem: code ${code}`,
  },
};

/** An ICMP error as events tell it. */
export interface IcmpErrorReport {
  error: string;
  icmpType?: number;
  icmpCode?: number;
  mtu?: number;
}

/** `Destination Host Unreachable`, `Packet too big: mtu=1400`; for a type without words the event's own. */
export function icmpErrorText(family: 4 | 6, { error, icmpType, icmpCode = 0, mtu }: IcmpErrorReport): string {
  if (icmpType === undefined) return error;
  const wordings = (family === 4 ? V4 : V6)[icmpType];
  if (wordings === undefined) return `Bad ICMP type: ${icmpType}`;
  const words = wordings.codes[icmpCode] ?? wordings.other(icmpCode);
  return words + mtuText(family, icmpType, icmpCode, mtu);
}

/** RFC 1191 puts the MTU into "fragmentation needed", RFC 4443 into a type of its own. */
function mtuText(family: 4 | 6, type: number, code: number, mtu: number | undefined): string {
  if (family === 4) return type === 3 && code === 4 ? ` (mtu = ${mtu ?? 0})` : '';
  return type === 2 ? `: mtu=${mtu ?? 0}` : '';
}
