import type { Family } from '../../wire/ip-address.js';
import type { Nanoseconds } from '../../wire/time.js';

/** Something that probes can be made of. */
export interface MtuCarrier {
  /** Tells it from the others. */
  name: string;
  /** What results call it. */
  protocol: string;
  /** Destination port, where it has one. */
  port?: number;
  /** The shortest packet that a probe fits into. */
  smallest: number;
  /** Its answers are as long as the probes: what comes back has passed the way back too. */
  echoes: boolean;
  /** Sizes sent together have to rise, so that answers to them can be told apart. Default: false. */
  rising?: boolean;
  /** Tried only where those before it were not answered. Default: false. */
  lastResort?: boolean;
}

export interface MtuSearchOptions {
  family: Family;
  /** Most wanted first. Only what the first one sends is large before anything is known. */
  carriers: readonly MtuCarrier[];
  /** Sizes that are considered: `least` to `most`. */
  least: number;
  most: number;
  /** `most` is all that this host can send, not what somebody asked for. */
  mostIsLocal: boolean;
  /** The longest wait for an answer; less where round trips show that less is enough. */
  wait: Nanoseconds;
  /** Hop-limited probes can be sent and answered. */
  locates: boolean;
  /** Packets at most. */
  budget: number;
}

/** RFC 791 section 3.2, RFC 8200 section 5: every link takes so much. A report of less is absurd. */
export const LEAST_MTU: Readonly<Record<Family, number>> = { 4: 68, 6: 1280 };

export const MOST_MTU = 65_535;

/** IP header and TCP header, both without options: RFC 6691 section 2. */
const SEGMENT_HEADERS: Readonly<Record<Family, number>> = { 4: 40, 6: 60 };

/** The largest TCP segment that a packet of `mtu` bytes has room for. */
export function segmentSize(family: Family, mtu: number): number {
  return Math.max(0, mtu - SEGMENT_HEADERS[family]);
}
