import type { Monotonic } from '../wire/time.js';
import type { Arrival } from './arrival.js';
import type { Engine } from './engine.js';
import type { PacketChannel } from './packet-channel.js';
import { resetSlot } from './packet-slot.js';

/** Arrivals taken between two looks at what is due to be sent, so that neither side starves the other. */
const ARRIVALS_A_TURN = 512;

/**
 * Turns for which expiry waits while arrivals are still queued: a reply that lies in the socket buffer is not late, but a
 * flood of packets must not hold back a deadline for ever.
 */
const TURNS_WITHOUT_EXPIRY = 16;

/**
 * One driver for every engine and both channels: moves packets and time between an engine and a channel. The caller
 * waits, in real or virtual time, and calls `step` again.
 */
export class EngineDriver<Event> {
  /** Slots written by the engine that a full socket buffer has not taken yet: [unsentFirst, unsentEnd). */
  private unsentFirst = 0;
  private unsentEnd = 0;
  private turnsWithoutExpiry = 0;
  private now: Monotonic;
  private readonly handleArrival = (arrival: Arrival): void => this.engine.handleArrival(this.now, arrival);
  private readonly handleOutcome = (probe: number, errno: number, begunAt = this.now): void => {
    if (errno === 0) this.engine.handleSent(begunAt, probe);
    else this.engine.handleSendError(begunAt, probe, errno);
  };

  constructor(
    private readonly engine: Engine<Event>,
    private readonly channel: PacketChannel,
  ) {
    this.now = channel.now();
  }

  /** True while a full socket buffer holds back what the engine wants to send: wait for writability. */
  get blocked(): boolean {
    return this.unsentFirst < this.unsentEnd || this.channel.underway === 'room';
  }

  /**
   * Does all that can be done now.
   * @param sending false holds back new packets, for one while nobody takes the events.
   * @returns true where there may be more to do at once: arrivals were left, results are to come, or the transmit batch
   * was full.
   */
  step(sending = true): boolean {
    this.now = this.channel.now();
    const queued = this.receive();
    this.expire(queued || this.channel.underway === 'results');
    return (sending && this.transmit()) || queued || this.channel.underway === 'results';
  }

  private receive(): boolean {
    return this.channel.receive(this.handleArrival, ARRIVALS_A_TURN) >= ARRIVALS_A_TURN;
  }

  private expire(queued: boolean): void {
    if (queued && ++this.turnsWithoutExpiry < TURNS_WITHOUT_EXPIRY) return;
    this.turnsWithoutExpiry = 0;
    const deadline = this.engine.nextTimeout();
    if (deadline !== undefined && deadline <= this.now) this.engine.handleTimeout(this.now);
  }

  private transmit(): boolean {
    const { slots, underway } = this.channel;
    if (underway === 'room') return false;
    if (!this.blocked) {
      this.unsentFirst = 0;
      this.unsentEnd = this.fill(slots.length);
    }
    if (!this.blocked) return false;
    this.now = this.channel.now();
    this.unsentFirst = this.channel.transmit(this.unsentFirst, this.unsentEnd, this.handleOutcome);
    return !this.blocked && this.unsentEnd === slots.length;
  }

  private fill(limit: number): number {
    const { slots } = this.channel;
    for (let index = 0; index < limit; index++) {
      const slot = slots[index];
      if (slot === undefined) return index;
      resetSlot(slot);
      if (!this.engine.pollTransmit(this.now, slot)) return index;
    }
    return limit;
  }
}
