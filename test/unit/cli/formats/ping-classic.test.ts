import { describe, expect, it } from 'vitest';
import { type ClassicSettings, PingClassic } from '../../../../src/cli/formats/ping-classic.js';
import type { PingEvent, PingReply, PingStart, PingSummary } from '../../../../src/engine/ping/ping-event.js';
import { collectedPage } from '../collected-page.js';

const START: PingStart = {
  type: 'start',
  target: '192.0.2.1',
  address: '192.0.2.1',
  family: 4,
  socket: 'raw',
  size: 56,
};
const REPLY: PingReply = {
  type: 'reply',
  target: '192.0.2.1',
  address: '192.0.2.1',
  sequence: 1,
  size: 64,
  ttl: 64,
  rtt: 0.053,
  clock: 'kernel',
};
const SUMMARY: PingSummary = {
  type: 'summary',
  target: '192.0.2.1',
  address: '192.0.2.1',
  sent: 4,
  received: 4,
  lost: 0,
  loss: 0,
  duplicates: 0,
  late: 0,
  corrupted: 0,
  foreign: 0,
  errors: 0,
  rtt: { min: 0.05, mean: 0.06, median: 0.06, p95: 0.07, p99: 0.07, max: 0.07, stddev: 0.01, jitter: 0.01 },
  elapsed: 3004.1,
};

function shown(events: readonly PingEvent[], settings: ClassicSettings = {}) {
  const page = collectedPage();
  const format = new PingClassic(page, settings);
  for (const event of events) format.event(event);
  return page;
}

/** What is shown of `events` behind the header. */
const lines = (events: readonly PingEvent[], settings?: ClassicSettings) =>
  shown([START, ...events], settings).stdout.replace(/^.*\n/, '');

describe('one target in the lines of iputils', () => {
  it('shows a whole run', () => {
    expect(shown([START, REPLY, { ...REPLY, sequence: 2, rtt: 12.34 }, SUMMARY]).stdout).toBe(
      `PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.
64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.053 ms
64 bytes from 192.0.2.1: icmp_seq=2 ttl=64 time=12.3 ms

--- 192.0.2.1 ping statistics ---
4 packets transmitted, 4 received, 0% packet loss, time 3004ms
rtt min/avg/max/mdev = 0.050/0.060/0.070/0.010 ms
`,
    );
  });

  it('shows a redirect, and waits for the answer still', () => {
    const redirect = { type: 'redirect', target: '192.0.2.1', sequence: 1, icmpType: 5, icmpCode: 1 } as const;
    const event = { ...redirect, from: '192.0.2.2', gateway: '192.0.2.3' };
    const names = new Map([['192.0.2.3', 'r3.example']]);
    expect(lines([event, REPLY], { nameOf: address => names.get(address) })).toBe(
      `From 192.0.2.2 icmp_seq=1 Redirect Host(New nexthop: r3.example (192.0.2.3))
64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.053 ms
`,
    );
    expect(lines([event], { quiet: true }) + lines([event], { flood: true })).toBe('');
  });

  it('shows IPv6 without the packet size', () => {
    const start: PingStart = { ...START, target: 'a.example', address: '2001:db8::1', family: 6 };
    expect(shown([start]).stdout).toBe('PING a.example(2001:db8::1) 56 data bytes\n');
  });

  it('counts IP options in the packet size, and names interface and source', () => {
    expect(shown([START], { optionBytes: 40 }).stdout).toContain('56(124) bytes of data.');
    expect(shown([{ ...START, source: '192.0.2.9' }], { interface: 'eth0' }).stdout).toBe(
      'PING 192.0.2.1 (192.0.2.1) from 192.0.2.9 eth0: 56(84) bytes of data.\n',
    );
  });

  it('shows the target by the name that was asked for, and routers by theirs once it is known', () => {
    let name: string | undefined;
    const page = collectedPage();
    const format = new PingClassic(page, { nameOf: () => name });
    const error = { type: 'error', target: 'a.example', from: '10.0.0.1', error: 'host-unreachable' } as const;
    format.event({ ...START, target: 'a.example' });
    format.event(REPLY);
    format.event({ ...error, sequence: 2, icmpType: 3, icmpCode: 1 });
    name = 'r1.example';
    format.event({ ...error, sequence: 3, icmpType: 3, icmpCode: 1 });
    format.event({ ...REPLY, sequence: 4 });
    expect(page.stdout).toBe(`PING a.example (192.0.2.1) 56(84) bytes of data.
64 bytes from a.example (192.0.2.1): icmp_seq=1 ttl=64 time=0.053 ms
From 10.0.0.1 icmp_seq=2 Destination Host Unreachable
From r1.example (10.0.0.1) icmp_seq=3 Destination Host Unreachable
64 bytes from a.example (192.0.2.1): icmp_seq=4 ttl=64 time=0.053 ms
`);
  });

  it('makes terminal escapes in names harmless', () => {
    const target = 'a\x1b[2J';
    const error = { type: 'error', target, sequence: 2, from: '10.0.0.1', error: 'x', icmpType: 11 } as const;
    const { stdout } = shown([{ ...START, target }, REPLY, error, { ...SUMMARY, target }], {
      nameOf: () => 'evil\x1b]0;x\x07',
    });
    expect(stdout).not.toMatch(/[\x07\x1b]/);
    expect(stdout).toContain('64 bytes from a\\x1b[2J (192.0.2.1)');
    expect(stdout).toContain('From evil\\x1b]0;x\\x07 (10.0.0.1) icmp_seq=2 Time to live exceeded');
  });

  it('tells duplicate, late and altered replies apart', () => {
    expect(
      lines([
        { ...REPLY, type: 'duplicate' },
        { ...REPLY, type: 'late', rtt: 12_000 },
        { ...REPLY, type: 'late', rtt: null },
        { ...REPLY, type: 'corrupt', reason: 'checksum' },
        { ...REPLY, type: 'corrupt', reason: 'length', size: 40 },
        { ...REPLY, type: 'corrupt', reason: 'payload', offset: 20 },
      ]),
    ).toBe(
      `64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.053 ms (DUP!)
64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=12000 ms (late)
64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 (late)
64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.053 ms (BAD CHECKSUM!)
40 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.053 ms (truncated)
64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.053 ms
wrong data byte #20
`,
    );
  });

  it('shows errors of routers on standard output and those of this host on standard error', () => {
    const error = { type: 'error', target: '192.0.2.1', sequence: 3 } as const;
    const page = shown(
      [
        START,
        { ...error, from: '10.0.0.1', error: 'host-unreachable', icmpType: 3, icmpCode: 1 },
        { ...error, from: null, error: 'network-unreachable', code: 'ENETUNREACH' },
        { ...error, from: null, error: 'message-too-long', code: 'EMSGSIZE', mtu: 1500 },
      ],
      { errnoText: () => 'Network is unreachable' },
    );
    expect(page.stdout).toContain('\nFrom 10.0.0.1 icmp_seq=3 Destination Host Unreachable\n');
    expect(page.stderr).toBe(
      'subsocket ping: sendmsg: Network is unreachable\nsubsocket ping: local error: message too long, mtu=1500\n',
    );
  });

  it('shows the route once, and that it is the same', () => {
    const options = { recordRoute: ['10.0.0.1', '192.0.2.1'] };
    expect(
      lines([
        { ...REPLY, options },
        { ...REPLY, options },
      ]),
    ).toBe(
      '64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.053 ms\nRR: \t10.0.0.1\n\t192.0.2.1\n\n' +
        '64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.053 ms\t(same route)\n',
    );
  });

  it('shows time stamps as differences, with addresses where there are some', () => {
    const timestamps = [
      { address: '10.0.0.1', timestamp: 1000 },
      { address: '192.0.2.1', timestamp: 1007 },
      { address: '192.0.2.9', timestamp: 0x80000005 },
    ];
    expect(lines([{ ...REPLY, options: { timestamps, timestampOverflow: 2 } }])).toContain(
      '\nTS: \t10.0.0.1\t1000 absolute\n\t192.0.2.1\t7\n\t192.0.2.9\t5 absolute not-standard\nUnrecorded hops: 2\n\n',
    );
  });

  it('closes with what went wrong, in the order of iputils', () => {
    const bad = { ...SUMMARY, received: 2, duplicates: 1, corrupted: 2, errors: 3, late: 1, sent: 6 };
    expect(lines([bad])).toContain(
      '6 packets transmitted, 2 received, +1 duplicates, +2 corrupted, +3 errors, +1 late, 66.6667% packet loss, time 3004ms\n',
    );
    const silent = { ...SUMMARY, received: 0, rtt: null };
    expect(lines([silent])).toContain('4 packets transmitted, 0 received, 100% packet loss, time 3004ms\n\n');
  });

  it('shows the header and the end when quiet', () => {
    expect(lines([REPLY, SUMMARY], { quiet: true })).toMatch(/^\n--- 192.0.2.1 ping statistics ---\n4 packets/);
  });

  it('stamps each line', () => {
    expect(lines([REPLY], { now: () => 1_695_000_000_123.456 })).toMatch(/^\[1695000000\.123456\] 64 bytes/);
  });

  it('floods dots and takes them back', () => {
    const flood = lines(
      [
        REPLY,
        { type: 'timeout', target: '192.0.2.1', sequence: 2 },
        { type: 'error', target: '192.0.2.1', sequence: 3, from: '10.0.0.1', error: 'host-unreachable' },
        { ...REPLY, type: 'corrupt', reason: 'checksum' },
        { ...SUMMARY, elapsed: 3 },
      ],
      { flood: true },
    );
    expect(flood).toMatch(/^\.\x08 \x08\.\.\x08E\.\x08C\n--- /);
    expect(flood).toContain('0.010 ms, ipg/ewma 1.000/0.053 ms\n');
  });

  it('tells with -O which probes are unanswered when the next one leaves', () => {
    const page = collectedPage();
    const format = new PingClassic(page, { outstanding: true });
    format.event(START);
    format.event(REPLY);
    format.tick();
    format.tick();
    expect(page.stdout).toMatch(/ms\nno answer yet for icmp_seq=2\n$/);
  });
});
