import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pseudoHeaderSumAt } from '../../../src/wire/checksum.js';
import { FieldValueError } from '../../../src/wire/field-value-error.js';
import { type IcmpError, icmpErrorMtu } from '../../../src/wire/icmp-error.js';
import { encodeIcmpExtension } from '../../../src/wire/icmp-extension.js';
import {
  decodeIcmpMessage,
  encodeIcmpMessage,
  type IcmpMessage,
  IcmpMessageAt,
  verifyIcmpChecksum,
  writeEchoHeader,
  writeIcmpChecksum,
  writeIcmpMessage,
} from '../../../src/wire/icmp-message.js';
import { icmpExtensionStart, icmpQuoteEnd } from '../../../src/wire/icmp-quote.js';
import { type Family, IpAddress } from '../../../src/wire/ip-address.js';
import { decodeIpPacket } from '../../../src/wire/ip-packet.js';
import { bytes, family, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { GOLDEN, packet } from './support/golden-packets.js';

/** The sum under an ICMP checksum: of a pseudo-header for ICMPv6, of nothing for ICMP. */
function checksumBase(golden: Uint8Array): number {
  const { family, payloadStart, payloadEnd } = decodeIpPacket(golden);
  return family === 4 ? 0 : pseudoHeaderSumAt(golden, 8, 16, 58, payloadEnd - payloadStart);
}

/** The ICMP message of a golden packet as a format. Encoding computes the checksum, so the golden one tests it. */
function describeMessage(name: string, golden: Uint8Array, value: IcmpMessage, fields?: Record<string, unknown>): void {
  const ip = decodeIpPacket(golden);
  const message = golden.slice(ip.payloadStart, ip.payloadEnd);
  const withoutChecksum = ({ checksum: _, ...rest }: IcmpMessage) => rest as IcmpMessage;
  describeFormat<IcmpMessage>({
    name,
    bytes: message,
    value,
    deconstruct: (data, at) => ({
      type: IcmpMessageAt.type(data, at),
      code: IcmpMessageAt.code(data, at),
      checksum: IcmpMessageAt.checksum(data, at),
      ...(fields && 'identifier' in fields && { identifier: IcmpMessageAt.identifier(data, at) }),
      ...(fields && 'sequence' in fields && { sequence: IcmpMessageAt.sequence(data, at) }),
      ...(fields && 'mtu' in fields && { mtu: icmpErrorMtu(ip.family, data, at) }),
    }),
    fields: { checksum: value.checksum, ...fields },
    decode: (data, start, end) => decodeIcmpMessage(ip.family, data, start, end),
    encode: decoded => encodeIcmpMessage(ip.family, withoutChecksum(decoded), checksumBase(golden)),
    write: (out, at, decoded) => writeIcmpMessage(out, at, ip.family, withoutChecksum(decoded), checksumBase(golden)),
    minimumLength: value.kind === 'other' ? 4 : 8,
  });
}

/** What an error of the golden packets has beside type and code. */
function error(golden: Uint8Array, checksum: number, type: number, code: number, name: string): IcmpError {
  const { payloadStart, payloadEnd } = decodeIpPacket(golden);
  const quote = golden.slice(payloadStart + 8, payloadEnd);
  return { kind: 'error', type, code, checksum, error: name, quote, originalDatagramLength: 0 };
}

describeMessage(
  'echo request',
  GOLDEN.echoRequest4,
  {
    kind: 'echo-request',
    code: 0,
    checksum: 0x04df,
    identifier: 0x43d5,
    sequence: 1,
    payload: GOLDEN.echoRequest4.slice(28),
  },
  { type: 8, code: 0, identifier: 0x43d5, sequence: 1 },
);

describeMessage(
  'echo reply',
  GOLDEN.echoReply4,
  {
    kind: 'echo-reply',
    code: 0,
    checksum: 0x0cdf,
    identifier: 0x43d5,
    sequence: 1,
    payload: GOLDEN.echoRequest4.slice(28),
  },
  { type: 0, code: 0, identifier: 0x43d5, sequence: 1 },
);

const CHECKSUM6 = (golden: Uint8Array) => IcmpMessageAt.checksum(golden, 40);

describeMessage(
  'ICMPv6 echo request',
  GOLDEN.echoRequest6,
  {
    kind: 'echo-request',
    code: 0,
    checksum: CHECKSUM6(GOLDEN.echoRequest6),
    identifier: 0x4406,
    sequence: 1,
    payload: GOLDEN.echoRequest6.slice(48),
  },
  { type: 128, code: 0, identifier: 0x4406, sequence: 1 },
);

describeMessage(
  'ICMPv6 echo reply',
  GOLDEN.echoReply6,
  {
    kind: 'echo-reply',
    code: 0,
    checksum: CHECKSUM6(GOLDEN.echoReply6),
    identifier: 0x4406,
    sequence: 1,
    payload: GOLDEN.echoReply6.slice(48),
  },
  { type: 129, code: 0, identifier: 0x4406, sequence: 1 },
);

describeMessage('time exceeded', GOLDEN.timeExceeded4, error(GOLDEN.timeExceeded4, 0xf4ff, 11, 0, 'time-exceeded'), {
  type: 11,
  code: 0,
});

describeMessage(
  'fragmentation needed',
  GOLDEN.fragmentationNeeded4,
  { ...error(GOLDEN.fragmentationNeeded4, 0xfc65, 3, 4, 'fragmentation-needed'), mtu: 150 },
  { type: 3, code: 4, mtu: 150 },
);

describeMessage(
  'packet too big',
  GOLDEN.packetTooBig6,
  { ...error(GOLDEN.packetTooBig6, CHECKSUM6(GOLDEN.packetTooBig6), 2, 0, 'packet-too-big'), mtu: 1300 },
  { type: 2, code: 0, mtu: 1300 },
);

describe.each([
  ['portUnreachable4', 3, 3, 'port-unreachable'],
  ['adminProhibited4', 3, 13, 'admin-prohibited'],
  ['hostUnreachable4', 3, 1, 'host-unreachable'],
  ['timeExceededQuotingOptions4', 11, 0, 'time-exceeded'],
  ['timeExceeded6', 3, 0, 'time-exceeded'],
  ['portUnreachable6', 1, 4, 'port-unreachable'],
  ['portUnreachableQuotingOptions6', 1, 4, 'port-unreachable'],
  ['adminProhibited6', 1, 1, 'admin-prohibited'],
  ['noRoute6', 1, 0, 'no-route'],
  ['addressUnreachable6', 1, 3, 'address-unreachable'],
] as const)('%s', (name, type, code, word) => {
  const golden = GOLDEN[name];
  const checksum = IcmpMessageAt.checksum(golden, decodeIpPacket(golden).payloadStart);
  describeMessage(word, golden, error(golden, checksum, type, code, word), { type, code, mtu: 0 });
});

describeMessage(
  'neighbor solicitation: another type is a value',
  GOLDEN.neighborSolicitation6,
  {
    kind: 'other',
    type: 135,
    code: 0,
    checksum: CHECKSUM6(GOLDEN.neighborSolicitation6),
    body: GOLDEN.neighborSolicitation6.slice(44),
  },
  { type: 135, code: 0 },
);

describe('ICMP fields by type', () => {
  it.each<[string, Family, string, Partial<IcmpError>]>([
    [
      'the gateway of a redirect',
      4,
      '0501 0000 c0000201 45',
      { gateway: IpAddress.parse('192.0.2.1'), error: 'redirect-host' },
    ],
    ['the pointer of a parameter problem', 4, '0c00 0000 14000000 45', { pointer: 20 }],
    [
      'the pointer of an ICMPv6 parameter problem',
      6,
      '0402 0000 00000036 60',
      { pointer: 54, error: 'unknown-option' },
    ],
    ['a source quench', 4, '0400 0000 00000000 45', { error: 'source-quench' }],
    ['an ICMPv6 error that nobody knows', 6, '6400 0000 00000000 60', { type: 100, error: 'unknown-error' }],
    ['an MTU of 0 from an old router', 4, '0304 0000 00000000 45', { mtu: 0 }],
  ])('%s', (_, family, text, expected) => {
    const message = decodeIcmpMessage(family, packet(text));
    expect(message).toMatchObject({ kind: 'error', ...expected });
    expect(encodeIcmpMessage(family, message)).toEqual(packet(text));
  });

  it('gives no MTU with a code that does not have one', () => {
    const message = decodeIcmpMessage(4, packet('0301 0000 00000096 45'));
    expect(message).not.toHaveProperty('mtu');
    expect(icmpErrorMtu(4, packet('0301 0000 00000096 45'), 0)).toBe(0);
  });
});

describe('the hot path', () => {
  it('writes an echo request that is byte for byte what the kernel accepted', () => {
    const out = new Uint8Array(70).fill(0xa5);
    out.set(GOLDEN.echoRequest4.subarray(28), 3 + 8);
    writeEchoHeader(out, 3, 8, 0x43d5, 1);
    writeIcmpChecksum(out, 3, 67);
    expect(out.subarray(3, 67)).toEqual(GOLDEN.echoRequest4.slice(20));
    expect([...out.subarray(0, 3), ...out.subarray(67)]).toEqual(new Array(6).fill(0xa5));
  });

  it('verifies what the kernel sent and refuses it altered, for both families', () => {
    for (const golden of [GOLDEN.echoReply4, GOLDEN.echoReply6, GOLDEN.timeExceeded4, GOLDEN.timeExceeded6]) {
      const { payloadStart, payloadEnd } = decodeIpPacket(golden);
      const altered = golden.slice();
      altered[payloadEnd - 1] = (altered[payloadEnd - 1] ?? 0) ^ 1;
      expect(verifyIcmpChecksum(golden, payloadStart, payloadEnd, checksumBase(golden))).toBe(true);
      expect(verifyIcmpChecksum(altered, payloadStart, payloadEnd, checksumBase(golden))).toBe(false);
    }
  });
});

describe('RFC 4884 extensions', () => {
  const MPLS = { kind: 'mpls', label: 16001, trafficClass: 0, bottom: true, ttl: 1 } as const;
  const STRUCTURE = packet('2000 ca0d 0008 0101 03e81101');
  const QUOTE = GOLDEN.udp4;

  /** A time exceeded with this second word, a quote padded to `length`, and a structure behind it. */
  function timeExceeded(word: string, length: number, structure = STRUCTURE, type = '0b00'): Uint8Array {
    const quote = new Uint8Array(length);
    quote.set(QUOTE);
    return Uint8Array.from([...packet(`${type} 0000 ${word}`), ...quote, ...structure]);
  }

  it.each<[string, Family, string, string, number, number]>([
    ['ICMP states words of 4 bytes', 4, '0b00', '00200000', 128, 128],
    ['ICMP may quote more than 128 bytes', 4, '0b00', '00320000', 200, 200],
    ['ICMP destination unreachable', 4, '0301', '00200000', 128, 128],
    ['ICMP fragmentation needed, beside its MTU', 4, '0304', '002005dc', 128, 128],
    ['ICMP parameter problem, beside its pointer', 4, '0c00', '14200000', 128, 128],
    ['ICMPv6 states words of 8 bytes', 6, '0300', '10000000', 128, 128],
    ['ICMPv6 destination unreachable', 6, '0101', '19000000', 200, 200],
    ['a router that states no length puts it behind 128 bytes (section 5.5)', 4, '0b00', '00000000', 128, 0],
    ['an ICMPv6 router that states none', 6, '0300', '00000000', 128, 0],
    ['a router that states less than 128 bytes', 4, '0b00', '00100000', 64, 64],
  ])('%s', (_, family, type, word, length, stated) => {
    const message = decodeIcmpMessage(family, timeExceeded(word, length, STRUCTURE, type)) as IcmpError;
    expect(message.originalDatagramLength).toBe(stated);
    expect(message.extension).toEqual({ version: 2, checksum: 'valid', malformed: false, objects: [MPLS] });
    expect(message.quote).toHaveLength(length);
    expect(message.quote.subarray(0, QUOTE.length)).toEqual(QUOTE);
  });

  it('flags a bad checksum behind a stated length, and keeps what it says', () => {
    const bad = STRUCTURE.slice();
    bad[3] = 0xff;
    const message = decodeIcmpMessage(4, timeExceeded('00200000', 128, bad)) as IcmpError;
    expect(message.extension).toMatchObject({ checksum: 'bad', objects: [MPLS] });
  });

  it.each([
    ['a bad checksum', packet('2000 ca0e 0008 0101 03e81101')],
    ['no checksum', packet('2000 0000 0008 0101 03e81101')],
    ['another version', packet('1000 da0d 0008 0101 03e81101')],
    ['no objects', packet('2000 dfff')],
  ])('takes what follows 128 bytes for quote where no length is stated and it has %s', (_, structure) => {
    const message = decodeIcmpMessage(4, timeExceeded('00000000', 128, structure)) as IcmpError;
    expect(message.extension).toBeUndefined();
    expect(message.quote).toHaveLength(128 + structure.length);
  });

  it('takes a stated length that ends the message, or lies beyond it, for a quote without extensions', () => {
    for (const word of ['00200000', '00ff0000']) {
      const message = decodeIcmpMessage(4, timeExceeded(word, 128, new Uint8Array(0))) as IcmpError;
      expect(message.extension).toBeUndefined();
      expect(message.quote).toHaveLength(128);
    }
  });

  it.each([
    [4, '0400'],
    [4, '0500'],
    [6, '0200'],
    [6, '0400'],
    [6, '6400'],
  ] as const)('looks for none in IPv%i type and code %s', (family, type) => {
    const data = timeExceeded('00200000', 128, STRUCTURE, type);
    expect(icmpExtensionStart(family, data, 0, data.length)).toBe(-1);
    expect(icmpQuoteEnd(family, data, 0, data.length)).toBe(data.length);
  });

  it.each([4, 6] as const)('are written behind a padded quote with its length: IPv%i', family => {
    const type = family === 4 ? 11 : 3;
    const extension = { version: 2, checksum: 'valid', malformed: false, objects: [MPLS] } as const;
    const encoded = encodeIcmpMessage(family, {
      kind: 'error',
      type,
      code: 0,
      quote: QUOTE,
      extension: { ...extension, objects: [MPLS] },
    });
    const word = family === 4 ? '00200000' : '10000000';
    const expected = timeExceeded(word, 128, STRUCTURE, family === 4 ? '0b00' : '0300');
    writeIcmpChecksum(expected, 0, expected.length);
    expect(encoded).toEqual(expected);
  });

  it.each([
    [4, 11, 1020],
    [6, 3, 2040],
  ] as const)('are written behind the longest quote that can be stated: IPv%i', (family, type, length) => {
    const extension = { version: 2, checksum: 'valid' as const, malformed: false, objects: [MPLS] };
    const quote = new Uint8Array(length).fill(1);
    const encoded = encodeIcmpMessage(family, { kind: 'error', type, code: 0, quote, extension });
    expect(decodeIcmpMessage(family, encoded)).toMatchObject({ quote, originalDatagramLength: length, extension });
  });

  it('come back as they were written, whatever the quote', () => {
    fc.assert(
      fc.property(family, bytes(20, 300), uint(20), (version, quote, label) => {
        const objects = [{ ...MPLS, label }];
        const extension = { version: 2, checksum: 'valid' as const, malformed: false, objects };
        const type = version === 4 ? 11 : 3;
        const encoded = encodeIcmpMessage(version, { kind: 'error', type, code: 0, quote, extension });
        const found = decodeIcmpMessage(version, encoded) as IcmpError;
        expect(found.extension).toEqual(extension);
        expect(found.quote.subarray(0, quote.length)).toEqual(quote);
        expect(found.quote.subarray(quote.length).every(byte => byte === 0)).toBe(true);
        expect(encodeIcmpExtension(objects)).toEqual(encoded.slice(8 + found.quote.length));
      }),
    );
  });
});

describe('encodeIcmpMessage', () => {
  const extension = { version: 2, checksum: 'valid' as const, malformed: false, objects: [] };
  const quote = new Uint8Array(28);

  it.each<[string, Family, IcmpMessage]>([
    ['identifier', 4, { kind: 'echo-request', identifier: 65536, sequence: 0, payload: quote }],
    ['sequence', 6, { kind: 'echo-reply', identifier: 0, sequence: -1, payload: quote }],
    ['code', 4, { kind: 'echo-reply', code: 256, identifier: 0, sequence: 0, payload: quote }],
    ['checksum', 4, { kind: 'echo-reply', checksum: 65536, identifier: 0, sequence: 0, payload: quote }],
    ['type', 4, { kind: 'other', type: 256, code: 0, body: quote }],
    ['type', 4, { kind: 'error', type: 8, code: 0, quote }],
    ['type', 6, { kind: 'error', type: 128, code: 0, quote }],
    ['mtu', 4, { kind: 'error', type: 3, code: 4, mtu: 65536, quote }],
    ['mtu', 6, { kind: 'error', type: 2, code: 0, mtu: 2 ** 32, quote }],
    ['pointer', 4, { kind: 'error', type: 12, code: 0, pointer: 256, quote }],
    ['pointer', 6, { kind: 'error', type: 4, code: 0, pointer: -1, quote }],
    ['gateway', 4, { kind: 'error', type: 5, code: 0, quote }],
    ['gateway', 4, { kind: 'error', type: 5, code: 0, gateway: IpAddress.parse('::1'), quote }],
    ['extension', 6, { kind: 'error', type: 2, code: 0, quote, extension }],
    ['quote', 4, { kind: 'error', type: 11, code: 0, quote: new Uint8Array(1021), extension }],
  ])('refuses a %s out of range by name (IPv%i)', (field, version, message) => {
    expect(() => encodeIcmpMessage(version, message)).toThrow(FieldValueError);
    expect(() => encodeIcmpMessage(version, message)).toThrow(new RegExp(`^${field} is`));
  });

  it('refuses to write where there is no room', () => {
    const echo: IcmpMessage = { kind: 'echo-request', identifier: 1, sequence: 1, payload: quote };
    expect(() => writeIcmpMessage(new Uint8Array(36), 1, 4, echo)).toThrow('room is 35 bytes');
  });

  it('reads back what it writes, for any message', () => {
    const echo = fc.record({
      kind: fc.constantFrom('echo-request' as const, 'echo-reply' as const),
      code: uint(8),
      checksum: uint(16),
      identifier: uint(16),
      sequence: uint(16),
      payload: bytes(0, 80),
    });
    const other = fc.record({
      kind: fc.constant('other' as const),
      type: fc.integer({ min: 140, max: 255 }),
      code: uint(8),
      checksum: uint(16),
      body: bytes(0, 80),
    });
    fc.assert(
      fc.property(family, fc.oneof(echo, other), (version, message) => {
        expect(decodeIcmpMessage(version, encodeIcmpMessage(version, message))).toEqual(message);
      }),
    );
  });
});
