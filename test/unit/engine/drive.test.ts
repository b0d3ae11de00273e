import { describe, expect, it } from 'vitest';
import { type Arrival, createArrival } from '../../../src/engine/arrival.js';
import { EngineDriver } from '../../../src/engine/drive.js';
import type { Engine } from '../../../src/engine/engine.js';
import type { PacketChannel, TransmitOutcome } from '../../../src/engine/packet-channel.js';
import type { PacketSlot } from '../../../src/engine/packet-slot.js';
import type { Monotonic } from '../../../src/wire/time.js';
import { dirtySlot } from '../../support/engine/packets.js';

const ENOBUFS = 105;

/** Sends so many packets and notes what it is told. */
class NotingEngine implements Engine<never> {
  readonly notes: string[] = [];
  private next = 0;
  deadline: number | undefined;

  constructor(private readonly packets: number) {}

  pollTransmit(_now: Monotonic, slot: PacketSlot): boolean {
    if (this.next === this.packets) return false;
    if (slot.probe !== -1 || slot.length !== 0) throw new Error('the slot was not reset');
    slot.probe = this.next++;
    slot.length = 8;
    return true;
  }

  handleSent(now: Monotonic, probe: number): void {
    this.notes.push(`sent ${probe} at ${now}`);
  }

  handleSendError(_now: Monotonic, probe: number, errno: number): void {
    this.notes.push(`refused ${probe}: ${errno}`);
  }

  handleArrival(now: Monotonic): void {
    this.notes.push(`arrival at ${now}`);
  }

  handleTimeout(now: Monotonic): void {
    this.notes.push(`timeout at ${now}`);
    this.deadline = undefined;
  }

  nextTimeout(): Monotonic | undefined {
    return this.deadline as Monotonic | undefined;
  }

  pollEvent(): undefined {
    return undefined;
  }
}

/** A channel of four slots that takes so many packets a call, and hands out so many arrivals. */
class CountingChannel implements PacketChannel {
  readonly slots = Array.from({ length: 4 }, () => dirtySlot());
  readonly drops = 0;
  underway: PacketChannel['underway'] = 'nothing';
  time = 0;
  taken = 4;
  refused = -1;
  begunAt: Monotonic | undefined;
  arrivals = 0;
  private readonly arrival = createArrival();

  now(): Monotonic {
    return this.time as Monotonic;
  }

  transmit(first: number, end: number, outcome: TransmitOutcome): number {
    const stop = Math.min(end, first + this.taken);
    for (const { probe } of this.slots.slice(first, stop)) {
      outcome(probe, probe === this.refused ? ENOBUFS : 0, this.begunAt);
    }
    return stop;
  }

  receive(handle: (arrival: Arrival) => void, limit: number): number {
    const count = Math.min(limit, this.arrivals);
    for (let index = 0; index < count; index++) handle(this.arrival);
    this.arrivals -= count;
    return count;
  }

  close(): void {}
}

describe('EngineDriver', () => {
  it('sends what is due and tells each fate', () => {
    const [engine, channel] = [new NotingEngine(3), new CountingChannel()];
    channel.refused = 1;
    channel.time = 7;
    expect(new EngineDriver(engine, channel).step()).toBe(false);
    expect(engine.notes).toEqual(['sent 0 at 7', `refused 1: ${ENOBUFS}`, 'sent 2 at 7']);
  });

  it('asks to be called again while the batch is full', () => {
    const [engine, channel] = [new NotingEngine(6), new CountingChannel()];
    const driver = new EngineDriver(engine, channel);
    expect([driver.step(), driver.step(), driver.step()]).toEqual([true, false, false]);
    expect(engine.notes).toHaveLength(6);
  });

  it('asks to be called again while results are to come, and lets no time run out before them, but not for ever', () => {
    const [engine, channel] = [new NotingEngine(0), new CountingChannel()];
    const driver = new EngineDriver(engine, channel);
    engine.deadline = 5;
    channel.time = 9;
    channel.underway = 'results';
    expect(driver.step()).toBe(true);
    expect(engine.notes).toEqual([]);
    for (let turn = 0; turn < 20; turn++) driver.step();
    expect(engine.notes).toEqual(['timeout at 9']);
  });

  it('takes the fate of what was sent beside it with the time at which that began', () => {
    const [engine, channel] = [new NotingEngine(1), new CountingChannel()];
    channel.time = 9;
    channel.begunAt = 4 as Monotonic;
    new EngineDriver(engine, channel).step();
    expect(engine.notes).toEqual(['sent 0 at 4']);
  });

  it('is blocked, and sends nothing new, while the channel waits for room', () => {
    const [engine, channel] = [new NotingEngine(2), new CountingChannel()];
    const driver = new EngineDriver(engine, channel);
    channel.underway = 'room';
    expect([driver.step(), driver.blocked]).toEqual([false, true]);
    expect(engine.notes).toEqual([]);
    channel.underway = 'nothing';
    driver.step();
    expect(driver.blocked).toBe(false);
    expect(engine.notes).toHaveLength(2);
  });

  it('tries what a full buffer did not take again, unchanged and before anything new', () => {
    const [engine, channel] = [new NotingEngine(6), new CountingChannel()];
    const driver = new EngineDriver(engine, channel);
    channel.taken = 3;
    driver.step();
    expect(driver.blocked).toBe(true);
    channel.taken = 0;
    driver.step();
    expect(engine.notes).toHaveLength(3);
    channel.taken = 4;
    driver.step();
    expect(driver.blocked).toBe(false);
    driver.step();
    expect(engine.notes.map(note => note.split(' ')[1])).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('sends nothing while told not to', () => {
    const engine = new NotingEngine(2);
    const driver = new EngineDriver(engine, new CountingChannel());
    expect(driver.step(false)).toBe(false);
    expect(engine.notes).toEqual([]);
    driver.step(true);
    expect(engine.notes).toHaveLength(2);
  });

  it('hands over arrivals before it lets time run out', () => {
    const [engine, channel] = [new NotingEngine(0), new CountingChannel()];
    engine.deadline = 5;
    channel.time = 9;
    channel.arrivals = 1;
    new EngineDriver(engine, channel).step();
    expect(engine.notes).toEqual(['arrival at 9', 'timeout at 9']);
  });

  it('does not let time run out while arrivals are queued, but not for ever', () => {
    const [engine, channel] = [new NotingEngine(0), new CountingChannel()];
    const driver = new EngineDriver(engine, channel);
    engine.deadline = 5;
    channel.time = 9;
    channel.arrivals = 1_000_000;
    expect(driver.step()).toBe(true);
    expect(engine.notes).not.toContain('timeout at 9');
    for (let turn = 0; turn < 20; turn++) driver.step();
    expect(engine.notes).toContain('timeout at 9');
  });
});
