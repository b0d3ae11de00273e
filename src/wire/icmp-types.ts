import type { Family } from './ip-address.js';

/** IPv4: IANA "ICMP Type Numbers"; RFC 792 unless noted. */
export const ICMP_TYPE = {
  echoReply: 0,
  destinationUnreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
  timestampRequest: 13,
  timestampReply: 14,
} as const;

/** IPv6: IANA "ICMPv6 type Numbers"; RFC 4443 unless noted. */
export const ICMP6_TYPE = {
  destinationUnreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
  /** RFC 4861. */
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
  redirect: 137,
} as const;

/** Code of destination unreachable that carries the next hop's MTU: RFC 1191 section 4. */
export const ICMP_CODE_FRAGMENTATION_NEEDED = 4;

/** What the 32 bits behind the checksum of an error hold, and whether RFC 4884 extensions may follow the quote. */
export interface IcmpErrorLayout {
  /** `mtu16`: the lower half (RFC 1191); `pointer8`: the first byte; `gateway`: an IPv4 address. */
  field: 'none' | 'mtu16' | 'mtu32' | 'pointer8' | 'pointer32' | 'gateway';
  extensible: boolean;
  /** The only code with which `field` means anything. Default: every code. */
  onlyCode?: number;
  /** What to call a code that has no word of its own. */
  name: string;
  /** Words by code. */
  codes: readonly string[];
}

/** Error types by number. */
type ErrorTable = ReadonlyMap<number, IcmpErrorLayout>;

/** RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1; extensible: RFC 4884 section 4. */
const V4_ERRORS: ErrorTable = new Map<number, IcmpErrorLayout>([
  [
    ICMP_TYPE.destinationUnreachable,
    {
      field: 'mtu16',
      onlyCode: ICMP_CODE_FRAGMENTATION_NEEDED,
      extensible: true,
      name: 'destination-unreachable',
      codes: [
        'net-unreachable',
        'host-unreachable',
        'protocol-unreachable',
        'port-unreachable',
        'fragmentation-needed',
        'source-route-failed',
        'net-unknown',
        'host-unknown',
        'source-isolated',
        'net-prohibited',
        'host-prohibited',
        'net-unreachable-for-service',
        'host-unreachable-for-service',
        'admin-prohibited',
        'precedence-violation',
        'precedence-cutoff',
      ],
    },
  ],
  [ICMP_TYPE.sourceQuench, { field: 'none', extensible: false, name: 'source-quench', codes: [] }],
  [
    ICMP_TYPE.redirect,
    {
      field: 'gateway',
      extensible: false,
      name: 'redirect',
      codes: ['redirect-net', 'redirect-host', 'redirect-net-for-service', 'redirect-host-for-service'],
    },
  ],
  [
    ICMP_TYPE.timeExceeded,
    {
      field: 'none',
      extensible: true,
      name: 'time-exceeded',
      codes: ['time-exceeded', 'reassembly-time-exceeded'],
    },
  ],
  [
    ICMP_TYPE.parameterProblem,
    {
      field: 'pointer8',
      extensible: true,
      name: 'parameter-problem',
      codes: ['parameter-problem', 'option-missing', 'bad-length'],
    },
  ],
]);

/** RFC 4443 section 3, RFC 7112, RFC 8754, RFC 8883; extensible: RFC 4884 section 4. */
const V6_ERRORS: ErrorTable = new Map<number, IcmpErrorLayout>([
  [
    ICMP6_TYPE.destinationUnreachable,
    {
      field: 'none',
      extensible: true,
      name: 'destination-unreachable',
      codes: [
        'no-route',
        'admin-prohibited',
        'beyond-scope',
        'address-unreachable',
        'port-unreachable',
        'policy-failed',
        'reject-route',
        'source-routing-header-error',
        'headers-too-long',
      ],
    },
  ],
  [ICMP6_TYPE.packetTooBig, { field: 'mtu32', extensible: false, name: 'packet-too-big', codes: [] }],
  [
    ICMP6_TYPE.timeExceeded,
    {
      field: 'none',
      extensible: true,
      name: 'time-exceeded',
      codes: ['time-exceeded', 'reassembly-time-exceeded'],
    },
  ],
  [
    ICMP6_TYPE.parameterProblem,
    {
      field: 'pointer32',
      extensible: false,
      name: 'parameter-problem',
      codes: [
        'parameter-problem',
        'unknown-next-header',
        'unknown-option',
        'incomplete-header-chain',
        'upper-layer-header-error',
        'next-header-refused',
        'extension-header-too-big',
        'extension-header-chain-too-long',
        'too-many-extension-headers',
        'too-many-options',
        'option-too-big',
      ],
    },
  ],
]);

const ERRORS: Readonly<Record<Family, ErrorTable>> = { 4: V4_ERRORS, 6: V6_ERRORS };
const NO_FIELD: IcmpErrorLayout = { field: 'none', extensible: false, name: 'unknown-error', codes: [] };

/** How an error of this type is laid out; undefined for a type that is no error. */
export function icmpErrorLayout(family: Family, type: number): IcmpErrorLayout | undefined {
  return ERRORS[family].get(type) ?? (isIcmpError(family, type) ? NO_FIELD : undefined);
}

/**
 * Whether messages of this type report on a packet and quote it. ICMPv6 types up to 127 are errors, known or not
 * (RFC 4443 section 2.1); of ICMP those that RFC 1122 section 3.2.2 lists.
 */
export function isIcmpError(family: Family, type: number): boolean {
  return family === 6 ? type < 128 : ERRORS[4].has(type);
}

/**
 * A stable word for an error: `port-unreachable`. A code without a word of its own gets that of its type, an unknown
 * ICMPv6 error type `unknown-error`; undefined for a type that is no error.
 */
export function icmpErrorName(family: Family, type: number, code: number): string | undefined {
  const layout = icmpErrorLayout(family, type);
  return layout && (layout.codes[code] ?? layout.name);
}

/** The type of an echo request. */
export function echoRequestType(family: Family): number {
  return family === 4 ? ICMP_TYPE.echoRequest : ICMP6_TYPE.echoRequest;
}

/** The type of an echo reply. */
export function echoReplyType(family: Family): number {
  return family === 4 ? ICMP_TYPE.echoReply : ICMP6_TYPE.echoReply;
}
