import type { Arrival } from '../../engine/arrival.js';
import type { PacketChannel, TransmitOutcome } from '../../engine/packet-channel.js';
import type { PacketSlot } from '../../engine/packet-slot.js';
import { IpAddress } from '../../wire/ip-address.js';
import { IPV4_MINIMUM_HEADER, writeIpv4Header } from '../../wire/ipv4-header.js';
import type { Monotonic } from '../../wire/time.js';

/** As Linux has it for new sockets. */
const HOP_LIMIT = 64;
const NO_OPTIONS = new Uint8Array(0);

/**
 * Sockets that are given the IPv4 header with every packet (IP_HDRINCL): "don't fragment" is set in it and not by the
 * socket, which then can be one that learns no MTU from reports (ip(7), IP_PMTUDISC_INTERFACE).
 */
export class WholePacketChannel implements PacketChannel {
  readonly slots: readonly PacketSlot[];

  /**
   * @param protocols IP protocol by lane.
   * @param source of all packets.
   */
  constructor(
    private readonly sockets: PacketChannel,
    private readonly protocols: ReadonlyMap<number, number>,
    private readonly source: IpAddress,
  ) {
    this.slots = sockets.slots.map(behindHeader);
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
    for (let index = first; index < end; index++) this.addHeader(index);
    return this.sockets.transmit(first, end, outcome);
  }

  receive(handle: (arrival: Arrival) => void, limit: number): number {
    return this.sockets.receive(handle, limit);
  }

  close(): void {
    this.sockets.close();
  }

  private addHeader(index: number): void {
    const slot = this.slots[index];
    const whole = this.sockets.slots[index];
    if (slot === undefined || whole === undefined) return;
    const { length, lane, family, scopeId, probe } = slot;
    Object.assign(whole, { length: IPV4_MINIMUM_HEADER + length, lane, family, port: 0, scopeId, probe });
    Object.assign(whole, { flowLabel: 0, hopLimit: 0, trafficClass: -1 });
    whole.destination.set(slot.destination);
    writeIpv4Header(whole.bytes, 0, {
      trafficClass: Math.max(0, slot.trafficClass),
      totalLength: whole.length,
      // The kernel fills 0 in, and computes the checksum: raw(7).
      identification: 0,
      checksum: 0,
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
      hopLimit: slot.hopLimit || HOP_LIMIT,
      protocol: this.protocols.get(lane) ?? 0,
      source: this.source,
      destination: IpAddress.fromWords(4, slot.destination),
      options: NO_OPTIONS,
    });
  }
}

/** A slot whose message begins where the header ends. */
function behindHeader(whole: PacketSlot): PacketSlot {
  const bytes = whole.bytes.subarray(IPV4_MINIMUM_HEADER);
  return {
    ...whole,
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    destination: new Uint32Array(4),
  };
}
