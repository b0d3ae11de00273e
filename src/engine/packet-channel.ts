import type { Monotonic } from '../wire/time.js';
import type { Arrival } from './arrival.js';
import type { PacketSlot } from './packet-slot.js';

export type TransmitOutcome = (probe: number, errno: number, begunAt?: Monotonic) => void;

/**
 * Where packets go out and come in. Two implementations: sockets (`sockets/socket-channel.ts`) and the simulated network
 * of the tests. Nothing here blocks; waiting is the driver's business.
 */
export interface PacketChannel {
  now(): Monotonic;
  /** Slots of the transmit batch, to be filled from the first. A transmit that took them all may leave others here. */
  readonly slots: readonly PacketSlot[];
  /**
   * Sends slots `first` to `end - 1` and tells each one's fate through `outcome` (errno 0: sent). A channel that sends beside
   * its caller tells it later, in another call of `transmit` or `receive`, with the time at which it began to send.
   * @returns the first slot not dealt with: `end`, or fewer where the socket's buffer is full and the rest must be tried
   * again later, unchanged.
   */
  transmit(first: number, end: number, outcome: TransmitOutcome): number;
  /**
   * Hands what has come in to `handle`, stamps first, at most about `limit` arrivals.
   * @returns how many; `limit` or more means there may be more.
   */
  receive(handle: (arrival: Arrival) => void, limit: number): number;
  /**
   * What waits in the channel itself. results: of transmits that are not told yet, and their arrivals: `receive` has them, and no
   * readiness tells of them. room: packets that it took and that a full socket buffer holds back. Else nothing.
   */
  readonly underway: 'nothing' | 'results' | 'room';
  /** Datagrams that the kernel dropped because our receive buffer was full (SO_RXQ_OVFL), so far. */
  readonly drops: number;
  close(): void;
}
