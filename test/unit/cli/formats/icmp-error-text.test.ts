import { describe, expect, it } from 'vitest';
import { icmpErrorText } from '../../../../src/cli/formats/icmp-error-text.js';

describe('ICMP errors in the words of iputils', () => {
  it.each([
    [4, 3, 0, undefined, 'Destination Net Unreachable'],
    [4, 3, 1, undefined, 'Destination Host Unreachable'],
    [4, 3, 3, undefined, 'Destination Port Unreachable'],
    [4, 3, 4, 1400, 'Frag needed and DF set (mtu = 1400)'],
    [4, 3, 13, undefined, 'Packet filtered'],
    [4, 3, 77, undefined, 'Dest Unreachable, Bad Code: 77'],
    [4, 4, 0, undefined, 'Source Quench'],
    [4, 11, 0, undefined, 'Time to live exceeded'],
    [4, 11, 1, undefined, 'Frag reassembly time exceeded'],
    [4, 11, 9, undefined, 'Time exceeded, Bad Code: 9'],
    [4, 12, 0, undefined, 'Parameter problem'],
    [4, 200, 0, undefined, 'Bad ICMP type: 200'],
    [6, 1, 0, undefined, 'Destination unreachable: No route'],
    [6, 1, 1, undefined, 'Destination unreachable: Administratively prohibited'],
    [6, 1, 3, undefined, 'Destination unreachable: Address unreachable'],
    [6, 1, 4, undefined, 'Destination unreachable: Port unreachable'],
    [6, 1, 99, undefined, 'Destination unreachable: Unknown code 99'],
    [6, 2, 0, 1280, 'Packet too big: mtu=1280'],
    [6, 3, 0, undefined, 'Time exceeded: Hop limit'],
    [6, 3, 1, undefined, 'Time exceeded: Defragmentation failure'],
    [6, 4, 1, undefined, 'Parameter problem: Unknown header'],
  ] as const)('IPv%i type %i code %i', (family, icmpType, icmpCode, mtu, text) => {
    expect(icmpErrorText(family, { error: 'any', icmpType, icmpCode, mtu })).toBe(text);
  });
});
