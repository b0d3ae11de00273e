import type { Family } from '../../wire/ip-address.js';
import { type InFlightTable, NO_PROBE } from './in-flight-table.js';
import { COOKIE, COOKIE_BYTES, ICMP_HEADER } from './probe-message.js';

const IDENTIFIER = 4;
const SEQUENCE = 6;

/** Finds the probe that an echo request (quoted, or stamped) or an echo reply is about. */
export class ProbeMatcher {
  /** @param cookieBytes 8, or 0 where probes are too short for a cookie */
  constructor(
    private readonly table: InFlightTable,
    private readonly identifiers: Readonly<Partial<Record<Family, number>>>,
    private readonly cookieBytes: 0 | typeof COOKIE_BYTES,
  ) {}

  /** Whether the echo at `at` bears the identifier of this lane. At least 8 bytes are there. */
  isOurs(family: Family, view: DataView, at: number): boolean {
    return view.getUint16(at + IDENTIFIER) === this.identifiers[family];
  }

  /**
   * The probe to which sequence, cookie and address all belong. Of an echo that was cut, what there is of the cookie has to
   * match, and then sequence and address alone decide.
   * @param at where the echo's ICMP header is; it has its 8 bytes, and our identifier
   * @param words where the probe went, or where the reply came from
   */
  find(family: Family, view: DataView, at: number, end: number, words: Uint32Array, scopeId: number): number {
    const { table } = this;
    let probe = table.newestWithSequence(view.getUint16(at + SEQUENCE));
    while (probe !== NO_PROBE) {
      if (this.hasCookie(probe, view, at, end) && table.isAnsweredBy(probe, family, words, scopeId)) return probe;
      probe = table.olderWithSequence(probe);
    }
    return NO_PROBE;
  }

  /** The probe with this sequence and this whole cookie, wherever it went. */
  findByCookie(view: DataView, at: number, end: number): number {
    if (this.cookieBytes === 0 || end - at < COOKIE + COOKIE_BYTES) return NO_PROBE;
    const { table } = this;
    let probe = table.newestWithSequence(view.getUint16(at + SEQUENCE));
    while (probe !== NO_PROBE && !this.hasCookie(probe, view, at, end)) probe = table.olderWithSequence(probe);
    return probe;
  }

  /** The probe that an impostor pretends to answer: one that has its sequence and its address or else its cookie. */
  suspect(family: Family, view: DataView, at: number, end: number, words: Uint32Array, scopeId: number): number {
    const { table } = this;
    let probe = table.newestWithSequence(view.getUint16(at + SEQUENCE));
    while (probe !== NO_PROBE && !table.isAnsweredBy(probe, family, words, scopeId)) {
      probe = table.olderWithSequence(probe);
    }
    return probe === NO_PROBE ? this.findByCookie(view, at, end) : probe;
  }

  private hasCookie(probe: number, view: DataView, at: number, end: number): boolean {
    const { table } = this;
    const there = Math.min(this.cookieBytes, end - at - ICMP_HEADER);
    if (there < COOKIE_BYTES) return this.hasCookieStart(probe, view, at, there);
    return (
      view.getInt32(at + COOKIE) === table.cookieHigh(probe) &&
      view.getInt32(at + COOKIE + 4) === table.cookieLow(probe)
    );
  }

  private hasCookieStart(probe: number, view: DataView, at: number, there: number): boolean {
    for (let index = 0; index < there; index++) {
      const word = index < 4 ? this.table.cookieHigh(probe) : this.table.cookieLow(probe);
      const byte = (word >>> (24 - 8 * (index % 4))) & 0xff;
      if (view.getUint8(at + COOKIE + index) !== byte) return false;
    }
    return true;
  }
}
