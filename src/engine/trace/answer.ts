import type { IcmpExtensionObject } from '../../wire/icmp-extension-object.js';
import type { Family, IpAddress } from '../../wire/ip-address.js';
import type { Monotonic, Nanoseconds, Realtime } from '../../wire/time.js';
import type { TranslatedField } from './trace-event.js';

/**
 * What an answer means for the path.
 * - expired: the probe's hop limit ended at the sender, a router.
 * - reply: the target itself answered in the probe's own protocol.
 * - closed: port (or protocol) unreachable, what a host says that has the address and no taker for the probe.
 * - too-big: the probe did not fit the next link.
 * - refused: any other error: nobody beyond the sender will get this probe.
 */
export type AnswerKind = 'expired' | 'reply' | 'closed' | 'too-big' | 'refused';

/** What came back for one probe, whether a raw socket or an error queue told it. */
export interface Answer {
  kind: AnswerKind;
  family: Family;
  from: IpAddress;
  /** -1 where it was no ICMP error. */
  icmpType: number;
  icmpCode: number;
  reply?: 'echo-reply' | 'syn-ack' | 'reset' | 'data';
  /** MSS that a SYN-ACK offered. */
  offeredMss?: number;
  /** The next link's MTU for `too-big`; else 0. */
  mtu: number;
  /** -1 where unknown. */
  replyHopLimit: number;
  /** Hop limit of the probe in the quote; -1 where unknown. */
  quotedHopLimit: number;
  extensions: readonly IcmpExtensionObject[];
  translated: readonly TranslatedField[];
  stamp: Realtime;
  taken: Monotonic;
  clockEpoch: number;
  /** Measured by the engine. */
  rtt: Nanoseconds;
  clock: 'kernel' | 'user';
}
