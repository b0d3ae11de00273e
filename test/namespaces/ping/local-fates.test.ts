import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

describeNeeding('namespaces', 'what this host does to a packet is told as such', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 1);
    path.client.allowPingSockets();
  });
  afterAll(() => lab.close());

  async function ping(args: readonly string[], unprivileged: boolean) {
    const { stdout, stderr } = await path.client.subsocket(['ping', '--json', ...args], { unprivileged });
    expect(stderr).toBe('');
    const events = jsonLines(stdout);
    return { events, end: events.at(-1) as Record<string, number> };
  }

  // The kernel keeps it from IPv6 ping sockets (ping_v6_sendmsg in net/ipv6/ping.c).
  test.each([
    { family: 4, unprivileged: true, socket: 'ping' },
    { family: 4, unprivileged: false, socket: 'raw' },
    { family: 6, unprivileged: false, socket: 'raw' },
  ] as const)('IPv$family, $socket socket: a full queue of the interface is the fate of single probes', async way => {
    // Packets that wait for the neighbour's link address would meet the queue later.
    await ping(['-c', '1', path.target(way.family)], false);
    path.client.shape('r1', { rate: '1mbit', burst: '2000', latency: '10ms' });
    const args = ['-c', '50', '-i', '0', '-s', '1000', '-W', '2', path.target(way.family)];
    const { events, end } = await ping(args, way.unprivileged);
    const errors = events.filter(({ type }) => type === 'error');
    expect(errors[0]).toMatchObject({ from: null, error: 'no-buffer-space', code: 'ENOBUFS' });
    expect(end).toMatchObject({ sent: 50, errors: errors.length, lost: errors.length });
    expect(end.received).toBeGreaterThan(0);
    // Each has its own transmit stamp all the same, whether the kernel counts those that were refused or not.
    const clocks = new Set(events.flatMap(({ type, clock }) => (type === 'reply' ? [clock] : [])));
    expect(clocks).toEqual(new Set(['kernel']));
  });

  test.each([
    { family: 4, unprivileged: true, socket: 'ping' },
    { family: 6, unprivileged: true, socket: 'ping' },
    { family: 4, unprivileged: false, socket: 'raw' },
    { family: 6, unprivileged: false, socket: 'raw' },
  ] as const)('IPv$family, $socket socket: a full send buffer is waited for, and nothing is lost', async way => {
    path.client.shape('r1', { rate: '40mbit', burst: '20kb', latency: '10s' });
    const args = ['-q', '-c', '4000', '-i', '0', '-s', '1400', '-W', '5', path.target(way.family)];
    const { end } = await ping(args, way.unprivileged);
    expect(end).toMatchObject({ sent: 4000, received: 4000, lost: 0, duplicates: 0, errors: 0 });
  });

  // The buffer has room for the first fragments of a packet, and then for no more.
  test.each([4, 6] as const)('IPv%i, raw socket: so is one that is full for fragments', async family => {
    path.client.shape('r1', { rate: '80mbit', burst: '20kb', latency: '10s' });
    const args = ['-q', '-c', '300', '-i', '0', '-s', '30000', '-W', '5', path.target(family)];
    expect((await ping(args, false)).end).toMatchObject({ sent: 300, received: 300, lost: 0, errors: 0 });
  });

  test.each([
    { family: 4, live: '198.51.100.0/24', dead: '203.0.113.0/24' },
    { family: 6, live: '2001:db8:1::/120', dead: '2001:db8:2::/120' },
  ] as const)('IPv$family, ping socket: while it is waited for, errors of others are not its own', async way => {
    const [router] = path.routers;
    path.server.answerFor(way.live);
    router?.route(way.dead, 'unreachable');
    router?.sysctl({ 'net.ipv4.icmp_ratelimit': 0, 'net.ipv6.icmp.ratelimit': 0, 'net.ipv4.icmp_msgs_per_sec': 1e6 });
    path.client.shape('r1', { rate: '20mbit', burst: '20kb', latency: '10s' });
    const size = ['-s', '1400', '-c', '8', '-i', '0', '-W', '3', '--rate', '0'];
    const { events } = await ping([...size, '-g', way.live, '-g', way.dead, '-g', way.live], true);
    const own = events.filter(({ type, from }) => type === 'error' && from === null);
    expect(events.filter(({ type }) => type === 'error').length).toBeGreaterThan(own.length);
    expect(own).toEqual([]);
  });
});
