import { describe, expect, it } from 'vitest';
import { icmpErrorName, isIcmpError } from '../../../src/wire/icmp-types.js';

describe('icmpErrorName', () => {
  it.each([
    // RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1.
    [4, 3, 0, 'net-unreachable'],
    [4, 3, 1, 'host-unreachable'],
    [4, 3, 2, 'protocol-unreachable'],
    [4, 3, 3, 'port-unreachable'],
    [4, 3, 4, 'fragmentation-needed'],
    [4, 3, 5, 'source-route-failed'],
    [4, 3, 6, 'net-unknown'],
    [4, 3, 7, 'host-unknown'],
    [4, 3, 8, 'source-isolated'],
    [4, 3, 9, 'net-prohibited'],
    [4, 3, 10, 'host-prohibited'],
    [4, 3, 11, 'net-unreachable-for-service'],
    [4, 3, 12, 'host-unreachable-for-service'],
    [4, 3, 13, 'admin-prohibited'],
    [4, 3, 14, 'precedence-violation'],
    [4, 3, 15, 'precedence-cutoff'],
    [4, 4, 0, 'source-quench'],
    [4, 5, 1, 'redirect-host'],
    [4, 11, 0, 'time-exceeded'],
    [4, 11, 1, 'reassembly-time-exceeded'],
    [4, 12, 0, 'parameter-problem'],
    [4, 12, 1, 'option-missing'],
    [4, 12, 2, 'bad-length'],
    // RFC 4443 section 3.
    [6, 1, 0, 'no-route'],
    [6, 1, 1, 'admin-prohibited'],
    [6, 1, 2, 'beyond-scope'],
    [6, 1, 3, 'address-unreachable'],
    [6, 1, 4, 'port-unreachable'],
    [6, 1, 5, 'policy-failed'],
    [6, 1, 6, 'reject-route'],
    [6, 2, 0, 'packet-too-big'],
    [6, 3, 0, 'time-exceeded'],
    [6, 3, 1, 'reassembly-time-exceeded'],
    [6, 4, 0, 'parameter-problem'],
    [6, 4, 1, 'unknown-next-header'],
    [6, 4, 2, 'unknown-option'],
    // RFC 8883 section 3, code 9.
    [6, 4, 9, 'too-many-options'],
  ] as const)('IPv%i type %i code %i is %s', (family, type, code, name) => {
    expect(icmpErrorName(family, type, code)).toBe(name);
    expect(isIcmpError(family, type)).toBe(true);
  });

  it('gives a code that nobody knows the word of its type', () => {
    expect(icmpErrorName(4, 3, 99)).toBe('destination-unreachable');
    expect(icmpErrorName(6, 2, 1)).toBe('packet-too-big');
    expect(icmpErrorName(6, 100, 0)).toBe('unknown-error');
  });

  it.each([
    [4, 0],
    [4, 8],
    [4, 13],
    [4, 255],
    [6, 128],
    [6, 129],
    [6, 137],
    [6, 255],
  ] as const)('has no word for IPv%i type %i, which is no error', (family, type) => {
    expect(icmpErrorName(family, type, 0)).toBeUndefined();
    expect(isIcmpError(family, type)).toBe(false);
  });
});
