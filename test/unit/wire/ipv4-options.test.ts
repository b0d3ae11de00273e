import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldValueError } from '../../../src/wire/field-value-error.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { decodeIpv4Options, encodeIpv4Options, type Ipv4Option } from '../../../src/wire/ipv4-options.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';
import { address, bytes, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { GOLDEN, packet } from './support/golden-packets.js';

const ip = IpAddress.parse;
const noOperation = { kind: 'no-operation' } as const;

/** The options of a packet that the kernel sent; tshark's reading of the same packet is the expected value. */
function describeOptions(name: string, options: Uint8Array, value: Ipv4Option[], minimumLength = 0): void {
  const decode = decodeIpv4Options;
  describeFormat({ name, bytes: options, value, decode, encode: encodeIpv4Options, minimumLength });
}

describeOptions('record route after seven hops', GOLDEN.recordRouteReply4.slice(20, 60), [
  {
    kind: 'record-route',
    recorded: ['10.7.1.1', '10.7.2.1', '10.7.3.1', '10.7.3.2', '10.7.3.2', '10.7.2.2', '10.7.1.2'].map(ip),
    free: 2,
  },
]);

describeOptions('timestamps alone', GOLDEN.timestampOnlyReply4.slice(20, 60), [
  {
    kind: 'timestamp',
    mode: 'tsonly',
    recorded: new Array(7).fill({ time: 14388385 }),
    remaining: [],
    free: 2,
    overflow: 0,
  },
]);

describeOptions('timestamps with addresses, two routers too many', GOLDEN.timestampAddressReply4.slice(20, 56), [
  {
    kind: 'timestamp',
    mode: 'tsandaddr',
    recorded: ['10.7.1.1', '10.7.1.2', '10.7.2.2', '10.7.3.2'].map(text => ({ address: ip(text), time: 14388387 })),
    remaining: [],
    free: 0,
    overflow: 2,
  },
]);

describeOptions('timestamps of prespecified routers', GOLDEN.timestampPrespecifiedReply4.slice(20, 40), [
  {
    kind: 'timestamp',
    mode: 'tsprespec',
    recorded: [{ address: ip('10.7.1.2'), time: 14388391 }],
    remaining: [ip('10.7.9.9')],
    free: 0,
    overflow: 0,
  },
]);

describeOptions('a loose source route', GOLDEN.sourceRoutedProbe4.slice(20, 32), [
  noOperation,
  { kind: 'loose-source-route', visited: [], remaining: [ip('10.7.3.2'), ip('10.7.3.2')] },
]);

describeOptions('a strict source route on its way', packet('89 0b 08 c0000201 c0000202 00'), [
  { kind: 'strict-source-route', visited: [ip('192.0.2.1')], remaining: [ip('192.0.2.2')] },
]);

describeOptions('router alert', packet('94 04 0000'), [{ kind: 'router-alert', value: 0 }]);

describeOptions('an option that nobody knows', packet('01 9e 05 010203 0000'), [
  noOperation,
  { kind: 'unknown', type: 0x9e, data: packet('010203') },
]);

describe('decodeIpv4Options', () => {
  it.each([
    ['a pointer before the data', '07 07 03 00000000 00'],
    ['a pointer between two addresses', '07 07 06 00000000 00'],
    ['a length that is no whole number of addresses', '07 06 04 000000 0000'],
    ['a record route of two bytes', '07 02 0000'],
    ['a timestamp flag that is not defined', '44 08 05 02 00000000'],
    ['a router alert of three bytes', '94 03 00 00'],
  ])('keeps an option with %s as bytes', (_, text) => {
    const [option] = decodeIpv4Options(packet(text));
    expect(option).toMatchObject({ kind: 'unknown', type: packet(text)[0] });
    expect(encodeIpv4Options(option ? [option] : [])).toEqual(packet(text));
  });

  it('takes a pointer beyond the option for a full one', () => {
    expect(decodeIpv4Options(packet('07 07 ff c0000201 00'))).toEqual([
      { kind: 'record-route', recorded: [ip('192.0.2.1')], free: 0 },
    ]);
  });

  it('ends at the end-of-list option', () => {
    expect(decodeIpv4Options(packet('01 00 ffff'))).toEqual([noOperation]);
  });

  it.each([
    ['without a length', '07'],
    ['with length 0', '0700'],
    ['with length 1', '0701'],
    ['longer than what is there', '070b04 00000000'],
  ])('refuses an option %s', (_, text) => {
    expect(() => decodeIpv4Options(packet(text))).toThrow(WireFormatError);
  });
});

describe('encodeIpv4Options', () => {
  it('makes the nine empty slots that ping -R asks for', () => {
    const options = encodeIpv4Options([noOperation, { kind: 'record-route', recorded: [], free: 9 }]);
    expect(options).toEqual(packet(`01 07 27 04 ${'00'.repeat(36)}`));
  });

  it.each<[string, Ipv4Option]>([
    ['ten addresses', { kind: 'record-route', recorded: [], free: 10 }],
    ['a negative room', { kind: 'record-route', recorded: [], free: -1 }],
    ['an IPv6 address', { kind: 'record-route', recorded: [ip('::1')], free: 0 }],
    [
      'more than 15 routers without room',
      { kind: 'timestamp', mode: 'tsonly', recorded: [], remaining: [], free: 1, overflow: 16 },
    ],
    ['an unknown option of a padding type', { kind: 'unknown', type: 1, data: new Uint8Array(0) }],
    ['41 bytes', { kind: 'unknown', type: 9, data: new Uint8Array(39) }],
  ])('refuses %s', (_, option) => expect(() => encodeIpv4Options([option])).toThrow(FieldValueError));

  it('reads back what it writes, for any option', () => {
    const addresses = fc.array(address(4), { maxLength: 4 });
    const route = fc.constantFrom('loose-source-route' as const, 'strict-source-route' as const);
    const stamp = fc.record({ address: address(4), time: uint(32) });
    const any: fc.Arbitrary<Ipv4Option> = fc.oneof(
      fc.constant(noOperation),
      fc.record({ kind: fc.constant('record-route' as const), recorded: addresses, free: fc.nat(4) }),
      fc.record({ kind: route, visited: addresses, remaining: addresses }),
      fc.record({
        kind: fc.constant('timestamp' as const),
        mode: fc.constant('tsonly' as const),
        recorded: fc.array(fc.record({ time: uint(32) }), { maxLength: 4 }),
        remaining: fc.constant<IpAddress[]>([]),
        free: fc.nat(4),
        overflow: uint(4),
      }),
      fc.record({
        kind: fc.constant('timestamp' as const),
        mode: fc.constant('tsprespec' as const),
        recorded: fc.array(stamp, { maxLength: 2 }),
        remaining: fc.array(address(4), { maxLength: 2 }),
        free: fc.constant(0),
        overflow: uint(4),
      }),
      fc.record({ kind: fc.constant('router-alert' as const), value: uint(16) }),
      fc.record({ kind: fc.constant('unknown' as const), type: fc.constantFrom(25, 82, 158), data: bytes(0, 36) }),
    );
    fc.assert(
      fc.property(any, option => {
        expect(decodeIpv4Options(encodeIpv4Options([option]))).toEqual([option]);
      }),
    );
  });
});
