import { native } from '../../../src/io/native.js';
import type { SocketKind } from '../../../src/options/option.js';
import type { OptionName } from '../../../src/options/table.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { must } from './loopback.js';

type Specification = readonly [family: number, type: number, protocol: number];

const DATAGRAM4: Specification = [LINUX.AF_INET, LINUX.SOCK_DGRAM, 0];

/** What socket(2) is asked for; raw sockets are of the protocol for experiments (RFC 3692), which nothing answers. */
const SPECIFICATIONS: Readonly<Record<SocketKind, Specification>> = {
  any: DATAGRAM4,
  ip: DATAGRAM4,
  udp: DATAGRAM4,
  tcp: [LINUX.AF_INET, LINUX.SOCK_STREAM, 0],
  udplite: [LINUX.AF_INET, LINUX.SOCK_DGRAM, LINUX.IPPROTO_UDPLITE],
  icmp: [LINUX.AF_INET, LINUX.SOCK_DGRAM, LINUX.IPPROTO_ICMP],
  raw: [LINUX.AF_INET, LINUX.SOCK_RAW, LINUX.IPPROTO_ICMP],
  ip6: [LINUX.AF_INET6, LINUX.SOCK_DGRAM, 0],
  icmp6: [LINUX.AF_INET6, LINUX.SOCK_DGRAM, LINUX.IPPROTO_ICMPV6],
  raw6: [LINUX.AF_INET6, LINUX.SOCK_RAW, 253],
  unix: [LINUX.AF_UNIX, LINUX.SOCK_STREAM, 0],
  packet: [LINUX.AF_PACKET, LINUX.SOCK_RAW, 0],
  netlink: [LINUX.AF_NETLINK, LINUX.SOCK_RAW, 0],
  mptcp: [LINUX.AF_INET, LINUX.SOCK_STREAM, LINUX.IPPROTO_MPTCP],
  tls: [LINUX.AF_INET, LINUX.SOCK_STREAM, 0],
  vsock: [LINUX.AF_VSOCK, LINUX.SOCK_STREAM, 0],
};

const RAW_ICMPV6: Specification = [LINUX.AF_INET6, LINUX.SOCK_RAW, LINUX.IPPROTO_ICMPV6];

/** ETH_P_ALL in network order: a group of packet sockets takes only such as receive. */
const RECEIVING_PACKET: Specification = [LINUX.AF_PACKET, LINUX.SOCK_RAW, 0x0300];

/** Rows whose socket has to be more particular than its kind. */
const PARTICULAR: Partial<Record<OptionName, Specification>> = {
  ICMPV6_FILTER: RAW_ICMPV6,
  ICMP6_FILTER: RAW_ICMPV6,
  PACKET_FANOUT: RECEIVING_PACKET,
};

const PRIVILEGED: readonly SocketKind[] = ['raw', 'raw6', 'packet', 'icmp', 'icmp6'];

function halfOfPair(): number {
  const pair = new Int32Array(2);
  must(native().socketPair(LINUX.AF_UNIX, LINUX.SOCK_STREAM, 0, pair));
  const [descriptor = -1, other = -1] = pair;
  must(native().close(other));
  return descriptor;
}

/** Whether a socket of the kind needs CAP_NET_RAW, or net.ipv4.ping_group_range. */
export function needsPrivilege(kind: SocketKind): boolean {
  return PRIVILEGED.includes(kind);
}

/** A new socket of a kind, or of the one that the option needs. One of Unix is half of a pair whose other half is gone. */
export function socketOfKind(kind: SocketKind, option?: OptionName): number {
  if (kind === 'unix') return halfOfPair();
  const [family, type, protocol] = (option && PARTICULAR[option]) ?? SPECIFICATIONS[kind];
  return must(native().socket(family, type, protocol));
}
