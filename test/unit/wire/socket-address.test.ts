import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { FieldValueError } from '../../../src/wire/field-value-error.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { decodeSocketAddress, encodeSocketAddress, type SocketAddress } from '../../../src/wire/socket-address.js';
import {
  readAddressWords,
  readIpFamily,
  readPort,
  readScopeId,
  writeIpSocketAddress,
} from '../../../src/wire/socket-address-ip.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { address, bytes, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { packet } from './support/golden-packets.js';

const parse = IpAddress.parse;
const decode = (data: Uint8Array, start: number, end: number) => decodeSocketAddress(data, start, end - start);

/** What the readers for the hot path find in a socket address of either family. */
function deconstruct(data: Uint8Array, at: number): Record<string, unknown> {
  const family = readIpFamily(data, at) ?? 4;
  const words = new Uint32Array(4);
  readAddressWords(data, at, family, words, 0);
  const scope = family === 6 ? { scopeId: readScopeId(data, at) } : {};
  return { address: String(IpAddress.fromWords(family, words)), port: readPort(data, at, family), ...scope };
}

// The bytes that Python's struct and getsockname(2) agree on for these addresses on Linux.
describeFormat<SocketAddress>({
  name: 'struct sockaddr_in',
  bytes: packet('0200 1f90 c0000201 0000000000000000'),
  value: { family: 'ip4', address: parse('192.0.2.1'), port: 8080 },
  deconstruct,
  fields: { address: '192.0.2.1', port: 8080 },
  decode: (data, start, end) => decode(data, start, end),
  encode: encodeSocketAddress,
  minimumLength: 0,
});

describeFormat<SocketAddress>({
  name: 'struct sockaddr_in6',
  bytes: packet('0a00 1f90 0ab12345 fe80000000000000 0000000000000001 02000000'),
  value: { family: 'ip6', address: parse('fe80::1%2'), port: 8080, scopeId: 2, flowInfo: 0x0ab12345 },
  deconstruct,
  fields: { address: 'fe80::1', port: 8080, scopeId: 2 },
  decode,
  encode: encodeSocketAddress,
  minimumLength: 0,
});

describeFormat<SocketAddress>({
  name: 'struct sockaddr_ll',
  bytes: packet('1100 0800 03000000 0100 04 06 020000000102 0000'),
  value: {
    family: 'packet',
    protocol: 0x0800,
    interfaceIndex: 3,
    hardwareType: 1,
    packetType: 4,
    address: packet('020000000102'),
  },
  decode,
  encode: encodeSocketAddress,
  minimumLength: 0,
});

describeFormat<SocketAddress>({
  name: 'struct sockaddr_nl',
  bytes: packet('1000 0000 d2040000 11000080'),
  value: { family: 'netlink', portId: 1234, groups: 0x80000011 },
  decode,
  encode: encodeSocketAddress,
  minimumLength: 0,
});

describe('socket addresses that are cut', () => {
  it.each([
    ['sockaddr_in', '0200 1f90 c0000201 0000000000000000'],
    ['sockaddr_in6', '0a00 1f90 00000000 fe80000000000000 0000000000000001 02000000'],
    ['sockaddr_nl', '1000 0000 d2040000 11000000'],
    ['sockaddr_ll up to its address', '1100 0800 03000000 0100 04 06 020000000102'],
  ])('refuses every prefix of %s but the empty one', (_, text) => {
    const whole = packet(text);
    for (let length = 1; length < whole.length; length++) {
      expect(() => decodeSocketAddress(whole, 0, length), `${length} bytes`).toThrow(WireFormatError);
    }
  });

  it('refuses a negative interface index', () => {
    const negative = packet('1100 0800 ffffffff 0100 04 00 0000000000000000');
    expect(() => decodeSocketAddress(negative)).toThrow('a negative interface index');
  });

  it('refuses a length that reaches beyond the bytes', () => {
    expect(() => decodeSocketAddress(new Uint8Array(16), 4, 16)).toThrow(WireFormatError);
  });
});

describe('Unix socket addresses', () => {
  it.each<[string, SocketAddress, string]>([
    ['a path ends with NUL', { family: 'unix', path: '/a' }, '0100 2f61 00'],
    ['an abstract name starts with NUL', { family: 'unix', abstract: 'ab' }, '0100 00 6162'],
    ['an abstract name may hold NUL', { family: 'unix', abstract: 'a\0b' }, '0100 00 610062'],
    ['an abstract name may be empty', { family: 'unix', abstract: '' }, '0100 00'],
    ['no name is the family alone', { family: 'unix', unnamed: true }, '0100'],
    ['a name that is not UTF-8 is bytes', { family: 'unix', path: packet('2fff') }, '0100 2fff 00'],
    ['an abstract name that is not UTF-8 is bytes', { family: 'unix', abstract: packet('c3') }, '0100 00 c3'],
    ['UTF-8 is text, its byte order mark too', { family: 'unix', path: '\ufeff/\u00e9' }, '0100 efbbbf 2fc3a9 00'],
  ])('%s', (_, value, text) => {
    expect(encodeSocketAddress(value)).toEqual(packet(text));
    expect(decodeSocketAddress(packet(text))).toEqual(value);
  });

  it('fills the field with a path of 108 bytes, without NUL', () => {
    const path = `/${'x'.repeat(107)}`;
    const encoded = encodeSocketAddress({ family: 'unix', path });
    expect(encoded).toHaveLength(LINUX.sizeof_sockaddr_un);
    expect(decodeSocketAddress(encoded)).toEqual({ family: 'unix', path });
  });

  it('reads the 111 bytes that getsockname(2) gives of such a path', () => {
    const path = `/${'x'.repeat(107)}`;
    const given = new Uint8Array(LINUX.sizeof_sockaddr_un + 1);
    given.set(encodeSocketAddress({ family: 'unix', path }));
    expect(decodeSocketAddress(given)).toEqual({ family: 'unix', path });
  });

  it('ends a path at its NUL, whatever follows', () => {
    expect(decodeSocketAddress(packet('0100 2f61 00 ffff'))).toEqual({ family: 'unix', path: '/a' });
  });

  it('reads no bytes at all as an unnamed address', () => {
    expect(decodeSocketAddress(new Uint8Array(0))).toEqual({ family: 'unix', unnamed: true });
  });

  it.each<[string, SocketAddress, RegExp]>([
    ['an empty path', { family: 'unix', path: '' }, /path.*1 to 108/],
    ['a path of 109 bytes', { family: 'unix', path: 'x'.repeat(109) }, /path.*109.*1 to 108/],
    ['a path with NUL', { family: 'unix', path: 'a\0b' }, /path.*NUL/],
    ['an abstract name of 108 bytes', { family: 'unix', abstract: 'x'.repeat(108) }, /abstract.*0 to 107/],
  ])('refuses %s', (_, value, message) => {
    expect(() => encodeSocketAddress(value)).toThrow(FieldValueError);
    expect(() => encodeSocketAddress(value)).toThrow(message);
  });
});

describe('encodeSocketAddress', () => {
  const ip4 = parse('192.0.2.1');
  it.each<[string, SocketAddress, RegExp]>([
    ['a port below 0', { family: 'ip4', address: ip4, port: -1 }, /port is -1; allowed: an integer from 0 to 65535/],
    ['a port above 65535', { family: 'ip4', address: ip4, port: 65536 }, /port is 65536/],
    ['a port that is no integer', { family: 'ip4', address: ip4, port: Number.NaN }, /port is NaN/],
    ['an address of the other family', { family: 'ip6', address: ip4, port: 1 }, /address is 192.0.2.1.*IPv6/],
    ['a zone that is a name', { family: 'ip6', address: parse('fe80::1%eth0'), port: 1 }, /scopeId.*index of eth0/],
    ['a flow of 29 bits', { family: 'ip6', address: parse('::1'), port: 1, flowInfo: 2 ** 28 }, /flowInfo/],
    [
      'a link-layer address of 9 bytes',
      { family: 'packet', protocol: 0, interfaceIndex: 1, address: new Uint8Array(9) },
      /address is 9 bytes/,
    ],
    ['a family of 17 bits', { family: 'unknown', number: 65536, bytes: new Uint8Array(0) }, /number is 65536/],
  ])('refuses %s', (_, value, message) => {
    expect(() => encodeSocketAddress(value)).toThrow(FieldValueError);
    expect(() => encodeSocketAddress(value)).toThrow(message);
  });

  it('takes the scope id from a zone that is a number, and rather from scopeId', () => {
    const scoped = { family: 'ip6', address: parse('fe80::1%7'), port: 0 } as const;
    expect(decodeSocketAddress(encodeSocketAddress(scoped))).toMatchObject({ scopeId: 7 });
    expect(decodeSocketAddress(encodeSocketAddress({ ...scoped, scopeId: 9 }))).toMatchObject({ scopeId: 9 });
  });

  it('gives back any family that it does not know, AF_UNSPEC among them', () => {
    const unspecified = { family: 'unknown', number: 0, bytes: new Uint8Array(14) } as const;
    expect(decodeSocketAddress(encodeSocketAddress(unspecified))).toEqual(unspecified);
  });

  it('reads back what it writes, for any value', () => {
    const ip4Value = fc.record({ family: fc.constant('ip4'), address: address(4), port: uint(16) });
    const ip6Value = fc
      .record({ address: address(6), port: uint(16), scopeId: uint(32), flowInfo: uint(28) })
      .map(value => ({
        ...value,
        family: 'ip6',
        address: IpAddress.fromBytes(value.address.bytes, value.scopeId === 0 ? undefined : String(value.scopeId)),
      }));
    const packetValue = fc.record({
      family: fc.constant('packet'),
      protocol: uint(16),
      interfaceIndex: uint(31),
      hardwareType: uint(16),
      packetType: uint(8),
      address: bytes(0, 8),
    });
    const any = fc.oneof(ip4Value, ip6Value, packetValue) as fc.Arbitrary<SocketAddress>;
    fc.assert(
      fc.property(any, value => {
        expect(decodeSocketAddress(encodeSocketAddress(value))).toEqual(value);
      }),
    );
  });
});

describe('writeIpSocketAddress', () => {
  it('writes what encodeSocketAddress gives, into dirty bytes, and nothing more', () => {
    const values = fc.oneof(
      fc.record({ address: address(4), port: uint(16), scopeId: fc.constant(0) }),
      fc.record({ address: address(6), port: uint(16), scopeId: uint(32) }),
    );
    fc.assert(
      fc.property(values, ({ address, port, scopeId }) => {
        const words = new Uint32Array(5);
        address.writeWords(words, 1);
        const family = address.family === 4 ? 'ip4' : 'ip6';
        const expected = encodeSocketAddress({ family, address, port, scopeId } as SocketAddress);
        const out = new Uint8Array(40).fill(0xa5);
        const size = writeIpSocketAddress(new DataView(out.buffer), 2, address.family, words, 1, port, scopeId);
        expect(size).toBe(expected.length);
        expect(out.subarray(2, 2 + size)).toEqual(expected);
        expect([...out.subarray(0, 2), ...out.subarray(2 + size)].every(byte => byte === 0xa5)).toBe(true);
      }),
    );
  });
});
