import { describe, expect, it } from 'vitest';
import { RttTally } from '../../../../src/cli/formats/rtt-tally.js';

describe('the tally of a run under way', () => {
  it('has counts and times in the words of iputils', () => {
    const tally = new RttTally();
    for (const rtt of [0.053, 0.041]) tally.add(rtt);
    expect(tally.statusLine(4, 2)).toBe('2/4 packets, 50% loss, min/avg/ewma/max = 0.041/0.047/0.051/0.053 ms');
  });

  it('has no times where no reply was seen', () => {
    expect(new RttTally().statusLine(3, 1)).toBe('1/3 packets, 66% loss');
    expect(new RttTally().statusLine(0, 0)).toBe('0/0 packets, 0% loss');
  });
});
