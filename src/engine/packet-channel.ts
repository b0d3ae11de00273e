import type { Monotonic } from '../wire/time.js';
import type { Arrival } from './arrival.js';
import type { PacketSlot } from './packet-slot.js';

/**
 * Where packets go out and come in. Two implementations: sockets (`sockets/socket-channel.ts`) and the simulated network
 * of the tests. Nothing here blocks; waiting is the driver's business.
 */
export interface PacketChannel {
  now(): Monotonic;
  /** Slots of the transmit batch, to be filled from the first. */
  readonly slots: readonly PacketSlot[];
  /**
   * Sends slots `first` to `end - 1` and tells each one's fate through `outcome` (errno 0: sent).
   * @returns the first slot not dealt with: `end`, or fewer where the socket's buffer is full and the rest must be tried
   * again later, unchanged.
   */
  transmit(first: number, end: number, outcome: (probe: number, errno: number) => void): number;
  /**
   * Hands what has come in to `handle`, stamps first, at most about `limit` arrivals.
   * @returns how many; `limit` or more means there may be more.
   */
  receive(handle: (arrival: Arrival) => void, limit: number): number;
  /** True while arrivals that came beside a transmit wait here for `receive`: no readiness will tell of them. */
  readonly holdsArrivals: boolean;
  /** Datagrams that the kernel dropped because our receive buffer was full (SO_RXQ_OVFL), so far. */
  readonly drops: number;
  close(): void;
}
