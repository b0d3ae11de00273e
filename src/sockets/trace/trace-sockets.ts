import { check, SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { setOption } from '../../io/option.js';
import type { Permission } from '../../io/permission.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type Family, IpAddress } from '../../wire/ip-address.js';
import { decodeSocketAddress, encodeSocketAddress } from '../../wire/socket-address.js';
import type { Lane } from '../channel/lane.js';
import { discardReceived } from '../discard-received.js';
import { keepIcmpAnswers } from '../icmp-filter.js';
import { openIcmpSocket } from '../icmp-socket.js';
import { destinationPortFilter, nothingFilter } from './trace-filter.js';
import { setUpSocket, type TraceSocketOptions } from './trace-socket-options.js';

export type TraceSocketProtocol = 'udp' | 'icmp' | 'tcp';

/** A socket, or the maker of sockets for connections, that sends probes of one protocol. */
export interface TransmitSocket {
  /** Its place among the channel's lanes. */
  lane: number;
  /** Who writes the transport header. */
  header: 'ours' | 'kernel';
  /** Source port, or ICMP identifier. */
  local: number;
  oneAtATime: boolean;
  reportsEarlierErrors: boolean;
  stamps: boolean;
}

/** The open sockets of one family. */
export interface TraceSockets {
  kind: 'raw' | 'unprivileged';
  lanes: Lane[];
  transmit: Partial<Record<TraceSocketProtocol, TransmitSocket>>;
  /** By lane: what its messages are. */
  roles: Record<number, TraceSocketProtocol>;
  /** The lane that stands for TCP connections, where there is one: it is no socket. */
  connectLane?: number;
  /** Why there is no socket for echo requests. */
  refusal?: SystemCallError;
  /** All that is open: the lanes' sockets, and one that only keeps a TCP port from being used by others. */
  descriptors: number[];
}

const ADDRESS_FAMILY: Readonly<Record<Family, number>> = { 4: LINUX.AF_INET, 6: LINUX.AF_INET6 };
/** Lanes that are no sockets have numbers that no socket's place in the channel can have. */
const CONNECT_LANE: Readonly<Record<Family, number>> = { 4: 0x10004, 6: 0x10006 };
/** Source ports that TCP flows may use, from the first on: multipath discovery uses many. */
const TCP_PORTS = 4096;

/**
 * Opens what a trace sends and listens with: raw sockets where they are allowed, and else sockets that anybody may open.
 * @param firstLane the place that the first of them will have among the channel's lanes.
 * @throws SystemCallError where an option or the source address is refused; nothing stays open then.
 */
export function openTraceSockets(options: TraceSocketOptions, firstLane: number): TraceSockets {
  if (options.kind !== 'unprivileged') {
    try {
      return open(options, firstLane, 'raw', openRaw);
    } catch (error) {
      const refused = error instanceof SystemCallError && (error.code === 'EPERM' || error.code === 'EACCES');
      if (!refused || options.kind === 'raw') throw error;
    }
  }
  return open(options, firstLane, 'unprivileged', openUnprivileged);
}

/** Closes all of them. Sockets of connections are their maker's to close. */
export function closeTraceSockets({ descriptors }: TraceSockets): void {
  for (const descriptor of descriptors) native().close(descriptor);
}

function open(
  options: TraceSocketOptions,
  firstLane: number,
  kind: TraceSockets['kind'],
  fill: (sockets: TraceSockets, options: TraceSocketOptions, firstLane: number) => void,
): TraceSockets {
  const sockets: TraceSockets = { kind, lanes: [], transmit: {}, roles: {}, descriptors: [] };
  try {
    fill(sockets, options, firstLane);
    return sockets;
  } catch (error) {
    closeTraceSockets(sockets);
    throw error;
  }
}

/** Raw ICMP for echoes and all errors; raw UDP and TCP, whose headers we write; a UDP socket that owns the port. */
function openRaw(sockets: TraceSockets, options: TraceSocketOptions, firstLane: number): void {
  const { family } = options;
  const icmp = family === 4 ? LINUX.IPPROTO_ICMP : LINUX.IPPROTO_ICMPV6;
  const add = (lane: Lane, role: TraceSocketProtocol) => addLane(sockets, firstLane, lane, role);
  const common = { header: 'ours', oneAtATime: false, reportsEarlierErrors: false, stamps: true } as const;

  const udpOwner = openSocket(sockets, options, LINUX.SOCK_DGRAM, 0, { errors: false, transmitStamps: false });
  const udpPort = bindSocket(udpOwner.descriptor, options, options.sourcePort ?? 0);
  const udp = openSocket(sockets, options, LINUX.SOCK_RAW, LINUX.IPPROTO_UDP, RAW_USE);
  setOption(udp.descriptor, 'SO_ATTACH_FILTER', nothingFilter());
  sockets.transmit.udp = { ...common, lane: add(udp, 'udp'), local: udpPort };

  const tcpPort = reservePort(sockets, options);
  const tcp = openSocket(sockets, options, LINUX.SOCK_RAW, LINUX.IPPROTO_TCP, RAW_USE);
  const lastPort = Math.min(0xffff, tcpPort + TCP_PORTS);
  setOption(tcp.descriptor, 'SO_ATTACH_FILTER', destinationPortFilter(family, tcpPort, lastPort));
  sockets.transmit.tcp = { ...common, lane: add(tcp, 'tcp'), local: tcpPort };

  const echo = openSocket(sockets, options, LINUX.SOCK_RAW, icmp, RAW_USE);
  keepIcmpAnswers(echo.descriptor, family);
  sockets.transmit.icmp = { ...common, lane: add(echo, 'icmp'), local: udpPort };
  add(udpOwner, 'udp');
  for (const { descriptor } of [udp, tcp, echo]) discardReceived(descriptor);
}

const RAW_USE = { errors: false, transmitStamps: true } as const;
const RAW_PERMISSION: Permission = 'CAP_NET_RAW';

/** UDP and ping sockets with error queues; TCP by connections. A ping socket is not always allowed. */
function openUnprivileged(sockets: TraceSockets, options: TraceSocketOptions, firstLane: number): void {
  const common = { oneAtATime: false, reportsEarlierErrors: true, stamps: true } as const;
  const udp = openSocket(sockets, options, LINUX.SOCK_DGRAM, 0, { errors: true, transmitStamps: true });
  const local = bindSocket(udp.descriptor, options, options.sourcePort ?? 0);
  sockets.transmit.udp = { ...common, header: 'kernel', lane: addLane(sockets, firstLane, udp, 'udp'), local };
  const ping = openPing(options);
  if (ping instanceof SystemCallError) {
    sockets.refusal = ping;
  } else {
    sockets.descriptors.push(ping.lane.descriptor);
    setUpSocket(ping.lane.descriptor, options, { errors: true, transmitStamps: true });
    const lane = addLane(sockets, firstLane, ping.lane, 'icmp');
    sockets.transmit.icmp = { ...common, header: 'ours', lane, local: ping.identifier };
  }
  const lane = CONNECT_LANE[options.family];
  const tcpPort = reservePort(sockets, options);
  sockets.connectLane = lane;
  sockets.roles[lane] = 'tcp';
  sockets.transmit.tcp = { ...common, header: 'ours', lane, local: tcpPort, oneAtATime: true, stamps: false };
}

function openPing(options: TraceSocketOptions): ReturnType<typeof openIcmpSocket> | SystemCallError {
  const { family, source } = options;
  try {
    return openIcmpSocket({ family, kind: 'ping', identifier: 0, transmitStamps: true, source });
  } catch (error) {
    if (error instanceof SystemCallError && (error.code === 'EACCES' || error.code === 'EPERM')) return error;
    throw error;
  }
}

function addLane(sockets: TraceSockets, firstLane: number, lane: Lane, role: TraceSocketProtocol): number {
  const index = firstLane + sockets.lanes.push(lane) - 1;
  sockets.roles[index] = role;
  return index;
}

function openSocket(
  sockets: TraceSockets,
  options: TraceSocketOptions,
  type: number,
  protocol: number,
  use: { errors: boolean; transmitStamps: boolean },
): Lane {
  const { family } = options;
  const raw = type === LINUX.SOCK_RAW;
  const object = `${raw ? 'raw' : 'datagram'} IPv${family}`;
  const permission = raw ? RAW_PERMISSION : undefined;
  const descriptor = check(native().socket(ADDRESS_FAMILY[family], type, protocol), 'socket', { object }, permission);
  sockets.descriptors.push(descriptor);
  setUpSocket(descriptor, options, use);
  if (raw && options.source !== undefined) bindSocket(descriptor, options, 0);
  const errorQueue = use.errors || use.transmitStamps ? 'errors' : 'unused';
  return {
    descriptor,
    family,
    delivers: raw && family === 4 ? 'ip-header' : 'message',
    errorQueue,
    numbered: false,
    atomic: false,
  };
}

/** A TCP port that nobody connects from meanwhile; connections of ours share it by SO_REUSEADDR. */
function reservePort(sockets: TraceSockets, options: TraceSocketOptions): number {
  const { family } = options;
  const descriptor = check(native().socket(ADDRESS_FAMILY[family], LINUX.SOCK_STREAM, 0), 'socket', { object: 'TCP' });
  sockets.descriptors.push(descriptor);
  setOption(descriptor, 'SO_REUSEADDR', true);
  return bindSocket(descriptor, options, options.sourcePort ?? 0);
}

/** @returns the port that the socket has then. */
function bindSocket(descriptor: number, { family, source }: TraceSocketOptions, port: number): number {
  const address = source ?? IpAddress.parse(family === 4 ? '0.0.0.0' : '::');
  const name = encodeSocketAddress({ family: family === 4 ? 'ip4' : 'ip6', address, port });
  check(native().bind(descriptor, name), 'bind', { object: `${address} port ${port}`, descriptor });
  const bytes = new Uint8Array(LINUX.sizeof_sockaddr_storage);
  const length = check(native().socketName(descriptor, bytes), 'getsockname', { descriptor });
  const bound = decodeSocketAddress(bytes.subarray(0, length));
  return bound.family === 'ip4' || bound.family === 'ip6' ? bound.port : 0;
}
