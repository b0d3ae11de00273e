import type { Family } from '../wire/ip-address.js';
import type { Monotonic, Realtime } from '../wire/time.js';

/** An `Arrival.number` that is not known. */
export const NO_NUMBER = -1;

/**
 * What came in from a channel. One object is reused for every arrival and its bytes lie in memory that the next
 * receive overwrites, so nothing is allocated a packet.
 *
 * - `message`: a received transport message: `bytes[start..end)` begins at the ICMP, UDP or TCP header (a channel has
 *   stripped the IPv4 header that raw sockets deliver; its options are kept in `optionsBytes`).
 * - `stamp`: the kernel's transmit stamp of a packet sent before. Where `number` does not tell which, `bytes` holds that
 *   packet from its transport header.
 * - `error`: from the socket's error queue: `bytes` holds what we sent, from its transport header (ping and raw
 *   sockets) or its payload (UDP sockets), and `error*` who complained and how.
 */
export interface Arrival {
  kind: 'message' | 'stamp' | 'error';
  /** The channel's lane (socket) it came in on; the number that `PacketSlot.lane` has. */
  lane: number;
  family: Family;
  bytes: Uint8Array;
  /** The same memory as `bytes`. */
  view: DataView;
  start: number;
  end: number;
  /** The message was longer than the channel's memory or the path's buffers: `end` is not its true end. */
  truncated: boolean;
  /** Of a `stamp`: the lowest 32 bits of the packet's `PacketSlot.probe`, unsigned; else, or where unknown, NO_NUMBER. */
  number: number;
  /** Source of a message; destination of the packet that a stamp or error is about. Words as `IpAddress.writeWords`. */
  readonly address: Uint32Array;
  /** The UDP or TCP port beside `address`, where the socket address has one. */
  port: number;
  /** Interface index of link-local sources, else 0. */
  scopeId: number;
  /** TTL or hop limit of a message; -1 where unknown. */
  hopLimit: number;
  /** TOS or traffic class of a message; -1 where unknown. */
  trafficClass: number;
  /** The IPv4 options of a message: `optionsBytes[optionsStart..optionsEnd)`; empty where there are none. */
  optionsBytes: Uint8Array;
  optionsStart: number;
  optionsEnd: number;
  /** The kernel's stamp: of receipt (message, error) or of sending (stamp). NaN where there is none. */
  stamp: Realtime;
  /** When user space took it: the fallback where `stamp` is NaN or the wall clock was stepped. */
  taken: Monotonic;
  /** Counts steps of the wall clock seen by this channel: stamps of different epochs must not be subtracted. */
  clockEpoch: number;
  /** Of an `error`: errno, origin (SO_EE_ORIGIN_*), ICMP type and code, info (MTU), and the offender's address. */
  errno: number;
  errorOrigin: number;
  errorType: number;
  errorCode: number;
  errorInfo: number;
  readonly offender: Uint32Array;
  /** As `scopeId`, of the offender. */
  offenderScopeId: number;
  hasOffender: boolean;
  /** Of an `error` with IP_RECVERR_RFC4884: where RFC 4884 extensions begin in `bytes`; -1 where there are none. */
  extensionsStart: number;
}

/** An arrival of no content, to be filled again and again. */
export function createArrival(): Arrival {
  const bytes = new Uint8Array(0);
  return {
    kind: 'message',
    lane: 0,
    family: 4,
    bytes,
    view: new DataView(bytes.buffer),
    start: 0,
    end: 0,
    truncated: false,
    number: NO_NUMBER,
    address: new Uint32Array(4),
    port: 0,
    scopeId: 0,
    hopLimit: -1,
    trafficClass: -1,
    optionsBytes: bytes,
    optionsStart: 0,
    optionsEnd: 0,
    stamp: Number.NaN as Realtime,
    // A double from the start, so that the field never changes its representation.
    taken: Number.NaN as Monotonic,
    clockEpoch: 0,
    errno: 0,
    errorOrigin: 0,
    errorType: 0,
    errorCode: 0,
    errorInfo: 0,
    offender: new Uint32Array(4),
    offenderScopeId: 0,
    hasOffender: false,
    extensionsStart: -1,
  };
}
