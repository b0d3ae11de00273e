import type { IcmpExtensionObject } from '../../wire/icmp-extension-object.js';

/** What probes are made of. */
export type TraceProtocol = 'udp' | 'icmp' | 'tcp';

/**
 * What a trace tells: hops in the order of the path, each as soon as it and all before it are settled, then the result.
 * `--json` prints these objects as they are. Times are milliseconds, sizes bytes.
 */
export type TraceEvent = TraceHop | TraceResult | TraceUnresolved;

export interface TraceHop {
  type: 'hop';
  /** The text that was asked for. */
  target: string;
  /** TTL or hop limit of the probes, 1 to 255. */
  ttl: number;
  /** One entry a probe asked for, in the order of sending. */
  probes: (TraceAnswer | TraceSilence)[];
  /** The router answers fewer probes than it gets, and answered those that were sent again more slowly: no loss. */
  rateLimited?: true;
  /** Several addresses answered one and the same flow: balanced packet by packet, or the route has changed. */
  addressChanged?: true;
  /** Probes sent again because others of this hop were answered and these were not. */
  resent?: number;
}

/** A probe that nothing came back for. */
export interface TraceSilence {
  timeout: true;
  /** What the probe was made of, where it is not what the trace began with. */
  protocol?: TraceProtocol;
  /** As of an answer. */
  mtu?: number;
  /** The errno's name where this host refused to send. */
  code?: string;
}

/** What came back for a probe. */
export interface TraceAnswer {
  /** Who answered. */
  address: string;
  /** Its name, where names are looked up and it was known in time; else it may be in the result's `learned`. */
  name?: string;
  /** Origin AS numbers of the address, where they are looked up. */
  as?: number[];
  /** Round-trip time. */
  rtt: number;
  /** kernel: both stamps are the kernel's; user: at least one was taken in user space. */
  clock: 'kernel' | 'user';
  /** What the probe was made of. */
  protocol: TraceProtocol;
  /** Absent where no ICMP error came back, but what `reply` says. */
  icmpType?: number;
  icmpCode?: number;
  /** A stable word for anything that is not a plain answer: `net-unreachable`, `admin-prohibited`. */
  error?: string;
  /** What the target itself sent back. `data`: a datagram to our UDP port. */
  reply?: 'echo-reply' | 'syn-ack' | 'reset' | 'data';
  /** TTL or hop limit of what came back; null where the kernel did not tell. */
  replyTtl: number | null;
  /** Hops of the way back, if the reply set out with the next higher of the usual limits (32, 64, 128, 255). */
  returnHops?: number;
  /** Number of the flow, from 1: probes of one flow look alike to a load balancer. */
  flow: number;
  /** Objects behind the quoted packet (RFC 4884). */
  extensions?: TraceExtension[];
  /** Largest packet that passes to this hop, at the first hop and where less passes than to the hop before (`mtu: true`). */
  mtu?: number;
  /** TTL with which the probe came to the router, from its quote, where it is not 0 or 1: a part of the path hides. */
  quotedTtl?: number;
  /** What an address translator changed in our packet, seen in the router's quote of it. */
  translated?: TranslatedField[];
  /** Hop limit of the probe where it was higher than the hop's: it reached the target all the same. */
  sentTtl?: number;
}

export type TranslatedField = 'source' | 'destination' | 'ports' | 'checksum' | 'identifier';

/** `IcmpExtensionObject` as JSON has it: addresses as text, the bytes of an unknown object as hexadecimal digits. */
export type TraceExtension =
  | Exclude<IcmpExtensionObject, { kind: 'unknown' | 'interface' | 'interface-identification' }>
  | { kind: 'interface'; role: string; index?: number; address?: string; name?: string; mtu?: number }
  | { kind: 'interface-identification'; index?: number; address?: string; name?: string }
  | { kind: 'unknown'; class: number; type: number; data: string };

/** One of many targets that has no address or no route, or is many hosts itself; with one target the call fails instead. */
export interface TraceUnresolved {
  type: 'unresolved';
  target: string;
  /** The resolver's code, or the errno's name; ERR_SUBSOCKET_ARGUMENT for a multicast or broadcast address. */
  error: string;
  message: string;
}

/** Closes the trace of one target. */
export interface TraceResult {
  type: 'result';
  target: string;
  address: string;
  /** What the target answered to; what was asked with where it did not. */
  protocol: TraceProtocol;
  /** Destination port of UDP (the first flow's) and TCP. */
  port?: number;
  /** The target was silent to what the trace began with, and answered to this. */
  switched?: true;
  /** The target answered. */
  reached: boolean;
  /** Where the path ends: the hop that the target, or the last word about it, came from; else the last that answered. */
  hops: number;
  /** A router answered again after another one had: packets go round. */
  loop: boolean;
  /** Hops between which they do, where `loop` is true. */
  loopHops?: [first: number, last: number];
  /** Who answered for the target, where it is another address than the one asked for. */
  answeredFrom?: string;
  /** The way back differs in length from the way out by this many hops; absent below 3. */
  asymmetry?: number;
  /** Largest packet that reached the end, with `mtu: true`. */
  pathMtu?: number;
  /** The run was ended before all was known: `reached: false` then says no more than that the target had not answered yet. */
  stopped?: true;
  /** The errno's name where this host refused to send all probes of all hops. */
  code?: string;
  sent: number;
  /** Answers that came after their probe was given up, second answers, and packets that only looked like answers. */
  late: number;
  duplicates: number;
  foreign: number;
  elapsed: number;
  /** What DNS told of addresses only after their hops had been given; absent where that is nothing. */
  learned?: { address: string; name?: string; as?: number[] }[];
  /** What multipath discovery found. */
  multipath?: MultipathGraph;
}

/** Interfaces and links of all paths that were found. */
export interface MultipathGraph {
  /** Probability, 0 to 1, that no next hop of any one interface was missed, if flows spread evenly; null if not complete. */
  confidence: number | null;
  /** All flows that this takes were sent, and something answered: it was neither ended before nor given up. */
  complete: boolean;
  /** Flows used. */
  flows: number;
  nodes: MultipathNode[];
  links: MultipathLink[];
  diamonds: Diamond[];
}

export interface MultipathNode {
  ttl: number;
  /** null: a hop that does not answer. */
  address: string | null;
  name?: string;
  /** Flows seen here. */
  flows: number[];
}

export interface MultipathLink {
  ttl: number;
  from: string | null;
  to: string | null;
}

/** Where paths part and meet again. */
export interface Diamond {
  first: number;
  last: number;
  /** The most interfaces of one hop inside. */
  width: number;
  balancing: 'per-flow' | 'per-packet';
}
