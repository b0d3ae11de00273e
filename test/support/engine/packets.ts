import { type Arrival, createArrival } from '../../../src/engine/arrival.js';
import type { PacketSlot } from '../../../src/engine/packet-slot.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import type { Monotonic, Realtime } from '../../../src/wire/time.js';

const SLOT_BYTES = 2048;

/** A slot whose memory holds the rests of another packet, as a channel's does. */
export function dirtySlot(bytes = SLOT_BYTES): PacketSlot {
  const memory = new Uint8Array(bytes).fill(0xa5);
  return {
    bytes: memory,
    view: new DataView(memory.buffer),
    author: undefined,
    length: 0,
    lane: 0,
    family: 4,
    destination: new Uint32Array(4),
    port: 0,
    scopeId: 0,
    flowLabel: 0,
    hopLimit: 0,
    trafficClass: -1,
    probe: -1,
  };
}

export interface ArrivalFacts {
  kind?: Arrival['kind'];
  from?: string;
  stamp?: number;
  taken?: number;
  clockEpoch?: number;
  truncated?: boolean;
  scopeId?: number;
}

/** An arrival with this message somewhere in the middle of its memory. */
export function arrivalOf(message: Uint8Array, facts: ArrivalFacts = {}): Arrival {
  const arrival = createArrival();
  const memory = new Uint8Array(message.length + 64).fill(0x5a);
  memory.set(message, 30);
  const address = IpAddress.parse(facts.from ?? '192.0.2.7');
  address.writeWords(arrival.address);
  return Object.assign(arrival, {
    kind: facts.kind ?? 'message',
    family: address.family,
    bytes: memory,
    optionsBytes: memory,
    view: new DataView(memory.buffer),
    start: 30,
    end: 30 + message.length,
    stamp: (facts.stamp ?? Number.NaN) as Realtime,
    taken: (facts.taken ?? 0) as Monotonic,
    clockEpoch: facts.clockEpoch ?? 0,
    truncated: facts.truncated ?? false,
    scopeId: facts.scopeId ?? 0,
    hopLimit: 60,
  });
}

/** What a slot holds. */
export function messageOf(slot: PacketSlot): Uint8Array {
  return slot.bytes.slice(0, slot.length);
}
