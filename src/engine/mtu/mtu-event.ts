/**
 * What a search for the path MTU tells, as it happens, and at its end the result. `--json` prints these objects as they
 * are. Times are milliseconds; sizes are bytes of the whole packet, IP header included.
 */
export type MtuEvent = MtuProbeEvent | MtuHopEvent | MtuResult;

/** What became of one packet that was sent to the target. */
export interface MtuProbeEvent {
  type: 'probe';
  size: number;
  /** What it was made of. */
  protocol: string;
  /**
   * fits: the target answered it. too-big: somebody said that it does not fit. lost: nothing came back in time; or, with
   * `from`, somebody said that it will not get there, for another reason than its size.
   */
  outcome: 'fits' | 'too-big' | 'lost';
  /** Who answered. */
  from?: string;
  /** The MTU that a report of `too-big` gave; 0 from routers that tell none (before RFC 1191). */
  reported?: number;
  /** Hop of the reporter, as far as it is known by now. */
  ttl?: number | null;
  /** From sending to the answer. */
  rtt?: number;
  /** Who refused is this host itself, not the network. */
  local?: true;
  /** Why it was not sent, or turned away, in a word: `operation-not-permitted`, `network-unreachable`, `admin-prohibited`. */
  error?: string;
}

/** What became of one packet that was sent with a hop limit, to see how far packets of its size get. */
export interface MtuHopEvent {
  type: 'hop';
  ttl: number;
  size: number;
  protocol: string;
  /** Who answered at this hop; absent where nobody did. */
  from?: string;
}

/** Where packets of more than `mtu` bytes end. */
export interface MtuLimit {
  mtu: number;
  /**
   * Who told of the limit; of a silent limit the last router that packets of more than `mtu` bytes are known to reach, of a
   * local one this host. Null where nobody is known.
   */
  address: string | null;
  /** Its hop, 1 being the first router and 0 this host; null where it is not known. */
  ttl: number | null;
  /**
   * reported: a report that probes have confirmed. silent: a black hole, found by search. nonsense: reports that came for
   * what was too big told no usable MTU, so it was searched for. local: this host sends no larger packets that way.
   */
  evidence: 'reported' | 'silent' | 'nonsense' | 'local';
}

/**
 * - absurd: reported an MTU that is not below the packet's size, or below what every link takes (RFC 791, RFC 8200).
 * - understated: reported less than what gets through.
 * - forged: reported a packet as too big that the target received.
 * - mismatched: reported a packet that we have not sent.
 * - inconsistent: a size sometimes fits and sometimes not: paths of different MTU, or a path that changes.
 * - below-minimum: IPv6 packets of 1280 bytes do not get through (RFC 8200 section 5).
 */
export type MtuAnomalyKind = 'absurd' | 'understated' | 'forged' | 'mismatched' | 'inconsistent' | 'below-minimum';

/** Something that should not be, and who is to blame. */
export interface MtuAnomaly {
  kind: MtuAnomalyKind;
  /** Who said it; null where nobody is known. */
  from: string | null;
  /** What MTU it gave, where it is about a report. */
  reported: number | null;
  count: number;
}

export interface MtuResult {
  type: 'result';
  /** What was asked for, and its address. */
  target: string;
  address: string;
  /** What the deciding probes were made of. */
  protocol: string | null;
  /** Their destination port, of UDP and TCP. */
  port?: number;
  /** What probes could be made of, the most wanted first. */
  protocols: string[];
  /** The largest packet that gets to the target; null where the target answered nothing, or bounds could not be closed. */
  pathMtu: number | null;
  /** Largest size proven to get through; 0 where none is. */
  lowerBound: number;
  /** All larger sizes are proven not to get through, or are more than was asked for (`max`) or than this host can send. */
  upperBound: number;
  /** The least size that was asked for: smaller packets were sent only to see whether anything gets through. */
  min: number;
  /** reported: a router told it and probes confirmed it. searched: found by probes alone. */
  method: 'reported' | 'searched';
  /** Packets that are too big vanish somewhere without a report. */
  blackHole: boolean;
  /** Where: the silent one of `limits`. */
  blackHoleAt?: { mtu: number; ttl: number | null; address: string | null };
  /** In the order of the path as far as it is known: the largest first. */
  limits: MtuLimit[];
  /** Largest echo that also comes back whole, where the way back takes less than the way there. */
  roundTripMtu?: number;
  /** Largest segment of TCP over this path: `pathMtu` less the headers of IP and TCP without options (RFC 6691). */
  tcpMss: number | null;
  /**
   * MSS that the target offered in its SYN-ACK, where it was probed with TCP: what it can take itself, less headers. Without
   * raw sockets it is known only where it is less than what the path is believed to take.
   */
  offeredMss?: number;
  /** Why this host refused to send, in a word, where it did and nothing was answered: `operation-not-permitted`. */
  refusal?: string;
  /** Who turned packets away, and why, in a word, where the path MTU was not found: `port-unreachable`, `connection-reset`. */
  refusedBy?: { address: string; error: string };
  anomalies: MtuAnomaly[];
  /** The search was ended before the MTU was found. */
  stopped?: true;
  /** Packets sent, hop-limited ones included. */
  probes: number;
  elapsed: number;
}
