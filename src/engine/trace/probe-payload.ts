import { setUint16, setUint32, uint8, uint16, uint32 } from '../../wire/byte-order.js';

/**
 * What stands behind a probe's UDP or ICMP header, as far as it has room:
 *
 *     0  2 bytes  balance: brings the checksum over all to the value it has to have
 *     2  2 bytes  token of the probe
 *     4  8 bytes  cookie: random a run, so that nobody who has not seen a probe can answer it
 *    12  ...      each byte holds its offset
 */
export const BALANCE = 0;
const TOKEN = 2;
export const COOKIE = 4;
const COOKIE_BYTES = 8;
/** The shortest payload that can be told from another. */
export const SMALLEST_PAYLOAD = 4;

/** 64 random bits. */
export interface Cookie {
  readonly high: number;
  readonly low: number;
}

/** Writes `length` bytes at `at`; the balance stays 0. */
export function writePayload(out: Uint8Array, at: number, length: number, token: number, cookie: Cookie): void {
  for (let offset = 0; offset < length; offset++) out[at + offset] = offset;
  setUint16(out, at + BALANCE, 0);
  setUint16(out, at + TOKEN, token);
  if (length < COOKIE + COOKIE_BYTES) return;
  setUint32(out, at + COOKIE, cookie.high);
  setUint32(out, at + COOKIE + 4, cookie.low);
}

/** The token at `at`; -1 where the payload is cut before its end. */
export function readToken(bytes: Uint8Array, at: number, end: number): number {
  return end - at < COOKIE ? -1 : uint16(bytes, at + TOKEN);
}

/**
 * What the payload from `at` to `end` says about its origin: `ours`, `foreign`, or `silent` where it is too short to say.
 * A cut cookie has to be right as far as it goes, and proves nothing.
 */
export function judgeCookie(bytes: Uint8Array, at: number, end: number, cookie: Cookie): 'ours' | 'foreign' | 'silent' {
  const there = end - at - COOKIE;
  if (there >= COOKIE_BYTES) {
    const same = uint32(bytes, at + COOKIE) === cookie.high && uint32(bytes, at + COOKIE + 4) === cookie.low;
    return same ? 'ours' : 'foreign';
  }
  for (let index = 0; index < there; index++) {
    const word = index < 4 ? cookie.high : cookie.low;
    if (uint8(bytes, at + COOKIE + index) !== ((word >>> (24 - 8 * (index % 4))) & 0xff)) return 'foreign';
  }
  return 'silent';
}
