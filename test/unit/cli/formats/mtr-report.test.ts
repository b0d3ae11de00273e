import { describe, expect, it } from 'vitest';
import { mtrReport } from '../../../../src/cli/formats/mtr-report.js';
import type { LiveHop, LiveResult } from '../../../../src/engine/trace/live-event.js';

const settings = { numeric: true, asNumbers: false, wide: false, hostName: 'here', startedAt: new Date(0) };
const answering = (ttl: number, addresses: string[], more: Partial<LiveHop> = {}): LiveHop => ({
  ...{ ttl, sent: 10, received: 10, lost: 0, loss: 0, history: [], jitter: 0 },
  ...{ last: 12.34, mean: 11.06, best: 9.9, worst: 123.45, stddev: 0.26 },
  addresses: addresses.map(address => ({ address, answers: 1 })),
  ...more,
});
const silent = (ttl: number): LiveHop =>
  answering(ttl, [], { received: 0, lost: 10, loss: 1, last: null, mean: null, best: null, worst: null, stddev: null });
const report = (hops: LiveHop[], wide = false, reached = true): string[] => {
  const result: LiveResult = {
    ...{ type: 'result', target: 'x', address: '10.0.9.9', protocol: 'icmp', reached, rounds: 10 },
    ...{ hops, pathLoss: [], elapsed: 1 },
  };
  return mtrReport(result, { ...settings, wide })
    .trimEnd()
    .split('\n')
    .slice(1);
};

describe("mtr's report", () => {
  it('has its columns', () => {
    expect(report([answering(1, ['10.0.0.1']), silent(2), answering(3, ['10.0.2.1'], { loss: 0.125 })])).toEqual([
      'HOST: here                        Loss%   Snt   Last   Avg  Best  Wrst StDev',
      '  1.|-- 10.0.0.1                   0.0%    10   12.3  11.1   9.9 123.5   0.3',
      '  2.|-- ???                       100.0    10    0.0   0.0   0.0   0.0   0.0',
      '  3.|-- 10.0.2.1                  12.5%    10   12.3  11.1   9.9 123.5   0.3',
    ]);
  });

  it('cuts long names, unless it is wide', () => {
    const long = '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff';
    expect(report([answering(1, [long])])[1]).toBe(
      `  1.|-- ${long.slice(0, 25)}  0.0%    10   12.3  11.1   9.9 123.5   0.3`,
    );
    expect(report([answering(1, [long])], true)[1]).toContain(`${long}  0.0%`);
  });

  it('says how a path ends that does not reach the target', () => {
    expect(report([], false, false)).toEqual([expect.stringMatching(/^HOST/), 'Nothing has answered.']);
    const refusing = answering(2, ['10.0.1.1'], { error: 'admin-prohibited' });
    expect(report([answering(1, ['10.0.0.1'])], false, false).at(-1)).toBe('Nothing answers beyond hop 1.');
    expect(report([answering(1, ['10.0.0.1']), refusing], false, false).at(-1)).toBe(
      'Hop 2 (10.0.1.1) turns packets to the target away: admin-prohibited.',
    );
  });

  it('lists the other addresses of a hop below it', () => {
    expect(report([answering(1, ['10.0.0.1', '10.0.0.2'])])[2]).toBe('        10.0.0.2');
  });
});
