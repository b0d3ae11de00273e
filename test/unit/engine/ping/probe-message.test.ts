import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProbeMessage } from '../../../../src/engine/ping/probe-message.js';
import { setUint16, uint8, uint16 } from '../../../../src/wire/byte-order.js';
import { decodeIcmpMessage, verifyIcmpChecksum, writeIcmpChecksum } from '../../../../src/wire/icmp-message.js';
import { arrivalOf, dirtySlot, messageOf } from '../../../support/engine/packets.js';

const SIZES = [0, 1, 3, 7, 8, 9, 15, 16, 17, 56, 57, 247, 248, 249, 300, 1472];

function probe(family: 4 | 6, payloadSize: number, pattern?: Uint8Array): ProbeMessage {
  return new ProbeMessage(family, { lane: 0, identifier: 0xbeef, payloadSize, pattern });
}

/** What the target sends back: the same message as an echo reply. */
function replyTo(request: Uint8Array): Uint8Array {
  const reply = request.slice();
  reply[0] = 0;
  writeIcmpChecksum(reply, 0, reply.length);
  return reply;
}

function requestOf(message: ProbeMessage, sequence = 0x1234, high = 0x01020304, low = -2): Uint8Array {
  const slot = dirtySlot();
  message.write(slot, sequence, high, low);
  return messageOf(slot);
}

describe('ProbeMessage', () => {
  it('writes an echo request: cookie first, then bytes that count up, as in iputils', () => {
    expect(decodeIcmpMessage(4, requestOf(probe(4, 20)))).toMatchObject({
      kind: 'echo-request',
      code: 0,
      identifier: 0xbeef,
      sequence: 0x1234,
      payload: new Uint8Array([1, 2, 3, 4, 255, 255, 255, 254, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]),
    });
  });

  it('repeats a pattern behind the cookie', () => {
    const request = requestOf(probe(4, 15, new Uint8Array([0xab, 0xcd])));
    expect([...request.subarray(16)]).toEqual([0xab, 0xcd, 0xab, 0xcd, 0xab, 0xcd, 0xab]);
  });

  it('has no cookie where there is no room for it', () => {
    expect([...requestOf(probe(4, 5)).subarray(8)]).toEqual([0, 1, 2, 3, 4]);
  });

  it('leaves the checksum of ICMPv6 to the kernel', () => {
    const request = requestOf(probe(6, 56));
    expect(uint8(request, 0)).toBe(128);
    expect(uint16(request, 2)).toBe(0);
  });

  it('has the right checksum for every size, sequence and cookie', () => {
    const sizes = fc.constantFrom(...SIZES);
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 0xffff }), word, word, (size, sequence, high, low) => {
        const request = requestOf(probe(4, size), sequence, high, low);
        expect(request).toHaveLength(8 + size);
        expect(verifyIcmpChecksum(request, 0, request.length)).toBe(true);
      }),
    );
  });

  it('finds no flaw in a true reply', () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(
        fc.constantFrom(...SIZES),
        fc.integer({ min: 0, max: 0xffff }),
        word,
        word,
        (size, sequence, high, low) => {
          const message = probe(4, size);
          const reply = arrivalOf(replyTo(requestOf(message, sequence, high, low)));
          expect(message.flaw(reply, sequence, high, low)).toBeUndefined();
        },
      ),
    );
  });

  it('takes a checksum of 0 for the 0xffff that it stands for', () => {
    const message = probe(4, 0);
    const reply = replyTo(requestOf(message, 0x4110));
    expect(uint16(reply, 2)).toBe(0);
    expect(message.flaw(arrivalOf(reply), 0x4110, 0, 0)).toBeUndefined();
    setUint16(reply, 2, 0xffff);
    expect(message.flaw(arrivalOf(reply), 0x4110, 0, 0)).toBeUndefined();
  });

  it('finds every altered byte of the payload and says where it is', () => {
    for (const size of [9, 16, 17, 18, 19, 56, 300]) {
      const message = probe(4, size);
      const reply = replyTo(requestOf(message));
      for (let offset = 8; offset < size; offset++) {
        const altered = reply.slice();
        altered[8 + offset] = uint8(altered, 8 + offset) ^ 0x10;
        expect(message.flaw(arrivalOf(altered), 0x1234, 0x01020304, -2)).toBe('checksum');
        writeIcmpChecksum(altered, 0, altered.length);
        const arrival = arrivalOf(altered);
        expect(message.flaw(arrival, 0x1234, 0x01020304, -2)).toBe('payload');
        expect(message.firstDifference(arrival)).toBe(offset);
      }
    }
  });

  it.each([
    ['zeros', [0]],
    ['a negative zero', [0, 0, 0, 0, 0, 0, 0, 0x80]],
    ['what is no number', [0xff]],
    ['what is no number once in two', [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f]],
  ])('finds every altered bit of a pattern of %s, and none where there is none', (_, pattern) => {
    const message = probe(4, 8 + 33, Uint8Array.from(pattern));
    const reply = replyTo(requestOf(message));
    expect(message.flaw(arrivalOf(reply), 0x1234, 0x01020304, -2)).toBeUndefined();
    for (let bit = 8 * 16; bit < 8 * reply.length; bit++) {
      const altered = reply.slice();
      altered[bit >> 3] = uint8(altered, bit >> 3) ^ (1 << (bit & 7));
      writeIcmpChecksum(altered, 0, altered.length);
      expect(message.flaw(arrivalOf(altered), 0x1234, 0x01020304, -2)).toBe('payload');
      expect(message.firstDifference(arrivalOf(altered))).toBe((bit >> 3) - 8);
    }
  });

  it('does not look at checksums of ICMPv6, which the kernel has verified', () => {
    const message = probe(6, 56);
    const reply = requestOf(message);
    reply[0] = 129;
    setUint16(reply, 2, 0x4242);
    expect(message.flaw(arrivalOf(reply, { from: '2001:db8::7' }), 0x1234, 0x01020304, -2)).toBeUndefined();
  });

  it('calls a reply that is longer, shorter or cut by length', () => {
    const message = probe(4, 56);
    const reply = replyTo(requestOf(message));
    const longer = new Uint8Array(reply.length + 1);
    longer.set(reply);
    expect(message.flaw(arrivalOf(longer), 0x1234, 0x01020304, -2)).toBe('length');
    expect(message.flaw(arrivalOf(reply.slice(0, 40)), 0x1234, 0x01020304, -2)).toBe('length');
    expect(message.flaw(arrivalOf(reply, { truncated: true }), 0x1234, 0x01020304, -2)).toBe('length');
  });
});
