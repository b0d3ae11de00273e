import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressFormatError } from '../../../src/wire/address-format-error.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { address, anyAddress } from './support/arbitraries.js';

const parse = IpAddress.parse;

describe('IpAddress.parse', () => {
  it.each([
    ['0.0.0.0', 4, [0, 0, 0, 0]],
    ['192.0.2.255', 4, [192, 0, 2, 255]],
    ['::', 6, new Array(16).fill(0)],
    ['::1', 6, [...new Array(15).fill(0), 1]],
    ['1::', 6, [0, 1, ...new Array(14).fill(0)]],
    ['2001:DB8::8:800:200C:417A', 6, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 8, 8, 0, 0x20, 0xc, 0x41, 0x7a]],
    ['1:2:3:4:5:6:7::', 6, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]],
    ['::2:3:4:5:6:7:8', 6, [0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['::ffff:192.0.2.1', 6, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1]],
    ['1:2:3:4:5:6:192.0.2.1', 6, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 192, 0, 2, 1]],
    ['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', 6, new Array(16).fill(255)],
    ['64:ff9b::192.0.2.33', 6, [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33]],
  ])('reads %s', (text, family, octets) => {
    expect([...parse(text).bytes]).toEqual(octets);
    expect(parse(text).family).toBe(family);
  });

  it.each([
    ['fe80::1%eth0', 'eth0'],
    ['fe80::1%2', '2'],
    ['ff02::1%br-lan.100', 'br-lan.100'],
  ])('keeps the zone of %s', (text, scope) => {
    expect(parse(text).scope).toBe(scope);
    expect(String(parse(text))).toBe(text);
  });

  it.each([
    '',
    ' ',
    '1',
    '127.1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '256.0.0.1',
    '01.2.3.4',
    '010.0.0.1',
    '0x7f.0.0.1',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '+1.2.3.4',
    '1e1.0.0.1',
    '1.2.3.4%eth0',
    '1.2.3.4/24',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '1::2::3',
    '1:2:3:4:5:6:7:',
    ':1:2:3:4:5:6:7',
    '::12345',
    '::g',
    '::1.2.3',
    '::1.2.3.4:5',
    '1.2.3.4::',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::01.2.3.4',
    '[::1]',
    '::1%',
    '::1%a%b',
    '::1%a b',
    '::1%a/b',
    '::1%a:b',
    '::1%\u0007',
    '%eth0',
    'localhost',
    'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555',
  ])('refuses %j by name', text => {
    expect(IpAddress.tryParse(text)).toBeUndefined();
    expect(() => parse(text)).toThrow(AddressFormatError);
    expect(() => parse(text)).toThrow(JSON.stringify(text));
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'ADDRESS_FORMAT', text }));
  });

  it('refuses or reads any text, and reads back what it writes', () => {
    const characters = fc.constantFrom(...'0123456789abcdefg:.%/- ');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 45 }), text => {
        const value = IpAddress.tryParse(text);
        if (value) expect(parse(String(value)).equals(value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('IpAddress.toString', () => {
  // RFC 5952 sections 4 and 5, rule by rule.
  it.each([
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::AB', '2001:db8::ab'],
    ['0:0:0:0:0:ffff:c000:0201', '::ffff:192.0.2.1'],
    ['::ffff:0:0', '::ffff:0.0.0.0'],
    ['::192.0.2.1', '::c000:201'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::fffe:1:2', '::fffe:1:2'],
  ])('writes %s as %s', (text, canonical) => expect(String(parse(text))).toBe(canonical));

  it('writes what parse reads back, for any address', () => {
    fc.assert(fc.property(anyAddress, value => parse(String(value)).equals(value)));
  });

  it('is what the console shows', () => {
    expect(inspect({ from: parse('fe80::1%eth0') })).toBe('{ from: IpAddress(fe80::1%eth0) }');
  });

  it('is what JSON shows', () => {
    expect(JSON.stringify({ from: parse('fe80::1%eth0') })).toBe('{"from":"fe80::1%eth0"}');
  });
});

describe('IpAddress as bytes and words', () => {
  it('copies bytes in and out', () => {
    const bytes = Uint8Array.of(192, 0, 2, 1);
    const value = IpAddress.fromBytes(bytes);
    bytes[0] = 1;
    value.bytes[0] = 2;
    expect(String(value)).toBe('192.0.2.1');
  });

  it.each([0, 3, 5, 15, 17])('refuses %i bytes', length => {
    expect(() => IpAddress.fromBytes(new Uint8Array(length))).toThrow(WireFormatError);
  });

  it('refuses an IPv4 address with a scope', () => {
    expect(() => IpAddress.fromBytes(new Uint8Array(4), 'eth0')).toThrow('an IPv4 address has no scope');
  });

  it('writes an IPv4 address IPv4-mapped, so that words of both families compare alike', () => {
    const words = new Uint32Array(6);
    parse('192.0.2.1').writeWords(words, 1);
    expect([...words]).toEqual([0, 0, 0, 0xffff, 0xc0000201, 0]);
  });

  it('comes back from words, bytes and numbers, for any address', () => {
    fc.assert(
      fc.property(anyAddress, value => {
        const words = new Uint32Array(5);
        value.writeWords(words, 1);
        expect(IpAddress.fromWords(value.family, words, 1).equals(value)).toBe(true);
        expect(IpAddress.fromBytes(value.bytes).equals(value)).toBe(true);
        expect(IpAddress.fromValue(value.family, value.value).equals(value)).toBe(true);
      }),
    );
  });

  it('is followed by the address of the next number, and the last one by the first', () => {
    fc.assert(
      fc.property(anyAddress, value => {
        expect(value.next().equals(IpAddress.fromValue(value.family, value.value + 1n))).toBe(true);
      }),
    );
    expect(String(parse('255.255.255.255').next())).toBe('0.0.0.0');
    expect(String(parse('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff').next())).toBe('::');
    expect(String(parse('fe80::ffff:ffff:ffff:ffff%eth0').next())).toBe('fe80:0:0:1::%eth0');
  });
});

describe('IpAddress equality', () => {
  it('tells family, bits and scope apart', () => {
    expect(parse('::ffff:1.2.3.4').equals(parse('1.2.3.4'))).toBe(false);
    expect(parse('fe80::1%eth0').equals(parse('fe80::1%eth1'))).toBe(false);
    expect(parse('fe80::1').equals(parse('fe80::1%eth0'))).toBe(false);
    expect(parse('fe80::1%eth0').equals(parse('fe80:0::0001%eth0'))).toBe(true);
  });

  it('agrees with the number, for any two addresses', () => {
    const pairs = fc.tuple(address(6), address(6));
    fc.assert(fc.property(pairs, ([a, b]) => a.equals(b) === (a.value === b.value)));
  });
});

describe('IpAddress predicates', () => {
  const PREDICATES = [
    'isUnspecified',
    'isLoopback',
    'isMulticast',
    'isLinkLocal',
    'isBroadcast',
    'isV4Mapped',
  ] as const;

  it.each([
    ['0.0.0.0', 'isUnspecified'],
    ['::', 'isUnspecified'],
    ['0.0.0.1', ''],
    ['127.0.0.1', 'isLoopback'],
    ['127.255.255.255', 'isLoopback'],
    ['128.0.0.0', ''],
    ['126.255.255.255', ''],
    ['::1', 'isLoopback'],
    ['::2', ''],
    ['1::1', ''],
    ['223.255.255.255', ''],
    ['224.0.0.0', 'isMulticast'],
    ['239.255.255.255', 'isMulticast'],
    ['240.0.0.0', ''],
    ['ff02::1', 'isMulticast'],
    ['fe00::', ''],
    ['169.254.0.1', 'isLinkLocal'],
    ['169.253.255.255', ''],
    ['169.255.0.0', ''],
    ['fe80::1', 'isLinkLocal'],
    ['febf:ffff::', 'isLinkLocal'],
    ['fec0::', ''],
    ['fe7f::', ''],
    ['255.255.255.255', 'isBroadcast'],
    ['255.255.255.254', ''],
    ['::ffff:127.0.0.1', 'isV4Mapped'],
    ['::fffe:127.0.0.1', ''],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'isMulticast'],
  ])('%s: %s', (text, expected) => {
    const value = parse(text);
    expect(PREDICATES.filter(name => value[name])).toEqual(expected === '' ? [] : [expected]);
  });

  it.each(['fe80::1', 'febf::1', 'ff01::1', 'ff02::1', 'ff12::1', 'ff32::1'])('%s needs a zone', text => {
    expect(parse(text).needsZone).toBe(true);
  });

  it.each(['169.254.0.1', '224.0.0.1', '::1', 'fec0::1', 'ff05::1', 'ff0e::1', 'fe02::1'])('%s needs none', text => {
    expect(parse(text).needsZone).toBe(false);
  });

  it('unmaps an IPv4-mapped address and leaves others as they are', () => {
    expect(parse('::ffff:127.0.0.1').unmap().equals(parse('127.0.0.1'))).toBe(true);
    expect(String(parse('2001:db8::1').unmap())).toBe('2001:db8::1');
    expect(String(parse('192.0.2.1').unmap())).toBe('192.0.2.1');
  });
});
