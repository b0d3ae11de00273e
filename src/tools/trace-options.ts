import type { TraceProtocol } from '../engine/trace/trace-event.js';

/** How `traceroute` asks. Times are milliseconds, sizes bytes. Every value is checked by name before any system call. */
export interface TracerouteOptions {
  /**
   * What probes are made of. auto: UDP, and where the target stays silent ICMP echo and TCP to ports 443 and 80 too; what is
   * asked for is kept to. Default: 'auto'.
   */
  protocol?: 'auto' | TraceProtocol;
  /** Destination port, 1 to 65,535. Default: 33434 for UDP, 80 for TCP. */
  port?: number;
  /** Source port of UDP and TCP probes, 1 to 65,535. Default: one that the kernel chooses. */
  sourcePort?: number;
  /** Hop limit of the first probes, 1 to 255. Default: 1. */
  firstTtl?: number;
  /** Hop limit of the last probes, 1 to 255. Default: 30. */
  maxTtl?: number;
  /** Probes a hop, 1 to 10. Default: 3. */
  probes?: number;
  /** The longest that an answer is waited for, 1 to 86,400,000; less where the path has shown that less is enough. Default: 3000. */
  timeout?: number;
  /** Probes of one trace that are on their way at a time, 1 to 255. Default: as many as there are. */
  inFlight?: number;
  /** Bytes of a packet, IP header included: 32 (IPv6: 52) to 65,535. Default: 60 (IPv6: 80). */
  packetLength?: number;
  /** Destination ports that rise from probe to probe, so that every probe is a flow of its own. Default: false. */
  classic?: boolean;
  /** Find where the MTU falls, with packets as large as the first link takes. Default: false. */
  mtu?: boolean;
  /** Find all interfaces and links of balanced paths; `confidence` above 0 and below 1, default 0.95. Default: false. */
  multipath?: boolean | { confidence?: number };
  /** Look the names of addresses up, beside the trace. Default: true for one target, false for several. */
  names?: boolean;
  /**
   * Look up which AS originates each address, by DNS: TXT records under these zones, as Team Cymru publishes them.
   * Default: false; true asks origin.asn.cymru.com and origin6.asn.cymru.com.
   */
  as?: boolean | AsLookupOptions;
  /**
   * How long a hop that is settled waits for its name and AS numbers, 0 to 60,000 ms; where DNS is silent all hops wait once,
   * together. What comes later is in the result's `learned`, which waits 500 ms at most, or this if it is more. Default: 100.
   */
  lookupTimeout?: number;
  /** 4 or 6: names resolve to this family only. Default: what the resolver gives first. */
  family?: 4 | 6;
  /** Interface to send through, by name. */
  interface?: string;
  /** Source address; also settles the family. */
  source?: string;
  /** SO_MARK, 0 to 2^32 - 1; needs CAP_NET_ADMIN (or CAP_NET_RAW since Linux 5.17). */
  mark?: number;
  /** TOS or traffic class, 0 to 255. Default: 0. */
  trafficClass?: number;
  /** Probes a second over all targets, 1 to 1,000,000. Default: 2000 for one target, 10,000 for several. */
  rate?: number;
  /** Targets traced at a time, 1 to 10,000. Default: 256. */
  concurrency?: number;
  /** Raw sockets need CAP_NET_RAW; the others do not. Default: raw if allowed. */
  sockets?: 'raw' | 'unprivileged';
  /** Ends the run with what is known, as Ctrl-C does for the command; rejects with its reason before anything was sent. */
  signal?: AbortSignal;
  /** Called for each target before its first probe. */
  onStart?: (start: TraceStart) => void;
}

export interface AsLookupOptions {
  /** Zones that reversed addresses are looked up under. */
  zone?: { 4?: string; 6?: string };
  /** Servers to ask, as `dns.Resolver.setServers` takes them. Default: the system's. */
  servers?: readonly string[];
}

export interface TraceStart {
  target: string;
  address: string;
  /** The address that probes leave from. */
  source: string;
  maxTtl: number;
  packetLength: number;
  sockets: 'raw' | 'unprivileged';
}
