import type { Family } from '../../wire/ip-address.js';
import type { TraceProtocol } from './trace-event.js';

/** One of the channel's sockets, as far as a trace has to know it. */
export interface TransmitLane {
  lane: number;
  /**
   * Who writes the transport header: `ours` on raw sockets and where a TCP connection is opened for us; `kernel` on UDP
   * sockets, which are given the payload. An ICMP header is always ours.
   */
  header: 'ours' | 'kernel';
  /** Source port of flow 1, or the ICMP identifier. */
  local: number;
  /** Only one probe a flow can be on its way: the kernel has one connection for it. Default: false. */
  oneAtATime?: boolean;
  /** A send may fail with what an earlier packet met: sockets with IP_RECVERR. Default: false. */
  reportsEarlierErrors?: boolean;
  /** The kernel tells when it sent each packet. Default: false. */
  stamps?: boolean;
}

/** What probes of one family can be sent with, and which lanes answers come in on. */
export interface TraceLanes {
  transmit: { readonly [Protocol in TraceProtocol]?: TransmitLane };
  /** By lane: what its messages are. */
  roles: Readonly<Record<number, TraceProtocol>>;
}

export type TraceLanesByFamily = { readonly [F in Family]?: TraceLanes };

/** How many source ports flows may use, from `local` on. */
const FLOW_PORTS = 0x8000;

/** Destination port of a flow: UDP flows differ in it, TCP flows keep the port that was asked for. */
export function destinationPort(protocol: TraceProtocol, port: number, flow: number): number {
  if (protocol === 'icmp') return 0;
  return protocol === 'tcp' ? port : ((port - 1 + (flow - 1)) % 0xffff) + 1;
}

/** Source port of a flow; ports that would exceed 65,535 go on half the range below. */
export function sourcePort(protocol: TraceProtocol, local: number, flow: number): number {
  if (protocol !== 'tcp') return local;
  const port = local + ((flow - 1) % FLOW_PORTS);
  return port > 0xffff ? port - FLOW_PORTS : port;
}
