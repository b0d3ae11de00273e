import type { Family } from '../../wire/ip-address.js';

/** One socket of a channel; engines name it by its place in the channel's list. */
export interface Lane {
  descriptor: number;
  family: Family;
  /** Raw IPv4 sockets deliver the IP header before the message (raw(7)); all others do not. */
  delivers: 'ip-header' | 'message';
  /** What the error queue brings: transmit stamps alone, or errors too because IP_RECVERR is on. */
  errorQueue: 'unused' | 'stamps' | 'errors';
}
