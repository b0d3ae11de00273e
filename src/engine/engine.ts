import type { Monotonic } from '../wire/time.js';
import type { Arrival } from './arrival.js';
import type { PacketSlot } from './packet-slot.js';

/**
 * A protocol as a state machine that touches no socket and reads no clock. It is fed arrivals and the time, and asked
 * what to send, when to be called again and what happened. `step` in drive.ts calls it over a `PacketChannel`.
 */
export interface Engine<Event> {
  /**
   * Writes the next packet that is due into `slot`; `slot.probe` must name it for `handleSendError` and `handleSent`.
   * @returns false when none is due; the slot was not touched then.
   */
  pollTransmit(now: Monotonic, slot: PacketSlot): boolean;
  /** The system call for this probe ended at `now`; the kernel has the packet. */
  handleSent(now: Monotonic, probe: number): void;
  /** The system call for this probe failed with this errno: the probe's fate, not an exception. */
  handleSendError(now: Monotonic, probe: number, errno: number): void;
  /** A packet, a stamp or an error came in. `arrival` and its memory are reused: keep nothing of them. */
  handleArrival(now: Monotonic, arrival: Arrival): void;
  /** Time has passed; called when `nextTimeout` is reached, and harmless at any other time. */
  handleTimeout(now: Monotonic): void;
  /** When to call again though nothing arrives: the next send or the next expiry; undefined when all is done. */
  nextTimeout(): Monotonic | undefined;
  /** The oldest event not yet taken. */
  pollEvent(): Event | undefined;
}
