import { expect, test } from 'vitest';
import { parseMulticastTarget } from '../../../src/cli/multicast-target.js';

const shown = (text: string): [string, number] => {
  const { group, port } = parseMulticastTarget(text);
  return [group.toString(), port];
};

test.each([
  ['239.1.2.3', '239.1.2.3', 5001],
  ['239.1.2.3:7000', '239.1.2.3', 7000],
  ['ff15::1', 'ff15::1', 5001],
  ['[ff15::1]', 'ff15::1', 5001],
  ['[ff15::1]:9', 'ff15::1', 9],
  ['[ff02::1%eth0.7]:9', 'ff02::1%eth0.7', 9],
  ['ff02::1%eth0', 'ff02::1%eth0', 5001],
])('%s is a group and a port', (text, group, port) => {
  expect(shown(text)).toEqual([group, port]);
});

test.each(['', '192.0.2.1', '192.0.2.1:5', 'a.example', '[ff15::1', '239.1.2.3:', '::1', '239.1.2.3:5:6'])(
  '%s is none',
  text => {
    expect(() => parseMulticastTarget(text)).toThrow(/GROUP takes a multicast address/);
  },
);

test.each(['239.1.2.3:0', '239.1.2.3:65536', '[ff15::1]:99999'])('%s has a port that is none', text => {
  expect(() => parseMulticastTarget(text)).toThrow(/PORT takes 1 to 65535/);
});
