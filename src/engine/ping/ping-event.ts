/**
 * What a ping tells, in the order in which it happens. `--json` prints these objects as they are. Times are
 * milliseconds, sizes bytes, ratios 0 to 1; `target` is the text that was asked for, `address` what it resolved to.
 */
export type PingEvent =
  | PingStart
  | PingReply
  | PingDuplicate
  | PingLate
  | PingCorrupt
  | PingTimeout
  | PingError
  | PingRedirect
  | PingUnresolved
  | PingSummary
  | PingTotal;

export interface PingStart {
  type: 'start';
  target: string;
  address: string;
  family: 4 | 6;
  /** The kind of socket in use: raw needs CAP_NET_RAW, ping (ICMP datagram) does not. */
  socket: 'raw' | 'ping';
  /** Payload bytes behind the ICMP header. */
  size: number;
  /** The address that probes leave with, a link-local one with its zone; told where there is one target. */
  source?: string;
}

interface ReplyFields {
  target: string;
  /** Who answered; a link-local address with its zone, fe80::1%eth0. */
  address: string;
  sequence: number;
  /** Bytes of the ICMP message that came back. */
  size: number;
  /** TTL or hop limit of the reply; null where the kernel did not tell. */
  ttl: number | null;
  /** Round-trip time; null where it cannot be known (a late reply whose probe was forgotten). */
  rtt: number | null;
  /** kernel: both stamps are the kernel's; user: at least one was taken in user space. */
  clock: 'kernel' | 'user';
  /** Recorded route and time stamps (-R, -T), where the reply had IP options. */
  options?: PingIpOptions;
}

export interface PingReply extends ReplyFields {
  type: 'reply';
}

/** A second or later copy of a reply already counted. */
export interface PingDuplicate extends ReplyFields {
  type: 'duplicate';
}

/** A true reply that came after its probe had been counted as lost. */
export interface PingLate extends ReplyFields {
  type: 'late';
}

/** A reply to our probe whose payload, length or checksum is not what was sent. It does not count as received. */
export interface PingCorrupt extends ReplyFields {
  type: 'corrupt';
  /** What is wrong, and for `payload` the offset of the first byte that differs. */
  reason: 'checksum' | 'length' | 'payload';
  offset?: number;
}

export interface PingTimeout {
  type: 'timeout';
  target: string;
  sequence: number;
}

/** The probe failed: a router or this host said so. It counts as lost. */
export interface PingError {
  type: 'error';
  target: string;
  sequence: number;
  /** Who reported it: an address (as of replies), or null where this host did (a refused send). */
  from: string | null;
  /** A stable word: host-unreachable, time-exceeded, ...; for a refused send the errno's name in lower case words. */
  error: string;
  icmpType?: number;
  icmpCode?: number;
  /** The MTU that a fragmentation-needed or packet-too-big carried. */
  mtu?: number;
  /** The errno's name where this host refused the send. */
  code?: string;
}

/** A router passed the probe on, and says that another one is nearer. The probe's fate is still open: it is no error. */
export interface PingRedirect {
  type: 'redirect';
  target: string;
  sequence: number;
  /** The router that said so. */
  from: string;
  /** The router to use instead. */
  gateway: string;
  icmpType: number;
  icmpCode: number;
}

/** A name that did not resolve, in a mass ping; with one target the call fails instead. */
export interface PingUnresolved {
  type: 'unresolved';
  target: string;
  error: string;
  message: string;
}

export interface RttSummary {
  min: number;
  mean: number;
  median: number;
  p95: number;
  p99: number;
  max: number;
  stddev: number;
  /** Mean absolute difference of successive round-trip times (RFC 3550 section 6.4.1 without its filter). */
  jitter: number;
}

export interface PingSummary {
  type: 'summary';
  target: string;
  address: string | null;
  sent: number;
  received: number;
  /** sent - received, once nothing is pending. */
  lost: number;
  /** lost / sent; 0 where nothing was sent. */
  loss: number;
  duplicates: number;
  late: number;
  corrupted: number;
  /** Packets that looked like ours and were not: wrong source, cookie or sequence. */
  foreign: number;
  /** Error reports, from routers or this host. */
  errors: number;
  /** As `PingTotal.drops`; told where there is one target. */
  drops?: number;
  /** null where nothing came back. */
  rtt: RttSummary | null;
  elapsed: number;
}

/** Closes a mass ping. */
export interface PingTotal {
  type: 'total';
  /** All that were asked for; `unresolved` are among them. */
  targets: number;
  answered: number;
  unresolved: number;
  sent: number;
  received: number;
  lost: number;
  loss: number;
  duplicates: number;
  late: number;
  corrupted: number;
  foreign: number;
  errors: number;
  /** Datagrams that this host's kernel dropped because our receive buffer was full; not the network's doing. */
  drops: number;
  rtt: RttSummary | null;
  elapsed: number;
}

/** What routers wrote into the IP header of a probe and its reply. */
export interface PingIpOptions {
  /** Addresses in the order in which the packet came by. */
  recordRoute?: string[];
  timestamps?: PingTimestamp[];
  /** Routers that found no room for their stamp. */
  timestampOverflow?: number;
}

export interface PingTimestamp {
  /** Absent where stamps alone were asked for. */
  address?: string;
  /** Milliseconds since midnight UT; null where the router wrote a time of its own kind. */
  timestamp: number | null;
}
