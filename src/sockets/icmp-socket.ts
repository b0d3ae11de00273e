import type { DescriptorSource } from '../io/descriptor.js';
import { check, type SystemCallDetails, SystemCallError } from '../io/errors.js';
import { native } from '../io/native.js';
import { getOption, setOption } from '../io/option.js';
import type { Permission } from '../io/permission.js';
import { LINUX } from '../wire/constants.generated.js';
import { type Family, IpAddress } from '../wire/ip-address.js';
import { decodeSocketAddress, encodeSocketAddress } from '../wire/socket-address.js';
import type { Lane } from './channel/lane.js';
import { discardReceived } from './discard-received.js';
import { echoFilter, keepIcmpAnswers } from './icmp-filter.js';
import { takeOpened } from './opened-icmp-socket.js';
import { kernelTakesPacketNumbers } from './packet-numbers.js';

export interface IcmpSocketOptions {
  family: Family;
  /** raw: needs CAP_NET_RAW; ping: SOCK_DGRAM, needs a group in net.ipv4.ping_group_range. Default: raw if allowed, else ping. */
  kind?: 'raw' | 'ping';
  /** Sockets that somebody else has opened; the one of this family is taken. Default: one is opened. */
  sockets?: readonly DescriptorSource[];
  /** Echo identifier of a raw socket, 0 to 65,535; the kernel chooses a ping socket's. */
  identifier: number;
  /** Kernel transmit stamps in the error queue. */
  transmitStamps: boolean;
  /** They bear the packet's number where the kernel takes one: see `Lane`. Default: each comes with its packet. */
  numbered?: boolean;
  interface?: string;
  source?: IpAddress;
  mark?: number;
  ttl?: number;
  trafficClass?: number;
  mtuDiscover?: 'do' | 'want' | 'dont' | 'probe';
  /** The longest message that will be sent, from its ICMP header. Default: not known. */
  messageBytes?: number;
  /** IPv4 options for every packet, encoded. */
  ipOptions?: Uint8Array;
}

/** An ICMP or ICMPv6 socket set up for echoes: kernel filters, kernel stamps, error queue, hop limits of replies. */
export interface IcmpSocket {
  kind: 'raw' | 'ping';
  /** The identifier that its requests must carry, and its replies will. */
  identifier: number;
  lane: Lane;
}

/** Room for the replies that come while the event loop is busy elsewhere: tens of thousands of small ones. */
const RECEIVE_BUFFER = 8 << 20;
const SEND_BUFFER = 1 << 20;

/** Linux believes in no smaller path MTU: the default of net.ipv4.route.min_pmtu (ip-sysctl.rst). */
const LEAST_PATH_MTU = 552;
const IPV4_LONGEST_HEADER = 60;

const PROTOCOL: Readonly<Record<Family, number>> = { 4: LINUX.IPPROTO_ICMP, 6: LINUX.IPPROTO_ICMPV6 };
const ADDRESS_FAMILY: Readonly<Record<Family, number>> = { 4: LINUX.AF_INET, 6: LINUX.AF_INET6 };

/**
 * Opens a socket to ping with.
 * @throws PermissionError where neither kind is allowed; it names the command that mends it.
 * @throws SystemCallError where an option or the source address is refused; the socket is closed then.
 */
export function openIcmpSocket(options: IcmpSocketOptions): IcmpSocket {
  const { kind, descriptor } = openAllowed(options);
  try {
    setUp(descriptor, kind, options);
    const atomic = isAtomic(descriptor, kind, options);
    if (atomic) setOption(descriptor, 'IP_MTU_DISCOVER', 'do');
    const identifier = bindSocket(descriptor, kind, options);
    return { kind, identifier, lane: laneOf(descriptor, kind, options, atomic) };
  } catch (error) {
    native().close(descriptor);
    throw error;
  }
}

function laneOf(descriptor: number, kind: 'raw' | 'ping', options: IcmpSocketOptions, atomic: boolean): Lane {
  const { family, transmitStamps } = options;
  const delivers = kind === 'raw' && family === 4 ? 'ip-header' : 'message';
  const errorQueue = kind === 'ping' ? 'errors' : transmitStamps || family === 4 ? 'stamps' : 'unused';
  return { descriptor, family, delivers, errorQueue, numbered: isNumbered(options), atomic };
}

/** Somebody else's socket may send packets that are not ours, whose stamps would bear numbers too. */
function isNumbered({ transmitStamps, numbered = false, sockets }: IcmpSocketOptions): boolean {
  return transmitStamps && numbered && sockets === undefined && kernelTakesPacketNumbers();
}

/**
 * A raw socket's default, 'want', sets the don't-fragment bit too where a packet fits, but has an identification found first.
 * It sets none where the route's MTU is locked, and with net.ipv4.ip_no_pmtu_disc the default is another: then the kernel may
 * learn nothing of smaller MTUs on the path, and packets must stay such as routers can fragment.
 */
function isAtomic(descriptor: number, kind: 'raw' | 'ping', options: IcmpSocketOptions): boolean {
  const { family, mtuDiscover, sockets, messageBytes = Number.POSITIVE_INFINITY } = options;
  if (kind !== 'raw' || family !== 4 || mtuDiscover !== undefined || sockets !== undefined) return false;
  if (messageBytes + IPV4_LONGEST_HEADER > LEAST_PATH_MTU) return false;
  return getOption(descriptor, 'IP_MTU_DISCOVER') === 'want';
}

function openAllowed(options: IcmpSocketOptions): { kind: 'raw' | 'ping'; descriptor: number } {
  if (options.sockets !== undefined) return takeOpened(options.family, options.sockets);
  if (options.kind === 'ping') return { kind: 'ping', descriptor: open(options.family, 'ping') };
  try {
    return { kind: 'raw', descriptor: open(options.family, 'raw') };
  } catch (error) {
    const refused = error instanceof SystemCallError && (error.code === 'EPERM' || error.code === 'EACCES');
    if (!refused || options.kind === 'raw') throw error;
    return { kind: 'ping', descriptor: open(options.family, 'ping') };
  }
}

const KINDS = {
  raw: { type: LINUX.SOCK_RAW, permission: 'CAP_NET_RAW' },
  ping: { type: LINUX.SOCK_DGRAM, permission: 'net.ipv4.ping_group_range' },
} as const satisfies Record<string, { type: number; permission: Permission }>;

function open(family: Family, kind: 'raw' | 'ping'): number {
  const { type, permission } = KINDS[kind];
  const details: SystemCallDetails = {
    object: `${kind === 'raw' ? 'raw' : 'datagram'} ${family === 4 ? 'ICMP' : 'ICMPv6'}`,
  };
  return check(native().socket(ADDRESS_FAMILY[family], type, PROTOCOL[family]), 'socket', details, permission);
}

function setUp(descriptor: number, kind: 'raw' | 'ping', options: IcmpSocketOptions): void {
  if (kind === 'raw') {
    keepIcmpAnswers(descriptor, options.family);
    setOption(descriptor, 'SO_ATTACH_FILTER', echoFilter(options.family, options.identifier));
    discardReceived(descriptor);
  }
  setBuffers(descriptor);
  setOption(descriptor, 'SO_BROADCAST', true);
  setOption(descriptor, 'SO_RXQ_OVFL', true);
  setOption(descriptor, 'SO_SELECT_ERR_QUEUE', true);
  setOption(descriptor, 'SO_TIMESTAMPING', [
    'rx-software',
    'software',
    ...(options.transmitStamps ? (['tx-software'] as const) : []),
    ...(isNumbered(options) ? (['opt-id', 'opt-tsonly'] as const) : []),
  ]);
  if (options.family === 4) setUp4(descriptor, kind, options);
  else setUp6(descriptor, kind, options);
  if (options.interface !== undefined) setOption(descriptor, 'SO_BINDTODEVICE', options.interface);
  if (options.mark !== undefined) setOption(descriptor, 'SO_MARK', options.mark);
}

/** The forced size needs CAP_NET_ADMIN; the other is cut to net.core.rmem_max. */
function setBuffers(descriptor: number): void {
  try {
    setOption(descriptor, 'SO_RCVBUFFORCE', RECEIVE_BUFFER);
    setOption(descriptor, 'SO_SNDBUFFORCE', SEND_BUFFER);
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.code !== 'EPERM') throw error;
    setOption(descriptor, 'SO_RCVBUF', RECEIVE_BUFFER);
    setOption(descriptor, 'SO_SNDBUF', SEND_BUFFER);
  }
}

/**
 * A raw socket gets ICMP errors as messages and the TTL in the IP header; a ping socket gets both only if told so. Without
 * IP_RECVERR a raw socket is not told of packets that the interface's queue has no room for (raw_sendmsg in net/ipv4/raw.c).
 */
function setUp4(descriptor: number, kind: 'raw' | 'ping', options: IcmpSocketOptions): void {
  setOption(descriptor, 'IP_RECVERR', true);
  if (kind === 'ping') {
    setOption(descriptor, 'IP_RECVTTL', true);
    if (options.ipOptions !== undefined) setOption(descriptor, 'IP_RECVOPTS', true);
  }
  if (options.ttl !== undefined) {
    setOption(descriptor, 'IP_TTL', options.ttl);
    setOption(descriptor, 'IP_MULTICAST_TTL', options.ttl);
  }
  if (options.trafficClass !== undefined) setOption(descriptor, 'IP_TOS', options.trafficClass);
  if (options.mtuDiscover !== undefined) setOption(descriptor, 'IP_MTU_DISCOVER', options.mtuDiscover);
  if (options.ipOptions !== undefined) setOption(descriptor, 'IP_OPTIONS', options.ipOptions);
}

function setUp6(descriptor: number, kind: 'raw' | 'ping', options: IcmpSocketOptions): void {
  setOption(descriptor, 'IPV6_RECVHOPLIMIT', true);
  if (kind === 'ping') setOption(descriptor, 'IPV6_RECVERR', true);
  if (options.ttl !== undefined) {
    setOption(descriptor, 'IPV6_UNICAST_HOPS', options.ttl);
    setOption(descriptor, 'IPV6_MULTICAST_HOPS', options.ttl);
  }
  if (options.trafficClass !== undefined) setOption(descriptor, 'IPV6_TCLASS', options.trafficClass);
  if (options.mtuDiscover !== undefined) setOption(descriptor, 'IPV6_MTU_DISCOVER', options.mtuDiscover);
}

/** Binding gives a ping socket its identifier, which stands where other sockets have their port (net/ipv4/ping.c). */
function bindSocket(
  descriptor: number,
  kind: 'raw' | 'ping',
  { family, source, identifier }: IcmpSocketOptions,
): number {
  if (source === undefined && kind === 'raw') return identifier;
  const address = source ?? IpAddress.parse(family === 4 ? '0.0.0.0' : '::');
  bindTo(descriptor, address);
  if (kind === 'raw') return identifier;
  const name = new Uint8Array(LINUX.sizeof_sockaddr_storage);
  const length = check(native().socketName(descriptor, name), 'getsockname', { descriptor });
  const bound = decodeSocketAddress(name, 0, length);
  return bound.family === 'ip4' || bound.family === 'ip6' ? bound.port : 0;
}

function bindTo(descriptor: number, address: IpAddress): void {
  const family = address.family === 4 ? 'ip4' : 'ip6';
  const scope = address.scope === undefined ? {} : { scopeId: interfaceIndex(address.scope) };
  const name = encodeSocketAddress({ family, address, port: 0, ...scope });
  check(native().bind(descriptor, name), 'bind', { object: String(address), descriptor });
}

function interfaceIndex(scope: string): number {
  if (/^\d+$/.test(scope)) return Number(scope);
  return check(native().interfaceIndex(scope), 'if_nametoindex', { object: scope });
}
