import { describe, expect, it } from 'vitest';
import { TraceClassic } from '../../../../src/cli/formats/trace-classic.js';
import type { TraceAnswer, TraceHop, TraceResult } from '../../../../src/engine/trace/trace-event.js';

interface Settings {
  numeric?: boolean;
  extensions?: boolean;
  asNumbers?: boolean;
}

function shownAll(events: (TraceHop | TraceResult)[], settings: Settings = { numeric: true }): string {
  let text = '';
  const page = { out: (more: string) => (text += more), err: () => undefined };
  const format = new TraceClassic(page, { numeric: false, extensions: false, asNumbers: false, ...settings });
  for (const event of events) format.event(event);
  return text;
}

const shown = (event: TraceHop, settings: Settings = {}): string => shownAll([event], settings);

const answer = (address: string, rtt: number, more: Partial<TraceAnswer> = {}): TraceAnswer => ({
  ...{ address, rtt, clock: 'kernel', protocol: 'udp', icmpType: 11, icmpCode: 0, replyTtl: 64, flow: 1 },
  ...more,
});
const hop = (ttl: number, ...probes: TraceHop['probes']): TraceHop => ({ type: 'hop', target: 'x', ttl, probes });
const result = (more: Partial<TraceResult> = {}): TraceResult => ({
  ...{ type: 'result', target: 'x', address: '10.0.9.9', protocol: 'udp', reached: false, hops: 1, loop: false },
  ...{ sent: 1, late: 0, duplicates: 0, foreign: 0, elapsed: 1 },
  ...more,
});

describe('the lines of traceroute', () => {
  it('have name and address once for answers of one router', () => {
    const line = hop(
      3,
      answer('10.0.2.2', 0.152, { name: 'r3.example' }),
      answer('10.0.2.2', 0.015),
      answer('10.0.2.2', 0.018),
    );
    expect(shown(line)).toBe(' 3  r3.example (10.0.2.2)  0.152 ms  0.015 ms  0.018 ms\n');
  });

  it('have the address twice where it has no name, and once with -n', () => {
    const line = hop(12, answer('10.0.2.2', 1.5));
    expect(shown(line)).toBe('12  10.0.2.2 (10.0.2.2)  1.500 ms\n');
    expect(shown(line, { numeric: true })).toBe('12  10.0.2.2  1.500 ms\n');
  });

  it('have a star for silence, and another address where it changes', () => {
    const line = hop(4, { timeout: true }, answer('10.0.0.1', 1), { timeout: true }, answer('10.0.0.2', 2));
    expect(shown(line, { numeric: true })).toBe(' 4  * 10.0.0.1  1.000 ms * 10.0.0.2  2.000 ms\n');
    expect(shown(hop(5, { timeout: true }, { timeout: true }, { timeout: true }))).toBe(' 5  * * *\n');
  });

  it.each([
    [{ icmpType: 3, icmpCode: 0 }, ' !N'],
    [{ icmpType: 3, icmpCode: 1 }, ' !H'],
    [{ icmpType: 3, icmpCode: 2 }, ' !P'],
    [{ icmpType: 3, icmpCode: 3 }, ''],
    [{ icmpType: 3, icmpCode: 4, mtu: 1400 }, ' !F-1400'],
    [{ icmpType: 3, icmpCode: 5 }, ' !S'],
    [{ icmpType: 3, icmpCode: 13 }, ' !X'],
    [{ icmpType: 3, icmpCode: 14 }, ' !V'],
    [{ icmpType: 3, icmpCode: 15 }, ' !C'],
    [{ icmpType: 3, icmpCode: 99 }, ' !<99>'],
    [{ icmpType: 12, icmpCode: 1 }, ' !<12-1>'],
  ])('mark %j with %j', (error, mark) => {
    expect(shown(hop(1, answer('10.0.0.1', 1, error)), { numeric: true })).toBe(` 1  10.0.0.1  1.000 ms${mark}\n`);
  });

  it('show extensions and AS numbers where asked for', () => {
    const extensions = [
      { kind: 'mpls', label: 16_001, trafficClass: 0, bottom: false, ttl: 1 },
      { kind: 'mpls', label: 16_002, trafficClass: 3, bottom: true, ttl: 1 },
    ] as const;
    const line = hop(2, answer('10.0.0.1', 1, { extensions: [...extensions], as: [64_500] }));
    expect(shown(line, { numeric: true, extensions: true, asNumbers: true })).toBe(
      ' 2  10.0.0.1 [AS64500] <MPLS:L=16001,E=0,S=0,T=1/MPLS:L=16002,E=3,S=1,T=1>  1.000 ms\n',
    );
  });

  it('mark the probes that this host refused to send', () => {
    const line = hop(1, answer('10.0.0.1', 1), { timeout: true, code: 'EPERM' }, { timeout: true });
    expect(shown(line, { numeric: true })).toBe(' 1  10.0.0.1  1.000 ms * !EPERM *\n');
  });

  it('count those probes at the end, and show hops of nothing else where others were sent', () => {
    const refused = hop(2, { timeout: true, code: 'EPERM' }, { timeout: true, code: 'EPERM' });
    expect(shownAll([hop(1, answer('10.0.0.1', 1)), refused, result()])).toBe(
      ' 1  10.0.0.1  1.000 ms\n 2  * !EPERM * !EPERM\nThis host refused to send 2 probes: EPERM.\n',
    );
  });

  it('are none where this host refused to send anything', () => {
    expect(shownAll([hop(1, { timeout: true, code: 'EPERM' }), result({ code: 'EPERM' })])).toBe('');
  });

  it('have a last one for what DNS told of their addresses when they were written', () => {
    const learned = [
      { address: '10.0.0.1', name: 'evil\x1b[2J.example', as: [64_500, 64_501] },
      { address: '10.0.0.2', as: [64_502] },
      { address: '10.0.0.3', name: 'r3.example' },
    ];
    const lines = [hop(1, answer('10.0.0.1', 1), answer('10.0.0.2', 1)), hop(2, answer('10.0.0.3', 1))];
    expect(shownAll([...lines, result({ learned })])).toMatch(
      /\nDNS answered late: 10\.0\.0\.1 = evil\\x1b\[2J\.example \[AS64500\/AS64501], 10\.0\.0\.2 \[AS64502], 10\.0\.0\.3 = r3\.example\.\n$/,
    );
    expect(shownAll([result({ learned })])).toBe('');
  });

  it('make names harmless', () => {
    expect(shown(hop(1, answer('10.0.0.1', 1, { name: 'evil\x1b[2J.example' })))).not.toContain('\x1b');
  });
});
