import type { IcmpExtensionObject } from '../../../src/wire/icmp-extension-object.js';

/** A simulated internet as data. Times are milliseconds, sizes bytes; packets are counted from 1. */
export interface Scenario {
  /** Any number; the same gives the same run. Default: 1. */
  seed?: number;
  /** Ways to destinations; the first that matches is taken, and where none does the host has no route. */
  routes: RouteSpec[];
  /** The sockets and the kernel of the host that the engine runs on. */
  host?: SourceHostSpec;
  /** Packets that come to the host though nothing of ours called for them. */
  intruders?: IntruderSpec[];
}

export interface SourceHostSpec {
  /** Default: 192.0.2.1 and 2001:db8::1. */
  addresses?: { 4?: string; 6?: string };
  /** Default: raw ICMP sockets on lanes 0 (IPv4) and 1 (IPv6). */
  lanes?: LaneSpec[];
  /** MTU of its interface: larger packets are refused with EMSGSIZE. Default: no bound. */
  mtu?: number;
  /** Default: both kinds come. */
  stamps?: { transmit?: boolean; receive?: boolean };
  /** From sending to the kernel's transmit stamp. Default: 0.002. */
  stampDelay?: number;
  /** Packets that the kernel refuses to send. */
  refusals?: { pick: Pick; errno: number }[];
  /** Packets the send buffer takes a millisecond; the rest has to be tried again. Default: no bound. */
  sendRate?: number;
  /** Packets that wait to be received; more are dropped and counted. Default: no bound. */
  receiveBuffer?: number;
  /** Spans in which the program does not get to run. */
  pauses?: { at: number; for: number }[];
  /** Steps of the wall clock. `noticed`: the channel has seen it (default true). */
  clockSteps?: { at: number; by: number; noticed?: boolean }[];
  /** Encoded IPv4 options that the socket puts into every packet. */
  ipOptions?: Uint8Array;
}

export interface LaneSpec {
  family: 4 | 6;
  protocol: 'icmp' | 'udp' | 'tcp';
  /** ping: the kernel filters by identifier and reports errors on the error queue. Default: raw. */
  kind?: 'raw' | 'ping';
  /** The port that a ping or UDP socket is bound to: for ping sockets the identifier. Default: 33434. */
  port?: number;
  /** UDP and TCP: a raw socket. The sender writes the transport header, and errors are for the raw ICMP lane. */
  ownHeader?: boolean;
  /** Without IP_RECVERR: errors are not for this socket. */
  deaf?: boolean;
}

export interface RouteSpec {
  /** An address or a prefix. */
  to: string;
  /** Routers on the way, in order. Default: none. */
  path?: PathElement[];
  /** The link behind the last router. */
  link?: LinkSpec;
  /** Who is there. Default: one that answers. 'none': nobody. */
  target?: TargetSpec | 'none';
}

export type PathElement = RouterSpec | BalanceSpec;

/** Several ways to the next common router: by flow, or packet by packet. */
export interface BalanceSpec {
  balance: 'flow' | 'packet';
  paths: PathElement[][];
}

export interface RouterSpec {
  /** Its address on the side of the host: one, or one a family. */
  address: string | { 4?: string; 6?: string };
  /** The link that leads to it. */
  link?: LinkSpec;
  /** Whether it tells of packets that it drops. Default: true. */
  answers?: boolean;
  /** Errors it sends at most. */
  rateLimit?: { perSecond: number; burst: number };
  /** Errors instead of forwarding. */
  rejects?: ErrorSpec;
  /** How its errors look. */
  quote?: QuoteSpec;
  /** RFC 4884 objects in its errors. */
  extensions?: IcmpExtensionObject[];
  /** Reports this MTU instead of the true one. */
  reportsMtu?: number;
  /** Drops what is too big without a word. Default: false. */
  blackHole?: boolean;
  /** Sends an error about packets that it forwards all the same; from its own address, or another. */
  forges?: ErrorSpec & { from?: string };
}

export interface ErrorSpec {
  type: number;
  code: number;
  mtu?: number;
  pick?: Pick;
}

export interface QuoteSpec {
  /** Bytes quoted behind the IP header. Default: as much as RFC 1812 (IPv4) and RFC 4443 (IPv6) have it. */
  payload?: number;
  /** Bytes of the whole quote, cut wherever that is. */
  bytes?: number;
  /** Encoded IPv4 options put into the quoted header, as if a router on the way had added them. */
  ipOptions?: Uint8Array;
  /** Changes the quoted packet. */
  alter?: Alteration[];
}

export interface LinkSpec {
  /** One way. Default: 1. */
  delay?: number;
  jitter?: Jitter;
  /** Default: no bound. */
  mtu?: number;
  /** It is another one from a moment on. */
  mtuChanges?: { at: number; mtu: number }[];
  /** What happens to packets away from the host, and towards it; in this order. */
  forward?: Fault[];
  back?: Fault[];
}

export type Jitter =
  | { kind: 'uniform'; up: number }
  | { kind: 'normal'; deviation: number }
  | { kind: 'pareto'; scale: number; shape: number };

export interface TargetSpec {
  echo?: 'reply' | 'silent';
  /** To any port. Default: closed, which answers port unreachable. */
  udp?: 'closed' | 'silent' | 'echo';
  /** Default: closed, which answers RST. */
  tcp?: 'closed' | 'open' | 'silent';
  /** MSS that its SYN-ACK offers. Default: it offers none. */
  mss?: number;
  /** Errors instead of answers. */
  rejects?: ErrorSpec;
  /** Answers come from here instead of the address asked. */
  answersFrom?: string;
  /** All of a multicast group. */
  members?: string[];
  /** Default: 64. */
  hopLimit?: number;
  /** From a packet to its answer. Default: 0. */
  thinks?: number;
  quote?: QuoteSpec;
  /** What happens to its answers as they leave. */
  faults?: Fault[];
}

/** Which packets something happens to; all conditions have to hold. Default: every packet. */
export interface Pick {
  /** A share of them, at random: 0 to 1. */
  rate?: number;
  /** By number on this link or at this node. */
  packets?: number[];
  every?: number;
  /** Milliseconds since the start. */
  from?: number;
  until?: number;
  /** Only packets of more bytes, IP header included. */
  largerThan?: number;
}

export type Fault = { pick?: Pick } & (
  | { kind: 'loss' }
  | { kind: 'delay'; by: number; jitter?: Jitter }
  | { kind: 'duplicate'; copies?: number; after?: number }
  | { kind: 'police'; perSecond: number; burst: number }
  | { kind: 'alter'; alterations: Alteration[] }
  | { kind: 'rewrite-source'; address: string }
  /** Sends a copy, altered, ahead of the packet itself. */
  | { kind: 'forge'; alterations: Alteration[]; source?: string }
);

/** Changes to a packet's transport message. */
export type Alteration =
  | { field: 'type' | 'code' | 'checksum' | 'identifier' | 'sequence'; xor: number }
  /** A byte of the message, by offset from its start. The checksum is put right again unless `stale`. */
  | { field: 'byte'; at: number; xor: number; stale?: boolean }
  /** Cuts the message. */
  | { field: 'length'; bytes: number; stale?: boolean };

export interface IntruderSpec {
  at: number;
  from: string;
  /** The transport message; its checksum is put right unless `stale`. */
  message: Uint8Array;
  stale?: boolean;
  /** Default: ICMP of the address's family. */
  protocol?: number;
  hopLimit?: number;
}
