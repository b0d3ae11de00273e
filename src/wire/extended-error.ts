import { hostUint16, hostUint32, setHostUint32, uint8 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { requireUint } from './field-value-error.js';
import { decodeSocketAddress, encodeSocketAddress, type SocketAddress } from './socket-address.js';
import { requireBytes } from './wire-format-error.js';

const ORIGINS = {
  none: LINUX.SO_EE_ORIGIN_NONE,
  local: LINUX.SO_EE_ORIGIN_LOCAL,
  icmp: LINUX.SO_EE_ORIGIN_ICMP,
  icmp6: LINUX.SO_EE_ORIGIN_ICMP6,
  timestamping: LINUX.SO_EE_ORIGIN_TIMESTAMPING,
  zerocopy: LINUX.SO_EE_ORIGIN_ZEROCOPY,
} as const;

/** Where an error came from; a number where it has no name here. */
export type ErrorOrigin = keyof typeof ORIGINS | number;

const ORIGIN_NAMES = new Map<number, ErrorOrigin>(
  Object.entries(ORIGINS).map(([name, number]) => [number, name as keyof typeof ORIGINS]),
);

/** `struct sock_extended_err` of ip(7), IP_RECVERR, and the address of the node that reported the error. */
export interface ExtendedError {
  /** The error number of errno(3) that the socket would have reported. */
  errno: number;
  origin: ErrorOrigin;
  /** ICMP type, where an ICMP message was the cause. */
  type: number;
  /** ICMP code, likewise; how many zero-copy sends were copied after all, for `zerocopy`. */
  code: number;
  /** The next hop's MTU for EMSGSIZE; the kind of stamp (SCM_TSTAMP_) for `timestamping`; the first id for `zerocopy`. */
  info: number;
  /** OPT_ID counter for `timestamping`; the last id for `zerocopy`; RFC 4884 facts with IP_RECVERR_RFC4884. */
  data: number;
  /** The node that reported it; undefined where the kernel names none. */
  offender?: SocketAddress;
}

/** What the kernel found of an RFC 4884 extension in the packet behind an error: `struct sock_ee_data_rfc4884`. */
export interface Rfc4884Data {
  /** Where in the received payload the extension structure starts; 0 if there is none. */
  offset: number;
  /** The extension's checksum or objects are not well formed. */
  invalid: boolean;
}

const SIZE = LINUX.sizeof_sock_extended_err;

/** Readers for flat memory, at the start of the structure; they allocate nothing. */
export const ExtendedErrorAt = {
  errno: (bytes: Uint8Array, at: number) => hostUint32(bytes, at + LINUX.offsetof_sock_extended_err_ee_errno),
  origin: (bytes: Uint8Array, at: number) => uint8(bytes, at + LINUX.offsetof_sock_extended_err_ee_origin),
  type: (bytes: Uint8Array, at: number) => uint8(bytes, at + LINUX.offsetof_sock_extended_err_ee_type),
  code: (bytes: Uint8Array, at: number) => uint8(bytes, at + LINUX.offsetof_sock_extended_err_ee_code),
  info: (bytes: Uint8Array, at: number) => hostUint32(bytes, at + LINUX.offsetof_sock_extended_err_ee_info),
  data: (bytes: Uint8Array, at: number) => hostUint32(bytes, at + LINUX.offsetof_sock_extended_err_ee_data),
  /** Where the offender's socket address starts: SO_EE_OFFENDER of ip(7). */
  offender: (at: number) => at + SIZE,
} as const;

/**
 * The value of the control message IP_RECVERR or IPV6_RECVERR, whose data lie from `start` to `end`.
 * @throws WireFormatError for fewer bytes than the structure has, or a cut offender.
 */
export function decodeExtendedError(bytes: Uint8Array, start = 0, end = bytes.length): ExtendedError {
  requireBytes('extended error', start, Math.min(end, bytes.length), SIZE);
  const origin = ExtendedErrorAt.origin(bytes, start);
  const offender = decodeOffender(bytes, start + SIZE, end);
  return {
    errno: ExtendedErrorAt.errno(bytes, start),
    origin: ORIGIN_NAMES.get(origin) ?? origin,
    type: ExtendedErrorAt.type(bytes, start),
    code: ExtendedErrorAt.code(bytes, start),
    info: ExtendedErrorAt.info(bytes, start),
    data: ExtendedErrorAt.data(bytes, start),
    ...(offender && { offender }),
  };
}

/** The kernel writes AF_UNSPEC where no node is to blame: net/ipv4/ip_sockglue.c, ip_recv_error(). */
function decodeOffender(bytes: Uint8Array, start: number, end: number): SocketAddress | undefined {
  if (end <= start) return undefined;
  const offender = decodeSocketAddress(bytes, start, end - start);
  return offender.family === 'unknown' && offender.number === LINUX.AF_UNSPEC ? undefined : offender;
}

/** The bytes of the structure and its offender, as the kernel writes them: for tests and simulations. */
export function encodeExtendedError(error: ExtendedError): Uint8Array {
  const offender = error.offender === undefined ? new Uint8Array(0) : encodeSocketAddress(error.offender);
  const bytes = new Uint8Array(SIZE + offender.length);
  const origin = typeof error.origin === 'number' ? error.origin : ORIGINS[error.origin];
  setHostUint32(bytes, LINUX.offsetof_sock_extended_err_ee_errno, requireUint('errno', error.errno, 32));
  bytes[LINUX.offsetof_sock_extended_err_ee_origin] = requireUint('origin', origin, 8);
  bytes[LINUX.offsetof_sock_extended_err_ee_type] = requireUint('type', error.type, 8);
  bytes[LINUX.offsetof_sock_extended_err_ee_code] = requireUint('code', error.code, 8);
  setHostUint32(bytes, LINUX.offsetof_sock_extended_err_ee_info, requireUint('info', error.info, 32));
  setHostUint32(bytes, LINUX.offsetof_sock_extended_err_ee_data, requireUint('data', error.data, 32));
  bytes.set(offender, SIZE);
  return bytes;
}

/** `data` of an error that came while IP_RECVERR_RFC4884 or IPV6_RECVERR_RFC4884 was on: ip(7). */
export function decodeRfc4884Data(data: number): Rfc4884Data {
  const bytes = new Uint8Array(LINUX.sizeof_sock_ee_data_rfc4884);
  setHostUint32(bytes, 0, data);
  const flags = uint8(bytes, LINUX.offsetof_sock_ee_data_rfc4884_flags);
  const offset = hostUint16(bytes, LINUX.offsetof_sock_ee_data_rfc4884_len);
  return { offset, invalid: (flags & LINUX.SO_EE_RFC4884_FLAG_INVALID) !== 0 };
}
