import type { TraceProtocol } from '../engine/trace/trace-event.js';

/** How `discoverPathMtu` asks. Times are milliseconds, sizes bytes of the whole packet, IP header included. */
export interface PathMtuOptions {
  /** Sizes below are not tried, 68 (IPv6: 1280) to 65,535. Default: 68, IPv6: 1280. */
  min?: number;
  /** Sizes above are not tried, at least `min`, to 65,535. Default: the MTU of the interface, which is never exceeded. */
  max?: number;
  /**
   * What probes are made of. auto: ICMP echo and UDP, and over raw sockets TCP where the target stays silent to both. `tcp`:
   * SYNs that carry data; without raw sockets connections, to a port that accepts them, that send a segment of empty lines
   * each. Default: 'auto'.
   */
  protocol?: 'auto' | TraceProtocol;
  /** Destination port, 1 to 65,535. Any closed one answers, and any that echoes. Default: 33434 for UDP; 443 and then 80 for TCP. */
  port?: number;
  /** The longest that an answer is waited for, 1 to 86,400,000; less where round trips show that less is enough. Default: 1000. */
  timeout?: number;
  /** Packets at most, 10 to 100,000. Default: 1000. */
  budget?: number;
  /** 4 or 6: names resolve to this family only. Default: what the resolver gives first. */
  family?: 4 | 6;
  /** Interface to send through, by name. */
  interface?: string;
  /** Source address; also settles the family. */
  source?: string;
  /** SO_MARK, 0 to 2^32 - 1; needs CAP_NET_ADMIN (or CAP_NET_RAW since Linux 5.17). */
  mark?: number;
  /** Raw sockets need CAP_NET_RAW; the others do not. Default: raw if allowed. */
  sockets?: 'raw' | 'unprivileged';
  /** Ends the run with what is known, as Ctrl-C does for the command; rejects with its reason before anything was sent. */
  signal?: AbortSignal;
  /** Called before the first probe. */
  onStart?: (start: PathMtuStart) => void;
}

/** What is known before the first probe. */
export interface PathMtuStart {
  target: string;
  address: string;
  source: string;
  /** MTU of the interface that packets leave by. */
  interfaceMtu: number;
  /** What the kernel believes of the path: from the interface, the route (`ip route ... mtu`) or its cache of reports. */
  kernelMtu: number;
  /** The largest size that will be tried. */
  max: number;
  sockets: 'raw' | 'unprivileged';
}
