import { expect, test } from 'vitest';
import { decodeGroupFilter, encodeGroupFilter } from '../../../src/wire/group-filter.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { parseIgmp, parseIgmp6, parseSourceFilters } from '../../../src/wire/membership-table.js';
import { WireFormatError } from '../../../src/wire/wire-format-error.js';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('/proc/net/igmp: groups under the interface they belong to', () => {
  const text = [
    'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter',
    '1\tlo        :     1      V3',
    '\t\t\t\t010000E0     1 0:00000000\t\t0',
    '12\tveth0.7   :     2      V2',
    '\t\t\t\t070BC3EF     3 0:00000000\t\t1',
    '\t\t\t\t010000E0     1 0:00000000\t\t0',
    '',
  ].join('\n');
  expect(plain(parseIgmp(text))).toEqual([
    { interfaceIndex: 1, interfaceName: 'lo', querier: 'V3', group: '224.0.0.1', users: 1 },
    { interfaceIndex: 12, interfaceName: 'veth0.7', querier: 'V2', group: '239.195.11.7', users: 3 },
    { interfaceIndex: 12, interfaceName: 'veth0.7', querier: 'V2', group: '224.0.0.1', users: 1 },
  ]);
});

test('/proc/net/igmp6', () => {
  const text = '4    eth0            ff150000000000000000000000c30001     2 00000004 0\n';
  expect(plain(parseIgmp6(text))).toEqual([
    { interfaceIndex: 4, interfaceName: 'eth0', group: 'ff15::c3:1', users: 2 },
  ]);
});

test('/proc/net/mcfilter and mcfilter6', () => {
  const v4 = 'Idx Device        MCA        SRC    INC    EXC\n  2   eth0 0xefc30b07 0xc0000201      1      0\n';
  const v6 =
    'Idx Device                Multicast Address                   Source Address    INC    EXC\n' +
    '  2   eth0 ff150000000000000000000000c30001 20010db8000000000000000000000001      0      2\n';
  expect(plain(parseSourceFilters(4, v4))).toEqual([
    {
      interfaceIndex: 2,
      interfaceName: 'eth0',
      group: '239.195.11.7',
      source: '192.0.2.1',
      including: 1,
      excluding: 0,
    },
  ]);
  expect(plain(parseSourceFilters(6, v6))).toMatchObject([
    { group: 'ff15::c3:1', source: '2001:db8::1', excluding: 2 },
  ]);
});

test('lines of another form are passed over', () => {
  expect(parseIgmp('')).toEqual([]);
  expect(parseIgmp('nonsense\nmore nonsense\n\t\t\t\t010000E0     1')).toEqual([]);
  expect(parseIgmp6('1 lo ff02')).toEqual([]);
  expect(parseSourceFilters(4, 'x')).toEqual([]);
});

test('a group filter is read as it was written; one that is cut is refused', () => {
  for (const [group, sources] of [
    ['239.1.2.3', ['192.0.2.1', '192.0.2.2']],
    ['ff15::1', ['2001:db8::1']],
  ] as const) {
    const filter = {
      interfaceIndex: 7,
      group: IpAddress.parse(group),
      mode: 'include' as const,
      sources: sources.map(source => IpAddress.parse(source)),
    };
    const bytes = encodeGroupFilter(filter);
    expect(plain(decodeGroupFilter(bytes))).toEqual(plain(filter));
    expect(() => decodeGroupFilter(bytes.subarray(0, bytes.length - 1))).toThrow(WireFormatError);
    expect(() => decodeGroupFilter(bytes.subarray(0, 10))).toThrow(WireFormatError);
  }
});
