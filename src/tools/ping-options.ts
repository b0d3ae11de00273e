import type { DescriptorSource } from '../io/descriptor.js';

/** How `ping` asks. Times are milliseconds, sizes bytes. Every value is checked by name before any system call. */
export interface PingOptions {
  /** Probes a target, 1 to 2^32 - 1. Default: without end for one target, 1 for several. */
  count?: number;
  /** Between two probes to one target, 0 to 86,400,000. Default: 1000. */
  interval?: number;
  /** How long a reply is waited for, 1 to 86,400,000. Default: 1000 for several targets; for one 10,000, and twice the longest RTT seen once a reply came. */
  timeout?: number;
  /** Ends the whole run, 1 to 86,400,000. Default: none. */
  deadline?: number;
  /** Payload behind the ICMP header, 0 to 65,507 (IPv6: 65,527). Default: 56. */
  size?: number;
  /** TTL or hop limit, 1 to 255. Default: the kernel's. */
  ttl?: number;
  /** TOS or traffic class, 0 to 255. Default: 0. */
  trafficClass?: number;
  /** Path-MTU discovery as IP_MTU_DISCOVER names it. Default: fragments where a packet does not fit, as the kernel's 'want'. */
  mtuDiscover?: 'do' | 'want' | 'dont' | 'probe';
  /** Interface to send through, by name. */
  interface?: string;
  /** Source address; also settles the family. */
  source?: string;
  /** SO_MARK, 0 to 2^32 - 1; needs CAP_NET_ADMIN (or CAP_NET_RAW since Linux 5.17). */
  mark?: number;
  /** Up to 16 bytes to fill the payload with behind the cookie, as hexadecimal digits. */
  pattern?: string;
  /** Next probe as soon as the reply is in, or after 10 ms; the interval is then only a lower bound (default 0). */
  flood?: boolean;
  /** Interval follows the round-trip time, so that about one probe is in flight. */
  adaptive?: boolean;
  /** Ask routers to record the route in the IP header (RFC 791; IPv4 only). */
  recordRoute?: boolean;
  /** Ask routers for time stamps (RFC 791; IPv4 only). 'prespecified' names up to four addresses. */
  timestamp?: 'only' | 'address' | { prespecified: readonly string[] };
  /** Probes a second over all targets, 0 (as fast as the kernel takes them) to 10,000,000. Default: 10,000 for several targets. */
  rate?: number;
  /** Further probes to a target of a mass ping that stays silent, 0 to 100. Default: 0. */
  retries?: number;
  /** Kernel transmit stamps: about 2 us of CPU a probe for an RTT without user-space delays. Default: true. */
  transmitStamps?: boolean;
  /** 4 or 6: names resolve to this family only, and literals must be of it. Default: what the resolver gives first. */
  family?: 4 | 6;
  /** Give every event, those of silent or failing targets and the total ('problems'), summaries only, or only the total. Default: 'all'. */
  events?: 'all' | 'summaries' | 'problems' | 'total';
  /**
   * ICMP sockets, raw or datagram, that somebody else has opened, as a privileged helper who passed them on: at most one of
   * each family is used, by one ping at a time. They stay open. Default: the run opens its own.
   */
  sockets?: readonly DescriptorSource[];
  /** Ends the run with its summary, as Ctrl-C does for the command; a ping of one target that has sent nothing yet rejects with its reason. */
  signal?: AbortSignal;
  /** A report to keep the caller informed of a mass ping, at most ten times a second. */
  onProgress?: (progress: PingProgress) => void;
}

export interface PingProgress {
  /** Targets whose outcome is known, and how many of them answered. */
  finished: number;
  answered: number;
  sent: number;
  received: number;
  elapsed: number;
}
