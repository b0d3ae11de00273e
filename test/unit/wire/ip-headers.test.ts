import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldValueError } from '../../../src/wire/field-value-error.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import {
  decodeIpv4Header,
  encodeIpv4Header,
  type Ipv4Header,
  Ipv4HeaderAt,
  writeIpv4Header,
} from '../../../src/wire/ipv4-header.js';
import {
  decodeIpv6Header,
  encodeIpv6Header,
  type Ipv6Header,
  Ipv6HeaderAt,
  writeIpv6Header,
} from '../../../src/wire/ipv6-header.js';
import { address, bytes, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { GOLDEN } from './support/golden-packets.js';

const v4: Ipv4Header = {
  trafficClass: 0xc0,
  totalLength: 216,
  identification: 0x4a3e,
  dontFragment: false,
  moreFragments: false,
  fragmentOffset: 0,
  hopLimit: 63,
  protocol: 1,
  checksum: 0x1917,
  source: IpAddress.parse('10.7.2.2'),
  destination: IpAddress.parse('10.7.1.1'),
  options: new Uint8Array(0),
};

describeFormat({
  name: 'IPv4 header',
  bytes: GOLDEN.fragmentationNeeded4.slice(0, 20),
  value: v4,
  deconstruct: (data, at) => ({
    version: Ipv4HeaderAt.version(data, at),
    headerLength: Ipv4HeaderAt.headerLength(data, at),
    trafficClass: Ipv4HeaderAt.trafficClass(data, at),
    totalLength: Ipv4HeaderAt.totalLength(data, at),
    identification: Ipv4HeaderAt.identification(data, at),
    hopLimit: Ipv4HeaderAt.hopLimit(data, at),
    protocol: Ipv4HeaderAt.protocol(data, at),
    checksum: Ipv4HeaderAt.checksum(data, at),
    source: IpAddress.readFrom(4, data, Ipv4HeaderAt.source(at)).toString(),
    destination: IpAddress.readFrom(4, data, Ipv4HeaderAt.destination(at)).toString(),
  }),
  fields: {
    version: 4,
    headerLength: 20,
    trafficClass: 0xc0,
    totalLength: 216,
    identification: 0x4a3e,
    hopLimit: 63,
    protocol: 1,
    checksum: 0x1917,
    source: '10.7.2.2',
    destination: '10.7.1.1',
  },
  decode: decodeIpv4Header,
  encode: ({ checksum: _, ...header }) => encodeIpv4Header(header),
  write: (out, at, { checksum: _, ...header }) => writeIpv4Header(out, at, header),
});

describeFormat({
  name: 'IPv4 header with options',
  bytes: GOLDEN.sourceRoutedProbe4.slice(0, 32),
  value: {
    ...v4,
    trafficClass: 0,
    totalLength: 72,
    identification: 0xfd2c,
    hopLimit: 3,
    protocol: 17,
    checksum: 0x7acf,
    source: IpAddress.parse('10.7.1.1'),
    destination: IpAddress.parse('10.7.1.2'),
    options: GOLDEN.sourceRoutedProbe4.slice(20, 32),
  },
  decode: decodeIpv4Header,
  encode: ({ checksum: _, ...header }) => encodeIpv4Header(header),
  write: (out, at, { checksum: _, ...header }) => writeIpv4Header(out, at, header),
});

describeFormat({
  name: 'IPv6 header',
  bytes: GOLDEN.udp6.slice(0, 40),
  value: {
    trafficClass: 0,
    flowLabel: Ipv6HeaderAt.flowLabel(GOLDEN.udp6, 0),
    payloadLength: 17,
    nextHeader: 17,
    hopLimit: 64,
    source: IpAddress.parse('2001:db8:1::1'),
    destination: IpAddress.parse('2001:db8:3::2'),
  },
  deconstruct: (data, at) => ({
    version: Ipv6HeaderAt.version(data, at),
    trafficClass: Ipv6HeaderAt.trafficClass(data, at),
    payloadLength: Ipv6HeaderAt.payloadLength(data, at),
    nextHeader: Ipv6HeaderAt.nextHeader(data, at),
    hopLimit: Ipv6HeaderAt.hopLimit(data, at),
    source: IpAddress.readFrom(6, data, Ipv6HeaderAt.source(at)).toString(),
    destination: IpAddress.readFrom(6, data, Ipv6HeaderAt.destination(at)).toString(),
  }),
  fields: {
    version: 6,
    trafficClass: 0,
    payloadLength: 17,
    nextHeader: 17,
    hopLimit: 64,
    source: '2001:db8:1::1',
    destination: '2001:db8:3::2',
  },
  decode: decodeIpv6Header,
  encode: encodeIpv6Header,
  write: writeIpv6Header,
});

describe('IPv4 fragments', () => {
  it('tells first and last fragment as the kernel sends them', () => {
    expect(decodeIpv4Header(GOLDEN.firstFragment4)).toMatchObject({ moreFragments: true, fragmentOffset: 0 });
    expect(decodeIpv4Header(GOLDEN.lastFragment4)).toMatchObject({ moreFragments: false, fragmentOffset: 1584 });
    expect(decodeIpv4Header(GOLDEN.echoRequest4)).toMatchObject({ dontFragment: true, moreFragments: false });
    expect(Ipv4HeaderAt.fragmentOffset(GOLDEN.lastFragment4, 0)).toBe(1584);
    expect(Ipv4HeaderAt.moreFragments(GOLDEN.firstFragment4, 0)).toBe(true);
    expect(Ipv4HeaderAt.dontFragment(GOLDEN.echoRequest4, 0)).toBe(true);
  });
});

describe('malformed IP headers', () => {
  it.each([0x00, 0x35, 0x55, 0x65, 0xf5])('refuses an IPv4 header that starts with the byte %i', first => {
    const changed = GOLDEN.echoRequest4.slice();
    changed[0] = first;
    expect(() => decodeIpv4Header(changed)).toThrow(/IPv4 header at byte 0: version/);
  });

  it('refuses an IPv4 header length below 20 bytes', () => {
    const changed = GOLDEN.echoRequest4.slice();
    changed[0] = 0x44;
    expect(() => decodeIpv4Header(changed)).toThrow('a header length of 16 bytes');
  });

  it('refuses an IPv6 header of another version', () => {
    expect(() => decodeIpv6Header(GOLDEN.echoRequest4)).toThrow('IPv6 header at byte 0: version 4');
  });
});

describe('IP header fields out of range', () => {
  it.each<[keyof Ipv4Header, unknown]>([
    ['trafficClass', 256],
    ['totalLength', 65536],
    ['identification', -1],
    ['fragmentOffset', 12],
    ['fragmentOffset', 65536],
    ['hopLimit', 256],
    ['hopLimit', 1.5],
    ['protocol', -1],
    ['checksum', 65536],
    ['source', IpAddress.parse('::1')],
    ['destination', IpAddress.parse('::1')],
    ['options', new Uint8Array(44)],
    ['options', new Uint8Array(3)],
  ])('refuses IPv4 %s %s by name', (field, value) => {
    const encode = () => encodeIpv4Header({ ...v4, [field]: value });
    expect(encode).toThrow(FieldValueError);
    expect(encode).toThrow(expect.objectContaining({ code: 'FIELD_VALUE', field }));
  });

  it.each<[keyof Ipv6Header, unknown]>([
    ['trafficClass', 256],
    ['flowLabel', 2 ** 20],
    ['payloadLength', 65536],
    ['nextHeader', 256],
    ['hopLimit', -1],
    ['source', IpAddress.parse('1.2.3.4')],
    ['destination', IpAddress.parse('1.2.3.4')],
  ])('refuses IPv6 %s %s by name', (field, value) => {
    const encode = () => encodeIpv6Header({ ...decodeIpv6Header(GOLDEN.udp6), [field]: value });
    expect(encode).toThrow(expect.objectContaining({ code: 'FIELD_VALUE', field }));
  });

  it('refuses to write where there is no room', () => {
    expect(() => writeIpv4Header(new Uint8Array(24), 5, v4)).toThrow('room is 19 bytes; allowed: at least 20 bytes');
  });
});

describe('IP headers of any value', () => {
  it('come back as they were: IPv4', () => {
    const any = fc.record({
      trafficClass: uint(8),
      totalLength: uint(16),
      identification: uint(16),
      dontFragment: fc.boolean(),
      moreFragments: fc.boolean(),
      fragmentOffset: uint(13).map(units => units * 8),
      hopLimit: uint(8),
      protocol: uint(8),
      checksum: uint(16),
      source: address(4),
      destination: address(4),
      options: bytes(0, 10).map(words => Uint8Array.from([...words, ...words, ...words, ...words])),
    });
    fc.assert(
      fc.property(any, value => {
        expect(decodeIpv4Header(encodeIpv4Header(value))).toEqual(value);
      }),
    );
  });

  it('come back as they were: IPv6', () => {
    const any = fc.record({
      trafficClass: uint(8),
      flowLabel: uint(20),
      payloadLength: uint(16),
      nextHeader: uint(8),
      hopLimit: uint(8),
      source: address(6),
      destination: address(6),
    });
    fc.assert(
      fc.property(any, value => {
        expect(decodeIpv6Header(encodeIpv6Header(value))).toEqual(value);
        const encoded = encodeIpv6Header(value);
        expect(Ipv6HeaderAt.trafficClass(encoded, 0)).toBe(value.trafficClass);
        expect(Ipv6HeaderAt.flowLabel(encoded, 0)).toBe(value.flowLabel);
      }),
    );
  });
});
