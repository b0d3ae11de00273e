import { errnoName } from '../../wire/errno.js';
import type { ErrorOrigin, ExtendedError } from '../../wire/extended-error.js';
import { icmpErrorName } from '../../wire/icmp-types.js';
import type { Family, IpAddress } from '../../wire/ip-address.js';
import type { IpSocketAddress } from '../../wire/socket-address.js';

/**
 * An error that the network, or this machine's own IP layer, reported about a datagram sent before: IP_RECVERR of ip(7).
 * Anybody who can guess address and ports can forge one.
 */
export interface NetworkError {
  /** As errno(3) has it: `ECONNREFUSED` for an unreachable port, `EMSGSIZE` for a datagram that is too long. */
  code: string;
  /** In words: `port-unreachable`, `host-unreachable`, `fragmentation-needed`, `time-exceeded`; `message-too-long` for a local one. */
  error: string;
  /** `icmp` and `icmp6`: a message came; `local`: this machine refused to send. */
  origin: ErrorOrigin;
  /** ICMP type and code; undefined for a local error. */
  icmpType: number | undefined;
  icmpCode: number | undefined;
  /** Who reported it: a router, or the destination itself. */
  offender: IpAddress | undefined;
  /** The next hop's or the path's MTU in bytes, where the datagram was too long for it. */
  mtu: number | undefined;
  /** Where the datagram was sent to. */
  destination: IpSocketAddress | undefined;
  /** As much of the datagram's payload as the message quoted. */
  quote: Buffer;
}

/** The event for an extended error. */
export function createNetworkError(
  extended: ExtendedError,
  destination: IpSocketAddress | undefined,
  quote: Buffer,
): NetworkError {
  const code = errnoName(extended.errno) ?? `E${extended.errno}`;
  const family = icmpFamily(extended.origin);
  const { offender } = extended;
  const known = offender !== undefined && (offender.family === 'ip4' || offender.family === 'ip6');
  return {
    code,
    error: errorWords(extended, family, code),
    origin: extended.origin,
    icmpType: family && extended.type,
    icmpCode: family && extended.code,
    offender: known ? offender.address.unmap() : undefined,
    mtu: code === 'EMSGSIZE' && extended.info > 0 ? extended.info : undefined,
    destination,
    quote,
  };
}

function icmpFamily(origin: ErrorOrigin): Family | undefined {
  if (origin === 'icmp') return 4;
  return origin === 'icmp6' ? 6 : undefined;
}

function errorWords({ type, code }: ExtendedError, family: Family | undefined, errno: string): string {
  if (family !== undefined) return icmpErrorName(family, type, code) ?? 'unknown-error';
  return errno === 'EMSGSIZE' ? 'message-too-long' : errno.toLowerCase();
}
