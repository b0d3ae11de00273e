import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { type Chain, chain, describeNeeding, type Host, Lab } from '../../support/lab/index.js';

/** Runs the command with --json and gives its events. */
async function pingJson(host: Host, args: readonly string[], options: { unprivileged?: boolean } = {}) {
  const { stdout, stderr, status } = await host.subsocket(['ping', '--json', ...args], options);
  const events = jsonLines(stdout);
  return { events, summary: events.at(-1) ?? {}, stderr, status };
}

const families = [4, 6] as const;

function filter(table: string, hook: 'input' | 'forward', rule: string): string {
  return `table inet ${table} {\n chain c {\n type filter hook ${hook} priority 0;\n ${rule}\n }\n}\n`;
}

function echoRequest(family: 4 | 6): string {
  return family === 4 ? 'icmp type echo-request' : 'icmpv6 type echo-request';
}

describeNeeding(['namespaces', 'nftables'], 'ping through two routers', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 2, { mtus: [1500, 1500, 1400] });
  });
  afterAll(() => lab.close());

  test.each(families)('IPv%i: is answered with the hop limit that two routers leave', async family => {
    const { events, summary, status } = await pingJson(path.client, ['-c', '3', '-i', '0.01', path.target(family)]);
    expect(status).toBe(0);
    expect(events[1]).toMatchObject({ type: 'reply', ttl: 62, clock: 'kernel', address: path.target(family) });
    expect(summary).toMatchObject({ sent: 3, received: 3, foreign: 0 });
  });

  test.each(families)('IPv%i: names the router at which the hop limit ends', async family => {
    const { events, status } = await pingJson(path.client, ['-c', '2', '-i', '0.01', '-t', '1', path.target(family)]);
    const from = path.path(family)[0];
    expect(events.filter(event => event.type === 'error')).toMatchObject([
      { sequence: 1, from, error: 'time-exceeded', icmpType: family === 4 ? 11 : 3, icmpCode: 0 },
      { sequence: 2, from, error: 'time-exceeded' },
    ]);
    expect(status).toBe(1);
  });

  test.each(families)('IPv%i: tells a host that is not there, and by whom', async family => {
    const missing = family === 4 ? '10.0.2.99' : 'fd00:2::99';
    const { events, summary } = await pingJson(path.client, ['-c', '1', '-W', '8', missing]);
    expect(events[1]).toMatchObject({
      type: 'error',
      error: family === 4 ? 'host-unreachable' : 'address-unreachable',
    });
    expect(summary).toMatchObject({ received: 0, errors: 1, loss: 1, rtt: null });
  });

  test.each(families)('IPv%i: tells a network without a route', async family => {
    const unknown = family === 4 ? '198.51.100.1' : '2001:db8::1';
    path.routers[0]?.route(family === 4 ? '198.51.100.0/24' : '2001:db8::/32', 'unreachable');
    const { events } = await pingJson(path.client, ['-c', '1', unknown]);
    expect(events[1]).toMatchObject({ type: 'error', error: family === 4 ? 'host-unreachable' : 'no-route' });
  });

  test.each(families)('IPv%i: tells a rejecting firewall', async family => {
    path.server.nft(filter('refuse', 'input', `${echoRequest(family)} reject with icmpx type admin-prohibited`));
    try {
      const { events } = await pingJson(path.client, ['-c', '1', path.target(family)]);
      expect(events[1]).toMatchObject({ type: 'error', error: 'admin-prohibited', from: path.target(family) });
    } finally {
      path.server.nft('delete table inet refuse');
    }
  });

  test.each(families)('IPv%i: a silent firewall is a loss, and nothing more', async family => {
    path.server.nft(filter('silent', 'input', `${echoRequest(family)} drop`));
    try {
      const { summary, status } = await pingJson(path.client, [
        '-c',
        '2',
        '-i',
        '0.05',
        '-W',
        '0.3',
        path.target(family),
      ]);
      expect(summary).toMatchObject({ sent: 2, received: 0, lost: 2, errors: 0, rtt: null });
      expect(status).toBe(1);
    } finally {
      path.server.nft('delete table inet silent');
    }
  });

  test.each(families)('IPv%i: a packet that must not be fragmented brings the MTU of the narrow link', async family => {
    const args = ['-c', '2', '-i', '0.2', '-M', 'do', '-s', '1420', path.target(family)];
    const { events } = await pingJson(path.client, args);
    const error = family === 4 ? 'fragmentation-needed' : 'packet-too-big';
    expect(events[1]).toMatchObject({ type: 'error', error, mtu: 1400, from: path.path(family)[1] });
    expect(events[2]).toMatchObject({ type: 'error', code: 'EMSGSIZE', mtu: 1400, from: null });
  });

  test('what fits a narrow link no more goes out in fragments by default, and only that which is too long', async () => {
    path.client.ip('route flush cache');
    const args = ['-c', '3', '-i', '0.2', '-s', '1420', path.target(4)];
    const { events } = await pingJson(path.client, args);
    expect(events[1]).toMatchObject({ type: 'error', error: 'fragmentation-needed', mtu: 1400 });
    expect(events.slice(2, 4)).toMatchObject([{ type: 'reply', size: 1428 }, { type: 'reply' }]);
  });

  test.each([
    { where: 'this host does no path-MTU discovery', discovery: 3, route: '' },
    { where: 'the MTU of the route is locked', discovery: 0, route: 'mtu lock 1450' },
  ])('routers may fragment where $where', async ({ discovery, route }) => {
    const via = `via ${path.path(4)[0]}`;
    path.client.sysctl({ 'net.ipv4.ip_no_pmtu_disc': discovery });
    path.client.ip(`route replace default ${via} ${route}`, 'route flush cache');
    try {
      const { summary } = await pingJson(path.client, ['-c', '2', '-i', '0.01', '-s', '1420', path.target(4)]);
      expect(summary).toMatchObject({ sent: 2, received: 2, errors: 0 });
    } finally {
      path.client.sysctl({ 'net.ipv4.ip_no_pmtu_disc': 0 });
      path.client.ip(`route replace default ${via}`);
    }
  });

  test.each([true, false])('unprivileged %s: whoever answers a broadcast has answered', async unprivileged => {
    path.client.allowPingSockets();
    path.routers[0]?.sysctl({ 'net.ipv4.icmp_echo_ignore_broadcasts': 0 });
    const one = await pingJson(path.client, ['-c', '1', '10.0.0.255'], { unprivileged });
    expect(one.events[1]).toMatchObject({ type: 'reply', target: '10.0.0.255', address: path.path(4)[0] });
    const many = await pingJson(path.client, ['10.0.0.255', path.target(4)], { unprivileged });
    expect(many.summary).toMatchObject({ answered: 2, foreign: 0 });
  });

  test('an interface that takes 68 bytes gets longer pings in fragments', async () => {
    path.client.ip('link set lo mtu 68');
    const { events, status } = await pingJson(path.client, ['-c', '3', '-i', '0.01', '127.0.0.1']);
    expect(events.slice(1, 4)).toMatchObject([
      { type: 'reply', sequence: 1, size: 64 },
      { sequence: 2 },
      { sequence: 3 },
    ]);
    expect(status).toBe(0);
    const many = await pingJson(path.client, ['-q', '-g', '127.0.0.0/22', '--rate', '0']);
    expect(many.summary).toMatchObject({ type: 'total', sent: 1022, received: 1022 });
  });

  test('records the route, forth and back', async () => {
    const { events } = await pingJson(path.client, ['-c', '1', '-R', path.target(4)]);
    const [, reply] = events as [unknown, { options: { recordRoute: string[] } }];
    const forth = ['10.0.0.1', '10.0.1.1', '10.0.2.1', '10.0.2.2'];
    const back = ['10.0.2.2', '10.0.1.2', '10.0.0.2', '10.0.0.1'];
    expect(reply.options.recordRoute).toEqual([...forth, ...back]);
  });

  test('70,000 probes through routers are all answered', async () => {
    const args = ['-q', '-c', '70000', '-i', '0', '-W', '2', path.target(4)];
    const { summary } = await pingJson(path.client, args);
    expect(summary).toMatchObject({ sent: 70_000, received: 70_000, lost: 0, foreign: 0, duplicates: 0 });
  });

  test('two hundred pings at once: no reply is credited to another', async () => {
    const script = `
      import { ping } from './dist/index.js';
      const runs = Array.from({ length: 200 }, (_, index) =>
        ping(index % 2 ? '${path.target(4)}' : '${path.target(6)}', { count: 5, interval: 20 }).summary());
      console.log(JSON.stringify(await Promise.all(runs)));`;
    const { stdout } = await path.client.node(script);
    const summaries = JSON.parse(stdout) as { received: number; foreign: number; duplicates: number }[];
    expect(summaries).toHaveLength(200);
    for (const summary of summaries) expect(summary).toMatchObject({ sent: 5, received: 5, foreign: 0, duplicates: 0 });
  });

  test.each(families)("IPv%i: another's flood of pings leaves no trace in ours", async family => {
    const target = path.target(family);
    const flood = `import { ping } from 'subsocket'; await ping('${target}', { interval: 0 }).summary();`;
    const flooding = path.client.spawnNode(flood, [], {}, 'ignore');
    const script = `
      import { readFileSync } from 'node:fs';
      import { ping } from 'subsocket';
      const counters = () => readFileSync('/proc/net/${family === 4 ? 'snmp' : 'snmp6'}', 'utf8');
      const received = () => Number(/^(?:Icmp: |Icmp6InMsgs\\s+)(\\d+)/m.exec(counters())[1]);
      while (received() < 1000) await new Promise(resolve => setTimeout(resolve, 5));
      const before = received();
      let foreign = 0;
      for (let run = 0; run < 50; run++) foreign += (await ping(['${target}']).summary()).foreign;
      console.log(foreign, received() - before > 5000);`;
    const { stdout, stderr } = await path.client.node(script);
    flooding.kill();
    expect([stdout, stderr]).toEqual(['0 true\n', '']);
  });

  test('a mass ping tells who answered and who did not', async () => {
    path.server.answerFor('10.9.0.0/24');
    path.routers[1]?.route('10.9.0.0/24', `via ${path.target(4)}`);
    path.routers[0]?.route('10.9.0.0/24', `via ${path.path(4)[1]}`);
    path.routers[1]?.nft(filter('hole', 'forward', 'ip daddr 10.9.0.7 drop'));
    const { events, summary, status } = await pingJson(path.client, ['-q', '-W', '0.5', '-g', '10.9.0.1-10.9.0.50']);
    expect(summary).toMatchObject({ type: 'total', targets: 50, answered: 49, sent: 50, received: 49, drops: 0 });
    const silent = events.filter(event => event.type === 'summary' && event.received === 0);
    expect(silent).toMatchObject([{ target: '10.9.0.7', lost: 1 }]);
    expect(status).toBe(1);
  });
});

describeNeeding('namespaces', 'ping without privilege', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 1);
    path.client.allowPingSockets();
  });
  afterAll(() => lab.close());

  test.each(families)('IPv%i: a ping socket serves as well', async family => {
    const args = ['-c', '3', '-i', '0.2', path.target(family)];
    const { events, summary, status, stderr } = await pingJson(path.client, args, { unprivileged: true });
    expect(stderr).toBe('');
    expect(events[0]).toMatchObject({ type: 'start', socket: 'ping' });
    expect(events[1]).toMatchObject({ type: 'reply', ttl: 63, clock: 'kernel' });
    expect(summary).toMatchObject({ sent: 3, received: 3, foreign: 0 });
    expect(status).toBe(0);
  });

  test.each(families)('IPv%i: errors come from the error queue, with type, code and sender', async family => {
    const args = ['-c', '2', '-i', '0.2', '-t', '1', path.target(family)];
    const { events } = await pingJson(path.client, args, { unprivileged: true });
    expect(events.filter(event => event.type === 'error')).toMatchObject([
      { sequence: 1, from: path.path(family)[0], error: 'time-exceeded', icmpType: family === 4 ? 11 : 3 },
      { sequence: 2, from: path.path(family)[0], error: 'time-exceeded' },
    ]);
  });

  test('records the route', async () => {
    const args = ['-c', '1', '-R', path.target(4)];
    const { events } = await pingJson(path.client, args, { unprivileged: true });
    const [, reply] = events as [unknown, { options: { recordRoute: string[] } }];
    const route = ['10.0.0.1', '10.0.1.1', '10.0.1.2', '10.0.1.2', '10.0.0.2', '10.0.0.1'];
    expect(reply.options.recordRoute).toEqual(route);
  });

  test('where neither socket is allowed, one line says what mends it', async () => {
    const strict = lab.host('strict');
    const { stderr, status } = await pingJson(strict, ['-c', '1', '127.0.0.1'], { unprivileged: true });
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/ping_group_range/);
  });

  test('where there is no route, one line says so', async () => {
    const { stderr, status } = await pingJson(path.server, ['-c', '1', '224.0.0.0%nowhere'], {});
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    const alone = lab.host('alone');
    const refused = await pingJson(alone, ['-c', '1', '192.0.2.1']);
    expect(refused).toMatchObject({ status: 2, events: [] });
    expect(refused.stderr).toMatch(/192\.0\.2\.1: ENETUNREACH/);
  });
});
