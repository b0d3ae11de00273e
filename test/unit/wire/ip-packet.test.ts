import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { decodeIpPacket } from '../../../src/wire/ip-packet.js';
import { IpPacketReader } from '../../../src/wire/ip-packet-reader.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { bytes } from './support/arbitraries.js';
import { GOLDEN, packet } from './support/golden-packets.js';

const ip = IpAddress.parse;
const quoted = { quoted: true };

describe('decodeIpPacket', () => {
  it('walks an IPv4 packet', () => {
    expect(decodeIpPacket(GOLDEN.echoRequest4)).toEqual({
      family: 4,
      source: ip('10.7.1.1'),
      destination: ip('10.7.3.2'),
      protocol: 1,
      hopLimit: 64,
      trafficClass: 0,
      flowLabel: 0,
      headerLength: 20,
      totalLength: 84,
      payloadStart: 20,
      payloadEnd: 84,
      optionsStart: 20,
      optionsEnd: 20,
      dontFragment: true,
      identification: 0x1f8b,
      truncated: false,
    });
  });

  it('walks an IPv6 packet behind its extension headers', () => {
    expect(decodeIpPacket(GOLDEN.optionHeaders6)).toMatchObject({
      family: 6,
      source: ip('2001:db8:1::1'),
      destination: ip('2001:db8:3::2'),
      protocol: 17,
      hopLimit: 64,
      headerLength: 56,
      totalLength: 73,
      payloadStart: 56,
      payloadEnd: 73,
      dontFragment: true,
    });
  });

  it('shows where IPv4 options lie', () => {
    expect(decodeIpPacket(GOLDEN.recordRouteReply4)).toMatchObject({
      headerLength: 60,
      optionsStart: 20,
      optionsEnd: 60,
      payloadStart: 60,
    });
  });

  it.each([
    ['first IPv4', GOLDEN.firstFragment4, { offset: 0, moreFragments: true }, 0x246f],
    ['last IPv4', GOLDEN.lastFragment4, { offset: 1584, moreFragments: false }, 0x246f],
    ['first IPv6', GOLDEN.firstFragment6, { offset: 0, moreFragments: true }, 0x942e32c0],
    ['last IPv6', GOLDEN.lastFragment6, { offset: 1248, moreFragments: false }, 0x942e32c0],
  ])('tells a fragment: %s', (_, golden, fragment, identification) => {
    expect(decodeIpPacket(golden)).toMatchObject({ fragment, identification });
  });

  it('leaves the padding of a link layer out of the payload', () => {
    const padded = Uint8Array.from([...GOLDEN.udp4, ...new Uint8Array(9)]);
    expect(decodeIpPacket(padded)).toMatchObject({ payloadEnd: 37, truncated: false });
  });

  it('counts from where the packet starts', () => {
    const shifted = Uint8Array.from([0xff, 0xff, ...GOLDEN.udp6, 0xff]);
    expect(decodeIpPacket(shifted, 2)).toMatchObject({ payloadStart: 42, payloadEnd: 59, headerLength: 40 });
  });

  it.each(Object.entries(GOLDEN))('refuses every prefix of %s', (_, golden) => {
    for (let length = 0; length < golden.length; length++) {
      expect(() => decodeIpPacket(golden, 0, length), `${length} bytes`).toThrow(WireFormatError);
    }
  });

  it.each([
    ['version 5', '55'],
    ['version 0', '00'],
    ['a header length of 16 bytes', '44'],
  ])('refuses %s', (_, first) => {
    const changed = GOLDEN.echoRequest4.slice();
    changed.set(packet(first));
    expect(() => decodeIpPacket(changed)).toThrow(WireFormatError);
  });

  it('refuses a total length below that of the header', () => {
    const changed = GOLDEN.echoRequest4.slice();
    changed.set([0, 19], 2);
    expect(() => decodeIpPacket(changed)).toThrow('the length is less than that of the headers');
  });

  it('refuses an extension header that leaves the packet', () => {
    const changed = GOLDEN.optionHeaders6.slice();
    changed[41] = 200;
    expect(() => decodeIpPacket(changed)).toThrow('the headers are cut');
  });
});

describe('decodeIpPacket of a quote', () => {
  it('takes the 8 bytes of payload that RFC 792 promises', () => {
    const quote = decodeIpPacket(GOLDEN.udp4, 0, 28, quoted);
    expect(quote).toMatchObject({ protocol: 17, payloadStart: 20, payloadEnd: 28, totalLength: 37, truncated: true });
  });

  it.each(Object.entries(GOLDEN))('takes every prefix of %s that has the fixed header', (_, golden) => {
    const whole = decodeIpPacket(golden);
    const fixed = whole.family === 4 ? 20 : 40;
    for (let length = 0; length < golden.length; length++) {
      if (length < fixed) {
        expect(() => decodeIpPacket(golden, 0, length, quoted), `${length} bytes`).toThrow(WireFormatError);
        continue;
      }
      const part = decodeIpPacket(golden, 0, length, quoted);
      expect(part).toMatchObject({ source: whole.source, destination: whole.destination, truncated: true });
      expect(part.payloadStart).toBeLessThanOrEqual(part.payloadEnd);
      expect(part.payloadEnd).toBeLessThanOrEqual(length);
    }
  });

  it('names the extension header at which the quote ends, and no payload', () => {
    const cut = decodeIpPacket(GOLDEN.optionHeaders6, 0, 50, quoted);
    expect(cut).toMatchObject({ protocol: 60, payloadStart: 50, payloadEnd: 50, truncated: true });
  });

  it('keeps a payload whose length some router has changed beyond sense', () => {
    const changed = GOLDEN.udp4.slice();
    changed.set([0, 0], 2);
    expect(decodeIpPacket(changed, 0, 28, quoted)).toMatchObject({ payloadStart: 20, payloadEnd: 28 });
  });

  it('walks the extension headers of a quote whose length some router has changed', () => {
    const changed = GOLDEN.optionHeaders6.slice();
    changed.set([0, 0], 4);
    expect(decodeIpPacket(changed, 0, 73, quoted)).toMatchObject({ protocol: 17, payloadStart: 56, payloadEnd: 73 });
  });

  it('leaves zeros behind a short packet out of the payload', () => {
    const padded = new Uint8Array(128);
    padded.set(GOLDEN.udp4);
    expect(decodeIpPacket(padded, 0, 128, quoted)).toMatchObject({ payloadEnd: 37, truncated: false });
  });

  it('finds the probe in the errors that the kernel sent', () => {
    const unreachable = decodeIpPacket(GOLDEN.portUnreachable4, 28, GOLDEN.portUnreachable4.length, quoted);
    expect(unreachable).toMatchObject({ source: ip('10.7.1.1'), destination: ip('10.7.3.2'), protocol: 17 });
    const behindOptions = decodeIpPacket(GOLDEN.timeExceededQuotingOptions4, 28 + 8, 108, quoted);
    expect(behindOptions).toMatchObject({ headerLength: 32, payloadStart: 68, protocol: 17 });
    const v6 = decodeIpPacket(GOLDEN.portUnreachableQuotingOptions6, 48, 121, quoted);
    expect(v6).toMatchObject({ protocol: 17, payloadStart: 104, payloadEnd: 121, hopLimit: 62 });
  });
});

describe('IpPacketReader', () => {
  it('finds what decodeIpPacket finds, packet after packet, whatever came before', () => {
    const reader = new IpPacketReader();
    const golden = fc.constantFrom(...Object.values(GOLDEN));
    fc.assert(
      fc.property(fc.oneof(golden, bytes(0, 100)), fc.boolean(), (data, isQuoted) => {
        let value: ReturnType<typeof decodeIpPacket> | undefined;
        try {
          value = decodeIpPacket(data, 0, data.length, { quoted: isQuoted });
        } catch {}
        expect(reader.read(data, 0, data.length, isQuoted)).toBe(value !== undefined);
        if (value === undefined) {
          expect(reader.problem).not.toBe('');
          return;
        }
        const words = new Uint32Array(8);
        reader.sourceWords(data, words);
        reader.destinationWords(data, words, 4);
        expect(IpAddress.fromWords(reader.family, words)).toEqual(value.source);
        expect(IpAddress.fromWords(reader.family, words, 4)).toEqual(value.destination);
        const { source: _, destination: __, fragment, ...scalars } = value;
        expect(reader).toMatchObject(scalars);
        expect(reader.isFragment).toBe(fragment !== undefined);
      }),
    );
  });
});
