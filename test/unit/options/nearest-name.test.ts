import { expect, it } from 'vitest';
import { nearestName } from '../../../src/options/nearest-name.js';
import { ALL_OPTIONS } from '../../../src/options/table.js';

const names = ALL_OPTIONS.map(option => option.name);

it.each([
  ['TCP_NODELY', 'TCP_NODELAY'],
  ['tcp_nodelay', 'TCP_NODELAY'],
  ['TCP_KEEP_IDLE', 'TCP_KEEPIDLE'],
  ['IP_TLT', 'IP_TTL'],
  ['SO_REUSE_PORT', 'SO_REUSEPORT'],
  ['IPV6_JOIN_MEMBERSHIP', 'IPV6_ADD_MEMBERSHIP'],
  ['NODELAY', 'TCP_NODELAY'],
  ['ttl', 'IP_TTL'],
  ['USER_TIMEOUT', 'TCP_USER_TIMEOUT'],
])('takes %s for %s', (wrong, meant) => {
  expect(nearestName(wrong, names)).toBe(meant);
});

it('takes nothing where two are as near, nor takes long over what is long', () => {
  expect(nearestName('CORK', names)).toBeUndefined();
  expect(nearestName('X'.repeat(10_000_000), names)).toBeUndefined();
});

it('takes nothing for what is like no name', () => {
  expect(nearestName('COLOUR_OF_THE_SKY_AT_NIGHT', names)).toBeUndefined();
});
