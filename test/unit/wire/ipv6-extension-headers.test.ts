import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldValueError } from '../../../src/wire/field-value-error.js';
import { IP_PROTOCOL } from '../../../src/wire/ip-protocol.js';
import {
  decodeIpv6ExtensionHeaders,
  encodeIpv6ExtensionHeaders,
  firstIpv6NextHeader,
  type Ipv6ExtensionHeader,
} from '../../../src/wire/ipv6-extension-headers.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { bytes, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { GOLDEN, packet } from './support/golden-packets.js';

/** A chain as a format: its bytes, between the next-header number before it and the protocol behind it. */
function describeChain(name: string, chain: Uint8Array, headers: Ipv6ExtensionHeader[], protocol: number): void {
  describeFormat({
    name,
    bytes: chain,
    value: headers,
    decode: (data, start, end) => {
      const found = decodeIpv6ExtensionHeaders(firstIpv6NextHeader(headers, protocol), data, start, end);
      expect(found).toMatchObject({ protocol, payloadStart: end });
      return found.headers;
    },
    encode: value => encodeIpv6ExtensionHeaders(value, protocol),
  });
}

describeChain(
  'hop-by-hop and destination options as the kernel sends them',
  GOLDEN.optionHeaders6.slice(40, 56),
  [
    {
      kind: 'hop-by-hop',
      options: [
        { type: 5, data: packet('0000') },
        { type: 1, data: packet('') },
      ],
    },
    { kind: 'destination', options: [{ type: 0x1e, data: packet('01020304') }] },
  ],
  IP_PROTOCOL.udp,
);

describeChain(
  'the fragment header of a first fragment',
  GOLDEN.firstFragment6.slice(40, 48),
  [{ kind: 'fragment', offset: 0, moreFragments: true, identification: 0x942e32c0 }],
  IP_PROTOCOL.icmp6,
);

describeChain(
  'the fragment header of a last fragment',
  GOLDEN.lastFragment6.slice(40, 48),
  [{ kind: 'fragment', offset: 1248, moreFragments: false, identification: 0x942e32c0 }],
  IP_PROTOCOL.icmp6,
);

// RFC 8754 section 2: a segment routing header with one segment.
describeChain(
  'a routing header',
  packet('11 02 04 00 00 00 0000 20010db8000000000000000000000001'),
  [{ kind: 'routing', routingType: 4, segmentsLeft: 0, data: packet('00000000 20010db8000000000000000000000001') }],
  IP_PROTOCOL.udp,
);

// RFC 4302 section 2, with the 96-bit integrity check value of RFC 2404.
describeChain(
  'an authentication header',
  packet('06 04 0000 00000100 00000007 0102030405060708090a0b0c'),
  [
    {
      kind: 'authentication',
      securityParametersIndex: 256,
      sequence: 7,
      integrityCheck: packet('0102030405060708090a0b0c'),
    },
  ],
  IP_PROTOCOL.tcp,
);

describe('decodeIpv6ExtensionHeaders', () => {
  it('finds no headers before a protocol, and none before no next header', () => {
    expect(decodeIpv6ExtensionHeaders(17, new Uint8Array(8), 2)).toEqual({
      headers: [],
      protocol: 17,
      payloadStart: 2,
    });
    expect(decodeIpv6ExtensionHeaders(59, new Uint8Array(0))).toEqual({ headers: [], protocol: 59, payloadStart: 0 });
  });

  it('ends behind a fragment that is not the first, whatever its bytes look like', () => {
    const chain = packet('3c 00 0009 00000001 ffffffffffffffff');
    const found = decodeIpv6ExtensionHeaders(IP_PROTOCOL.fragment, chain);
    expect(found).toMatchObject({ protocol: IP_PROTOCOL.destinationOptions, payloadStart: 8 });
    expect(found.headers).toHaveLength(1);
  });

  it('does not look into what is encrypted', () => {
    expect(decodeIpv6ExtensionHeaders(IP_PROTOCOL.encapsulatingSecurity, new Uint8Array(8)).headers).toEqual([]);
  });

  it.each([
    ['an option without a length', '11 00 010201 0201 05'],
    ['an option that is longer than its header', '11 00 0505 00000000'],
    ['a header longer than what is there', '11 01 0104 00000000'],
    ['an authentication header of 8 bytes', '11 00 0000 00000000 0000'],
  ])('refuses %s', (name, text) => {
    const first = name.includes('authentication') ? IP_PROTOCOL.authentication : IP_PROTOCOL.hopByHop;
    expect(() => decodeIpv6ExtensionHeaders(first, packet(text))).toThrow(WireFormatError);
  });
});

describe('encodeIpv6ExtensionHeaders', () => {
  it('pads options to a multiple of 8 bytes, with one byte or with many', () => {
    const header = (length: number): Ipv6ExtensionHeader[] => [
      { kind: 'destination', options: [{ type: 0x1e, data: new Uint8Array(length) }] },
    ];
    expect(encodeIpv6ExtensionHeaders(header(4), 17)).toEqual(packet('11 00 1e 04 00000000'));
    expect(encodeIpv6ExtensionHeaders(header(3), 17)).toEqual(packet('11 00 1e 03 000000 00'));
    expect(encodeIpv6ExtensionHeaders(header(1), 17)).toEqual(packet('11 00 1e 01 00 01 01 00'));
  });

  it('takes an option as long as its length octet can say', () => {
    const header: Ipv6ExtensionHeader = { kind: 'destination', options: [{ type: 2, data: new Uint8Array(255) }] };
    const found = decodeIpv6ExtensionHeaders(IP_PROTOCOL.destinationOptions, encodeIpv6ExtensionHeaders([header], 17));
    expect(found.headers.map(withoutPadding)).toEqual([header]);
  });

  it('makes a header as long as its length octet can say: 2048 bytes', () => {
    const longest: Ipv6ExtensionHeader = {
      kind: 'routing',
      routingType: 0,
      segmentsLeft: 0,
      data: new Uint8Array(2044),
    };
    const encoded = encodeIpv6ExtensionHeaders([longest], 17);
    expect(encoded).toHaveLength(2048);
    expect(decodeIpv6ExtensionHeaders(IP_PROTOCOL.routing, encoded).headers).toEqual([longest]);
  });

  it.each<[string, Ipv6ExtensionHeader]>([
    [
      'a fragment offset that is no multiple of 8',
      { kind: 'fragment', offset: 4, moreFragments: false, identification: 0 },
    ],
    ['a fragment offset beyond 13 bits', { kind: 'fragment', offset: 65536, moreFragments: false, identification: 0 }],
    ['an identification of 33 bits', { kind: 'fragment', offset: 0, moreFragments: false, identification: 2 ** 32 }],
    ['routing data of 8 bytes', { kind: 'routing', routingType: 4, segmentsLeft: 0, data: new Uint8Array(8) }],
    [
      'routing data of 2 KiB and more',
      { kind: 'routing', routingType: 4, segmentsLeft: 0, data: new Uint8Array(2052) },
    ],
    ['an option of 256 bytes', { kind: 'destination', options: [{ type: 2, data: new Uint8Array(256) }] }],
    ['data in a padding of one byte', { kind: 'destination', options: [{ type: 0, data: new Uint8Array(1) }] }],
  ])('refuses %s', (_, header) => {
    expect(() => encodeIpv6ExtensionHeaders([header], 17)).toThrow(FieldValueError);
  });

  it('reads back what it writes, padding apart, for any chain', () => {
    const option = fc.record({ type: fc.integer({ min: 2, max: 255 }), data: bytes(0, 20) });
    const kind = fc.constantFrom('hop-by-hop' as const, 'destination' as const);
    const whole = fc.nat(3).map(units => new Uint8Array(8 * units + 4));
    const header: fc.Arbitrary<Ipv6ExtensionHeader> = fc.oneof(
      fc.record({ kind, options: fc.array(option, { maxLength: 4 }) }),
      fc.record({ kind: fc.constant('routing' as const), routingType: uint(8), segmentsLeft: uint(8), data: whole }),
      fc.record({
        kind: fc.constant('fragment' as const),
        offset: fc.constant(0),
        moreFragments: fc.boolean(),
        identification: uint(32),
      }),
      fc.record({
        kind: fc.constant('authentication' as const),
        securityParametersIndex: uint(32),
        sequence: uint(32),
        integrityCheck: whole,
      }),
    );
    fc.assert(
      fc.property(fc.array(header, { maxLength: 4 }), headers => {
        const encoded = encodeIpv6ExtensionHeaders(headers, 17);
        expect(encoded.length % 8).toBe(0);
        const found = decodeIpv6ExtensionHeaders(firstIpv6NextHeader(headers, 17), encoded);
        expect(found).toMatchObject({ protocol: 17, payloadStart: encoded.length });
        expect(found.headers.map(withoutPadding)).toEqual(headers);
      }),
    );
  });
});

function withoutPadding(header: Ipv6ExtensionHeader): Ipv6ExtensionHeader {
  if (!('options' in header)) return header;
  return { ...header, options: header.options.filter(option => option.type > 1) };
}
