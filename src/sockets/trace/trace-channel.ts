import type { Arrival } from '../../engine/arrival.js';
import type { PacketChannel, TransmitOutcome } from '../../engine/packet-channel.js';
import type { PacketSlot } from '../../engine/packet-slot.js';
import type { Monotonic } from '../../wire/time.js';
import type { SocketChannel } from '../channel/socket-channel.js';
import type { ConnectLanes } from './connect-lanes.js';

/** The sockets of a trace, and connections beside them, as one channel. */
export class TraceChannel implements PacketChannel {
  readonly slots: readonly PacketSlot[];

  /** @param connectLanes the lanes that stand for connections. */
  constructor(
    private readonly sockets: SocketChannel,
    private readonly connections: ConnectLanes,
    private readonly connectLanes: ReadonlySet<number>,
  ) {
    this.slots = sockets.slots;
  }

  now(): Monotonic {
    return this.sockets.now();
  }

  get drops(): number {
    return this.sockets.drops;
  }

  get underway(): PacketChannel['underway'] {
    return this.sockets.underway;
  }

  transmit(first: number, end: number, outcome: TransmitOutcome): number {
    const begunAt = this.now();
    for (let index = first; index < end; ) {
      const slot = this.slots[index];
      if (slot !== undefined && this.connectLanes.has(slot.lane)) {
        outcome(slot.probe, this.connections.send(slot, begunAt));
        index++;
        continue;
      }
      const runEnd = this.endOfRun(index, end);
      const dealtWith = this.sockets.transmit(index, runEnd, outcome);
      if (dealtWith < runEnd) return dealtWith;
      index = runEnd;
    }
    return end;
  }

  receive(handle: (arrival: Arrival) => void, limit: number): number {
    return this.sockets.receive(handle, limit) + this.connections.receive(handle, 0);
  }

  close(): void {
    this.sockets.close();
    this.connections.close();
  }

  private endOfRun(first: number, end: number): number {
    let index = first;
    while (index < end && !this.connectLanes.has(this.slots[index]?.lane ?? -1)) index++;
    return index;
  }
}
