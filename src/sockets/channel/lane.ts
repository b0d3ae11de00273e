import type { Family } from '../../wire/ip-address.js';

/** One socket of a channel; engines name it by its place in the channel's list. */
export interface Lane {
  descriptor: number;
  family: Family;
  /** Raw IPv4 sockets deliver the IP header before the message (raw(7)); all others do not. */
  delivers: 'ip-header' | 'message';
  /** What is wanted of the error queue: transmit stamps alone, or errors too (IP_RECVERR), which a raw socket gets as messages. */
  errorQueue: 'unused' | 'stamps' | 'errors';
  /**
   * Packets are sent with their slot's `probe` as a number, and transmit stamps come with nothing but that (SO_TIMESTAMPING
   * opt-id and opt-tsonly, SCM_TS_OPT_ID). Otherwise a stamp comes with the packet.
   */
  numbered: boolean;
  /**
   * Its IPv4 packets are atomic (RFC 6864 section 4): never fragmented, which spares the kernel finding identifications
   * for them. It ends with the first that is too long all the same, for an interface of a tiny MTU: that one and what
   * follows are fragmented as by default.
   */
  atomic: boolean;
}
