import type { Family } from '../wire/ip-address.js';

/**
 * One packet to send, written by an engine. `bytes` belongs to the channel and is reused for every packet. The message
 * begins at the transport header (ICMP, or UDP and TCP on raw lanes) or at the payload (UDP lanes); the kernel, or the
 * simulated network, makes the IP header.
 */
export interface PacketSlot {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Who has written all of `bytes` and may trust them to be as it left them; undefined at first. */
  author: object | undefined;
  /** Bytes of the message. */
  length: number;
  /** Which of the channel's sockets sends it. */
  lane: number;
  family: Family;
  /** Destination, in words as `IpAddress.writeWords` gives them. */
  readonly destination: Uint32Array;
  /** Destination port (UDP, TCP), else 0. */
  port: number;
  /** Interface index for a link-local destination, else 0. */
  scopeId: number;
  /** IPv6 flow label (20 bits), else 0. */
  flowLabel: number;
  /** TTL or hop limit, 1 to 255; 0: as the socket has it. */
  hopLimit: number;
  /** TOS or traffic class, 0 to 255; -1: as the socket has it. */
  trafficClass: number;
  /** The engine's own number for this packet, given back by `handleSent` and `handleSendError`. */
  probe: number;
}

/** Puts a slot back to what an engine may expect before it writes. */
export function resetSlot(slot: PacketSlot): void {
  slot.length = 0;
  slot.lane = 0;
  slot.port = 0;
  slot.scopeId = 0;
  slot.flowLabel = 0;
  slot.hopLimit = 0;
  slot.trafficClass = -1;
  slot.probe = -1;
}
