import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressFormatError } from '../../../src/wire/address-format-error.js';
import { AddressRange, type AddressRangeOptions } from '../../../src/wire/address-range.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { address } from './support/arbitraries.js';

const list = (text: string, options?: AddressRangeOptions) => [...AddressRange.parse(text, options)].map(String);

describe('AddressRange.parse', () => {
  it.each([
    ['192.0.2.1', ['192.0.2.1']],
    ['192.0.2.8/30', ['192.0.2.8', '192.0.2.9', '192.0.2.10', '192.0.2.11']],
    ['192.0.2.9/31', ['192.0.2.8', '192.0.2.9']],
    ['192.0.2.9/32', ['192.0.2.9']],
    ['10.0.0.254-10.0.1.1', ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
    ['10.0.0.1-10.0.0.1', ['10.0.0.1']],
    ['255.255.255.254-255.255.255.255', ['255.255.255.254', '255.255.255.255']],
    ['2001:db8::fffe/127', ['2001:db8::fffe', '2001:db8::ffff']],
    ['::ffff-::1:1', ['::ffff', '::1:0', '::1:1']],
    ['fe80::1%eth0-fe80::2%eth0', ['fe80::1%eth0', 'fe80::2%eth0']],
    ['fe80::1%br-lan-fe80::2%br-lan', ['fe80::1%br-lan', 'fe80::2%br-lan']],
    ['fe80::1%br-lan', ['fe80::1%br-lan']],
    ['fe80::1-fe80::2%eth0', ['fe80::1%eth0', 'fe80::2%eth0']],
    ['fe80::%eth0/127', ['fe80::%eth0', 'fe80::1%eth0']],
  ])('reads %s', (text, expected) => expect(list(text)).toEqual(expected));

  it.each([
    '',
    'x',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/255.0.0.0',
    '/8',
    '::/129',
    '10.0.0.2-10.0.0.1',
    '10.0.0.1-::1',
    '10.0.0.1-9',
    '10.0.0.1-',
    'fe80::1%eth0-fe80::2%eth1',
  ])('refuses %j by name', text => {
    expect(() => AddressRange.parse(text)).toThrow(AddressFormatError);
    expect(() => AddressRange.parse(text)).toThrow(JSON.stringify(text));
  });

  it('leaves out network and broadcast of IPv4 blocks that have them, if asked for hosts only', () => {
    expect(list('192.0.2.0/30', { hostsOnly: true })).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(list('192.0.2.0/31', { hostsOnly: true })).toEqual(['192.0.2.0', '192.0.2.1']);
    expect(list('192.0.2.0/32', { hostsOnly: true })).toEqual(['192.0.2.0']);
    expect(list('192.0.2.0-192.0.2.1', { hostsOnly: true })).toEqual(['192.0.2.0', '192.0.2.1']);
    expect(list('2001:db8::/127', { hostsOnly: true })).toHaveLength(2);
    expect(AddressRange.parse('127.0.0.0/16', { hostsOnly: true }).count).toBe(65_534n);
  });
});

describe('AddressRange', () => {
  it('counts and starts at once whatever its size', () => {
    const all = AddressRange.parse('::/0');
    expect(all.count).toBe(2n ** 128n);
    expect(String(all[Symbol.iterator]().next().value)).toBe('::');
    expect(AddressRange.parse('0.0.0.0/0').count).toBe(2n ** 32n);
  });

  it('can be iterated again', () => {
    const range = AddressRange.parse('192.0.2.0/30');
    expect([...range].map(String)).toEqual([...range].map(String));
  });

  it('contains its own addresses and no others', () => {
    const range = AddressRange.parse('192.0.2.0/24');
    expect(range.contains(IpAddress.parse('192.0.2.255'))).toBe(true);
    expect(range.contains(IpAddress.parse('192.0.3.0'))).toBe(false);
    expect(range.contains(IpAddress.parse('::ffff:192.0.2.1'))).toBe(false);
    const scoped = AddressRange.parse('fe80::%eth0/64');
    expect(scoped.contains(IpAddress.parse('fe80::1%eth0'))).toBe(true);
    expect(scoped.contains(IpAddress.parse('fe80::1%eth1'))).toBe(false);
    expect(AddressRange.parse('fe80::/64').contains(IpAddress.parse('fe80::1%eth1'))).toBe(true);
  });

  it('writes itself as FIRST-LAST or as its one address', () => {
    expect(String(AddressRange.parse('192.0.2.0/24'))).toBe('192.0.2.0-192.0.2.255');
    expect(String(AddressRange.parse('192.0.2.1'))).toBe('192.0.2.1');
  });

  it('gives as many addresses as it counts, in order, all contained, for any block', () => {
    const v4 = fc.tuple(address(4), fc.integer({ min: 22, max: 32 }));
    const v6 = fc.tuple(address(6), fc.integer({ min: 118, max: 128 }));
    fc.assert(
      fc.property(fc.oneof(v4, v6), fc.boolean(), ([base, bits], hostsOnly) => {
        const range = AddressRange.parse(`${base}/${bits}`, { hostsOnly });
        const members = [...range];
        expect(BigInt(members.length)).toBe(range.count);
        expect(members.every((member, index) => member.value === range.first.value + BigInt(index))).toBe(true);
        expect(members.every(member => range.contains(member))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
