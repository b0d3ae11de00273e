import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldValueError } from '../../../src/wire/field-value-error.js';
import { decodeIcmpExtension, encodeIcmpExtension, type IcmpExtension } from '../../../src/wire/icmp-extension.js';
import type { IcmpExtensionObject } from '../../../src/wire/icmp-extension-object.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { anyAddress, bytes, uint } from './support/arbitraries.js';
import { describeFormat } from './support/golden-format.js';
import { packet } from './support/golden-packets.js';

/** A structure of these objects; an independent program summed the checksums, and tshark reads the same values. */
function describeObjects(name: string, structure: Uint8Array, objects: IcmpExtensionObject[]): void {
  describeFormat<IcmpExtension>({
    name,
    bytes: structure,
    value: { version: 2, checksum: 'valid', malformed: false, objects },
    decode: decodeIcmpExtension,
    encode: value => encodeIcmpExtension(value.objects),
    minimumLength: 4,
  });
}

describeObjects('one MPLS label (RFC 4950)', packet('2000 ca0d 0008 0101 03e81101'), [
  { kind: 'mpls', label: 16001, trafficClass: 0, bottom: true, ttl: 1 },
]);

describeObjects('an MPLS stack of two labels', packet('2000 c2ca 000c 0101 03e81aff fffffd40'), [
  { kind: 'mpls', label: 16001, trafficClass: 5, bottom: false, ttl: 255 },
  { kind: 'mpls', label: 0xfffff, trafficClass: 6, bottom: true, ttl: 64 },
]);

describeObjects(
  'all that an interface may tell (RFC 5837)',
  packet('2000 37f3 001c 020f 00000007 0001 0000 c0000201 08 657468302e31 00 000005dc'),
  [{ kind: 'interface', role: 'incoming', index: 7, address: IpAddress.parse('192.0.2.1'), name: 'eth0.1', mtu: 1500 }],
);

describeObjects(
  'an outgoing interface by its IPv6 address',
  packet('2000 afa7 0018 0284 0002 0000 20010db8 0000000000000000 00000001'),
  [{ kind: 'interface', role: 'outgoing', address: IpAddress.parse('2001:db8::1') }],
);

describeObjects(
  'an interface that is asked about (RFC 8335)',
  packet('2000 0c46 0008 0301 65746830 0008 0302 00000002'),
  [
    { kind: 'interface-identification', name: 'eth0' },
    { kind: 'interface-identification', index: 2 },
  ],
);

describeObjects('an interface that is asked about by address', packet('2000 16ee 000c 0303 0001 04 00 c0000201'), [
  { kind: 'interface-identification', address: IpAddress.parse('192.0.2.1') },
]);

describeObjects('an object that nobody knows', packet('2000 e4f2 0007 f703 010203'), [
  { kind: 'unknown', class: 0xf7, type: 3, data: packet('010203') },
]);

describeObjects('no objects at all', packet('2000 dfff'), []);

describe('decodeIcmpExtension', () => {
  const mpls = { kind: 'mpls', label: 16001, trafficClass: 0, bottom: true, ttl: 1 };

  it('tells a bad checksum from an absent one, and keeps the objects', () => {
    const bad = decodeIcmpExtension(packet('2000 ca0e 0008 0101 03e81101'));
    expect(bad).toEqual({ version: 2, checksum: 'bad', malformed: false, objects: [mpls] });
    expect(decodeIcmpExtension(packet('2000 0000 0008 0101 03e81101'))).toMatchObject({ checksum: 'absent' });
  });

  it('reads no objects of a version that it does not know', () => {
    const other = decodeIcmpExtension(packet('1000 0000 0008 0101 03e81101'));
    expect(other).toMatchObject({ version: 1, malformed: true, objects: [] });
  });

  it.each([
    ['below that of an object header', '0003 0101'],
    ['beyond the end', '000c 0101 03e81101'],
    ['that is cut', '0008 01'],
  ])('keeps the objects before a length %s', (_, text) => {
    const found = decodeIcmpExtension(packet(`2000 0000 0008 0101 03e81101 ${text}`));
    expect(found).toMatchObject({ malformed: true, objects: [mpls] });
  });

  it.each([
    ['a label stack of 3 bytes', '0007 0101 010203'],
    ['an empty label stack', '0004 0101'],
    ['another MPLS sub-type', '0008 0102 03e81101'],
    ['an interface address that is cut', '000a 0204 0001 0000 c000'],
    ['an interface address of another family', '000c 0204 0003 0000 c0000201'],
    ['an interface name that is cut', '0008 0202 08657468'],
    ['an interface name whose length is 0', '0008 0202 00657468'],
    ['an interface index that is cut', '0006 0208 0001'],
    ['more interface data than announced', '000c 0208 00000001 00000002'],
    ['a link-layer address (RFC 8335)', '0010 0303 4005 06 00 010203040506 0000'],
    ['an address length that is not its family’s', '000c 0303 0001 10 00 c0000201'],
    ['an unknown way of naming an interface', '0008 0304 00000001'],
  ])('keeps an object with %s as bytes', (_, text) => {
    const structure = packet(`2000 0000 ${text}`);
    const length = (structure[4] ?? 0) * 256 + (structure[5] ?? 0);
    const { objects } = decodeIcmpExtension(structure.slice(0, 4 + length));
    expect(objects).toMatchObject([{ kind: 'unknown', class: structure[6], type: structure[7] }]);
  });
});

describe('encodeIcmpExtension', () => {
  it.each<[string, IcmpExtensionObject]>([
    ['label', { kind: 'mpls', label: 2 ** 20, trafficClass: 0, bottom: true, ttl: 1 }],
    ['trafficClass', { kind: 'mpls', label: 0, trafficClass: 8, bottom: true, ttl: 1 }],
    ['ttl', { kind: 'mpls', label: 0, trafficClass: 0, bottom: true, ttl: 256 }],
    ['index', { kind: 'interface', role: 'incoming', index: 2 ** 32 }],
    ['mtu', { kind: 'interface', role: 'incoming', mtu: -1 }],
    ['name', { kind: 'interface', role: 'incoming', name: 'x'.repeat(64) }],
    ['interface', { kind: 'interface-identification' }],
    ['class', { kind: 'unknown', class: 256, type: 0, data: new Uint8Array(0) }],
    ['data', { kind: 'unknown', class: 200, type: 0, data: new Uint8Array(65532) }],
  ])('refuses a %s out of range by name', (field, object) => {
    expect(() => encodeIcmpExtension([object])).toThrow(FieldValueError);
    expect(() => encodeIcmpExtension([object])).toThrow(new RegExp(`^${field} is`));
  });

  it('gives each label stack an object of its own', () => {
    const label = (bottom: boolean): IcmpExtensionObject => ({
      kind: 'mpls',
      label: 1,
      trafficClass: 0,
      bottom,
      ttl: 1,
    });
    const encoded = encodeIcmpExtension([label(false), label(true), label(true)]);
    expect(encoded).toHaveLength(4 + (4 + 8) + (4 + 4));
  });

  it('reads back what it writes, for any objects', () => {
    const role = fc.constantFrom('incoming' as const, 'sub-ip' as const, 'outgoing' as const, 'next-hop' as const);
    const name = fc.stringMatching(/^[a-z0-9.]{1,30}$/);
    const object: fc.Arbitrary<IcmpExtensionObject> = fc.oneof(
      fc.record({
        kind: fc.constant('mpls' as const),
        label: uint(20),
        trafficClass: uint(3),
        bottom: fc.boolean(),
        ttl: uint(8),
      }),
      fc.record(
        { kind: fc.constant('interface' as const), role, index: uint(32), address: anyAddress, name, mtu: uint(32) },
        { requiredKeys: ['kind', 'role'] },
      ),
      fc.record({ kind: fc.constant('interface-identification' as const), name }),
      fc.record({ kind: fc.constant('interface-identification' as const), address: anyAddress }),
      fc.record({
        kind: fc.constant('unknown' as const),
        class: fc.constantFrom(4, 200),
        type: uint(8),
        data: bytes(0, 9),
      }),
    );
    fc.assert(
      fc.property(fc.array(object, { maxLength: 5 }), objects => {
        const found = decodeIcmpExtension(encodeIcmpExtension(objects));
        expect(found).toEqual({ version: 2, checksum: 'valid', malformed: false, objects });
      }),
    );
  });
});
