import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uint16 } from '../../../src/wire/byte-order.js';
import {
  internetChecksum,
  pseudoHeaderSum,
  pseudoHeaderSumAt,
  sumWords,
  updateChecksum,
  verifyInternetChecksum,
} from '../../../src/wire/checksum.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { bytes, uint } from './support/arbitraries.js';
import { GOLDEN, packet } from './support/golden-packets.js';

/** RFC 1071 section 1 word for word, in numbers that cannot overflow. */
function reference(data: Uint8Array): number {
  let sum = 0n;
  for (let at = 0; at < data.length; at += 2) sum += BigInt((data[at] ?? 0) * 256 + (data[at + 1] ?? 0));
  while (sum > 0xffffn) sum = (sum & 0xffffn) + (sum >> 16n);
  return Number(~sum & 0xffffn);
}

describe('internetChecksum', () => {
  it('gives the sum of the example in RFC 1071 section 3', () => {
    expect(sumWords(packet('0001 f203 f4f5 f6f7'), 0, 8)).toBe(0xddf2);
    expect(internetChecksum(packet('0001 f203 f4f5 f6f7'), 0, 8)).toBe(0x220d);
  });

  it('gives the checksums that the kernel computed', () => {
    const { echoReply4 } = GOLDEN;
    const cleared = echoReply4.slice();
    cleared.fill(0, 10, 12);
    cleared.fill(0, 22, 24);
    expect(internetChecksum(cleared, 0, 20)).toBe(uint16(echoReply4, 10));
    expect(internetChecksum(cleared, 20, 84)).toBe(uint16(echoReply4, 22));
  });

  it('agrees with the definition for any bytes at any place', () => {
    fc.assert(
      fc.property(bytes(0, 200), fc.nat(200), fc.nat(200), (data, a, b) => {
        const start = Math.min(a, b, data.length);
        const end = Math.min(Math.max(a, b), data.length);
        expect(internetChecksum(data, start, end)).toBe(reference(data.subarray(start, end)));
      }),
    );
  });

  it.each([65_533, 65_534, 65_535, 65_536, 200_001])('does not overflow over %i bytes of ones', length => {
    const ones = new Uint8Array(length).fill(0xff);
    expect(internetChecksum(ones, 0, length)).toBe(reference(ones));
  });

  it('continues from the sum of what comes before', () => {
    fc.assert(
      fc.property(bytes(0, 99), bytes(0, 99), (head, tail) => {
        const even = head.length % 2 === 0 ? head : head.slice(1);
        const whole = Uint8Array.from([...even, ...tail]);
        const initial = sumWords(even, 0, even.length);
        expect(internetChecksum(tail, 0, tail.length, initial)).toBe(internetChecksum(whole, 0, whole.length));
      }),
    );
  });
});

describe('verifyInternetChecksum', () => {
  it('accepts the headers and messages that the kernel sent', () => {
    expect(verifyInternetChecksum(GOLDEN.timeExceeded4, 0, 20)).toBe(true);
    expect(verifyInternetChecksum(GOLDEN.timeExceeded4, 20, GOLDEN.timeExceeded4.length)).toBe(true);
  });

  it('sees any single changed byte', () => {
    const { echoReply4 } = GOLDEN;
    for (let at = 20; at < echoReply4.length; at++) {
      const changed = echoReply4.slice();
      changed[at] = ((changed[at] ?? 0) + 1) & 0xff;
      expect(verifyInternetChecksum(changed, 20, changed.length), `byte ${at}`).toBe(false);
    }
  });
});

describe('updateChecksum', () => {
  it('gives the result of the example in RFC 1624 section 4', () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  it('agrees with a checksum over the changed bytes, for any change', () => {
    fc.assert(
      fc.property(bytes(4, 64), fc.nat(31), uint(16), (data, word, value) => {
        // A message that holds anything but zeros before and after: a sum of zero has two forms (RFC 1624 section 3).
        const changed = Uint8Array.of(1, ...data, 0);
        const at = Math.min(2 * word, (changed.length & ~1) - 2);
        const before = internetChecksum(changed, 0, changed.length);
        const old = uint16(changed, at);
        changed[at] = value >>> 8;
        changed[at + 1] = value;
        const after = internetChecksum(changed, 0, changed.length);
        fc.pre(after !== 0xffff);
        expect(updateChecksum(before, old, value)).toBe(after);
      }),
    );
  });
});

describe('pseudoHeaderSum', () => {
  it.each([
    ['ICMPv6', GOLDEN.echoReply6, 40, 58],
    ['ICMPv6 error', GOLDEN.timeExceeded6, 40, 58],
    ['UDP over IPv4', GOLDEN.udp4, 20, 17],
    ['UDP over IPv6', GOLDEN.udp6, 40, 17],
    ['TCP over IPv4', GOLDEN.tcpSyn4, 20, 6],
    ['TCP over IPv6', GOLDEN.tcpSyn6, 40, 6],
  ])('makes the checksum right that the kernel sent: %s', (_, golden, start, protocol) => {
    const size = start === 20 ? 4 : 16;
    const source = IpAddress.fromBytes(golden.subarray(start - 2 * size, start - size));
    const destination = IpAddress.fromBytes(golden.subarray(start - size, start));
    const length = golden.length - start;
    const sum = pseudoHeaderSum(source, destination, protocol, length);
    expect(verifyInternetChecksum(golden, start, golden.length, sum)).toBe(true);
    expect(pseudoHeaderSumAt(golden, start - 2 * size, size, protocol, length)).toBe(sum);
  });
});
