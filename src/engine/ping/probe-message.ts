import { setUint16, uint8 } from '../../wire/byte-order.js';
import { sumWords, verifyInternetChecksum } from '../../wire/checksum.js';
import { echoReplyType, echoRequestType } from '../../wire/icmp-types.js';
import type { Family } from '../../wire/ip-address.js';
import type { Arrival } from '../arrival.js';
import type { PacketSlot } from '../packet-slot.js';
import type { PingCorrupt } from './ping-event.js';

/** ICMP and ICMPv6 echo, RFC 792 and RFC 4443 section 4: type, code, checksum, identifier, sequence, payload. */
export const ICMP_HEADER = 8;
const CHECKSUM = 2;
const IDENTIFIER = 4;
const SEQUENCE = 6;
export const COOKIE = ICMP_HEADER;
export const COOKIE_BYTES = 8;

export interface ProbeFormat {
  readonly lane: number;
  readonly identifier: number;
  readonly payloadSize: number;
  readonly pattern?: Uint8Array;
}

/**
 * The echo requests of one lane, which differ in sequence, cookie and checksum only; the rest is prepared, its checksum
 * too. And the judge of what comes back.
 */
export class ProbeMessage {
  readonly length: number;
  readonly lane: number;
  /** Whether there is room for a cookie. */
  readonly hasCookie: boolean;
  private readonly bytes: Uint8Array;
  /** The whole 32-bit words of `bytes`, in the host's order. */
  private readonly words: Int32Array;
  /** Likewise its doubles, to compare eight bytes at a time; none where that would not tell. */
  private readonly doubles: Float64Array;
  /** Where the bytes begin that are the same in every probe. */
  private readonly fixedStart: number;
  /** Ones' complement sum of the template: checksum, sequence and cookie are 0 in it. */
  private readonly sum: number;
  private readonly replyType: number;

  constructor(
    private readonly family: Family,
    format: ProbeFormat,
  ) {
    this.lane = format.lane;
    this.length = ICMP_HEADER + format.payloadSize;
    this.hasCookie = format.payloadSize >= COOKIE_BYTES;
    this.fixedStart = this.hasCookie ? COOKIE + COOKIE_BYTES : ICMP_HEADER;
    this.bytes = new Uint8Array(this.length);
    this.words = new Int32Array(this.bytes.buffer, 0, this.length >> 2);
    this.bytes[0] = echoRequestType(family);
    setUint16(this.bytes, IDENTIFIER, format.identifier);
    fill(this.bytes.subarray(ICMP_HEADER), this.fixedStart - ICMP_HEADER, format.pattern);
    this.doubles = comparableDoubles(this.bytes, this.fixedStart);
    this.sum = sumWords(this.bytes, 0, this.length);
    this.replyType = echoReplyType(family);
  }

  write(slot: PacketSlot, sequence: number, cookieHigh: number, cookieLow: number): void {
    const { view } = slot;
    if (slot.author !== this) this.prepare(slot);
    view.setUint16(SEQUENCE, sequence);
    if (this.hasCookie) {
      view.setInt32(COOKIE, cookieHigh);
      view.setInt32(COOKIE + 4, cookieLow);
    }
    // The kernel computes ICMPv6's, which covers the addresses (RFC 3542 section 3.1).
    if (this.family === 4) view.setUint16(CHECKSUM, ~this.sumOf(sequence, cookieHigh, cookieLow) & 0xffff);
    slot.length = this.length;
  }

  private prepare(slot: PacketSlot): void {
    slot.bytes.set(this.bytes);
    slot.author = this;
  }

  /**
   * What is wrong with an echo reply that identifier, sequence, source and cookie say is ours; undefined: nothing.
   * Raw IPv4 sockets get messages before the kernel has looked at their checksum (net/ipv4/ip_input.c).
   */
  flaw(arrival: Arrival, sequence: number, cookieHigh: number, cookieLow: number): PingCorrupt['reason'] | undefined {
    if (arrival.end - arrival.start !== this.length || arrival.truncated) return 'length';
    const intact = this.firstDifference(arrival) < 0;
    if (this.family === 4 && !this.isChecksumRight(arrival, intact, sequence, cookieHigh, cookieLow)) return 'checksum';
    return intact ? undefined : 'payload';
  }

  /** Offset in the payload of the first byte that is not as sent; -1 where there is none. The cookie is not looked at. */
  firstDifference(arrival: Arrival): number {
    const { view, start } = arrival;
    const { bytes, words, doubles } = this;
    const end = Math.min(this.length, arrival.end - start);
    let double = this.fixedStart >> 3;
    for (const last = Math.min(end >> 3, doubles.length); double < last; double++) {
      if (view.getFloat64(start + 8 * double, true) !== doubles[double]) break;
    }
    let word = 2 * double;
    for (const last = end >> 2; word < last; word++) {
      if (view.getInt32(start + 4 * word, true) !== words[word]) break;
    }
    for (let at = 4 * word; at < end; at++) {
      if (view.getUint8(start + at) !== bytes[at]) return at - ICMP_HEADER;
    }
    return -1;
  }

  private isChecksumRight(
    arrival: Arrival,
    intact: boolean,
    sequence: number,
    cookieHigh: number,
    cookieLow: number,
  ): boolean {
    const { view, start } = arrival;
    const code = view.getUint8(start + 1);
    if (!intact || code !== 0) return verifyInternetChecksum(arrival.bytes, start, arrival.end);
    // All bytes are known, so their sum is: the request's with another type, plus the checksum that came.
    const typeChange = 0xffff - ((uint8(this.bytes, 0) - this.replyType) << 8);
    return fold(this.sumOf(sequence, cookieHigh, cookieLow) + typeChange + view.getUint16(start + CHECKSUM)) === 0xffff;
  }

  private sumOf(sequence: number, cookieHigh: number, cookieLow: number): number {
    if (!this.hasCookie) return fold(this.sum + sequence);
    const cookie = (cookieHigh >>> 16) + (cookieHigh & 0xffff) + (cookieLow >>> 16) + (cookieLow & 0xffff);
    return fold(this.sum + sequence + cookie);
  }
}

/** From `start` on: the pattern again and again, or each byte's offset in the payload, as iputils ping has it. */
function fill(payload: Uint8Array, start: number, pattern: Uint8Array | undefined): void {
  for (let at = start; at < payload.length; at++) {
    payload[at] = pattern === undefined || pattern.length === 0 ? at : (pattern[(at - start) % pattern.length] ?? 0);
  }
}

/** Doubles that are equal have equal bits, but for zero, of which there are two: where there is one, no double is used. */
function comparableDoubles(bytes: Uint8Array, start: number): Float64Array {
  const doubles = new Float64Array(bytes.buffer, 0, bytes.length >> 3);
  return doubles.includes(0, start >> 3) ? new Float64Array(0) : doubles;
}

function fold(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}
