import { LEAST_MTU, MOST_MTU, segmentSize } from '../engine/mtu/mtu-options.js';
import { ArgumentError, requireInteger } from '../io/argument-error.js';
import type { DescriptorSource } from '../io/descriptor.js';
import { SystemCallError } from '../io/errors.js';
import { getOption, setOption } from '../io/option.js';
import type { Family } from '../wire/ip-address.js';

/**
 * How the kernel treats packets of a socket that are larger than what it believes of their path (IP_MTU_DISCOVER of ip(7)):
 * - dont: they are sent without the don't-fragment bit, in fragments where they have to be.
 * - want: the bit is set, and the socket's own fragments keep within the path's MTU.
 * - do: the bit is set, and what is larger fails with EMSGSIZE.
 * - probe: the bit is set, and the kernel's belief is not asked: for searching.
 * - interface: as probe, but without the bit on IPv4; and reports are not believed, which defends against forged ones.
 * - omit: as interface, but what is larger than the interface takes is sent in fragments.
 */
export type PathMtuDiscovery = 'dont' | 'want' | 'do' | 'probe' | 'interface' | 'omit';

const MODES: readonly PathMtuDiscovery[] = ['dont', 'want', 'do', 'probe', 'interface', 'omit'];

/** The family of packets that a socket sends, as far as its own family says. */
export function socketFamily(socket: DescriptorSource): Family {
  const domain = getOption(socket, 'SO_DOMAIN');
  if (domain === 'inet') return 4;
  if (domain === 'inet6') return 6;
  throw new ArgumentError('socket', domain, 'an IPv4 or IPv6 socket');
}

/**
 * What the kernel believes the path MTU of a connected socket to be, in bytes of the whole packet: of its route, its cache
 * of reports or the interface (IP_MTU of ip(7), IPV6_MTU of ipv6(7)).
 * @throws SystemCallError ENOTCONN for a socket that is not connected.
 */
export function pathMtu(socket: DescriptorSource): number {
  return getOption(socket, socketFamily(socket) === 4 ? 'IP_MTU' : 'IPV6_MTU');
}

/** As `pathMtu`; undefined for a socket that is not connected. */
export function pathMtuIfConnected(socket: DescriptorSource): number | undefined {
  try {
    return pathMtu(socket);
  } catch (error) {
    if (error instanceof SystemCallError && error.code === 'ENOTCONN') return undefined;
    throw error;
  }
}

/**
 * Sets how large packets of a socket are treated, by name and whatever its family: an IPv6 socket's IPv4 packets too.
 * @throws ArgumentError for another mode.
 */
export function setPathMtuDiscovery(socket: DescriptorSource, mode: PathMtuDiscovery): void {
  if (!MODES.includes(mode)) throw new ArgumentError('mode', mode, MODES.join(', '));
  if (socketFamily(socket) === 6) setOption(socket, 'IPV6_MTU_DISCOVER', mode);
  setOption(socket, 'IP_MTU_DISCOVER', mode);
}

/** What a TCP connection has found out about its path. */
export interface ConnectionPath {
  /** Path MTU as the connection believes it. */
  mtu: number;
  /** Largest segments that it sends: what the peer takes, and the path. */
  segment: number;
  /** Largest segment that it has told the peer to send. */
  advertised: number;
}

/**
 * What a connected TCP socket has found out about its path: TCP_INFO and TCP_MAXSEG.
 * @throws SystemCallError for another kind of socket.
 */
export function connectionPath(socket: DescriptorSource): ConnectionPath {
  const { pmtu = 0, advmss = 0 } = getOption(socket, 'TCP_INFO');
  return { mtu: pmtu, segment: getOption(socket, 'TCP_MAXSEG'), advertised: advmss };
}

/** The largest TCP segment that a packet of `mtu` bytes has room for, without options: RFC 6691. */
export function segmentSizeOf(mtu: number, family: Family): number {
  return segmentSize(family, requireInteger('mtu', mtu, LEAST_MTU[4], MOST_MTU, 'bytes'));
}

/**
 * Keeps the segments of a TCP socket within a path MTU that was found: TCP_MAXSEG. Before the connection is opened it is also
 * what the peer is told to send at most (tcp(7)); afterwards the kernel takes no more than was agreed on.
 * @returns the segment size that was set.
 */
export function limitSegments(socket: DescriptorSource, mtu: number): number {
  const size = segmentSizeOf(mtu, socketFamily(socket));
  setOption(socket, 'TCP_MAXSEG', size);
  return size;
}
