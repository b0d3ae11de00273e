import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Chain, chain, describeNeeding, type Host, Lab, type RunOptions } from '../../support/lab/index.js';
import { hopAddresses, type TraceOutcome, traceIn } from './trace-command.js';

const families = [4, 6] as const;
type Family = (typeof families)[number];

describeNeeding(['namespaces', 'nftables'], 'a trace through real routers', () => {
  let lab: Lab;
  let path: Chain;
  const trace = (args: string[], options?: RunOptions): Promise<TraceOutcome> => traceIn(path.client, args, options);

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 4);
    path.client.allowPingSockets();
  });
  afterAll(() => lab.close());

  const ways = families.flatMap(family =>
    (['udp', 'icmp', 'tcp'] as const).flatMap(protocol =>
      [false, true].map(unprivileged => ({
        family,
        protocol,
        unprivileged,
        sockets: unprivileged ? 'no privilege' : 'raw sockets',
      })),
    ),
  );

  test.each(ways)('shows every hop: IPv$family, $protocol, $sockets', async ({ family, protocol, unprivileged }) => {
    const { hops, result, status } = await trace(['--protocol', protocol, path.target(family)], { unprivileged });
    expect(hopAddresses(hops)).toEqual(path.path(family));
    expect(result).toMatchObject({ reached: true, hops: 5, protocol, loop: false });
    expect(hops.flatMap(({ probes }) => probes)).toHaveLength(15);
    expect(status).toBe(0);
  });

  test.each(families)('tells the same with raw sockets and without privilege: IPv%i', async family => {
    const strip = ({ hops }: TraceOutcome) =>
      hops.map(({ ttl, probes }) => ({
        ttl,
        probes: probes.map(({ rtt: _rtt, sentTtl: _sentTtl, ...probe }) => probe),
      }));
    const raw = await trace([path.target(family)]);
    const unprivileged = await trace([path.target(family)], { unprivileged: true });
    expect(strip(unprivileged)).toEqual(strip(raw));
    expect(raw.hops[0]?.probes[0]).toMatchObject({ clock: 'kernel', replyTtl: 64, returnHops: 1 });
  });

  test.each(families)('prints the lines of traceroute: IPv%i', async family => {
    const to = path.target(family);
    const { stdout } = await path.client.subsocket(['trace', '-n', to]);
    const lines = stdout.trimEnd().split('\n');
    const bytes = family === 4 ? 60 : 80;
    expect(lines[0]).toBe(`traceroute to ${to} (${to}), 30 hops max, ${bytes} byte packets`);
    path.path(family).forEach((address, index) => {
      const times = '(?:  \\d+\\.\\d{3} ms){3}';
      expect(lines[index + 1]).toMatch(new RegExp(`^ ${index + 1}  ${address.replaceAll('.', '\\.')}${times}$`));
    });
    expect(lines).toHaveLength(6);
  });

  test.each(families)('starts at the first and ends at the last hop limit asked for: IPv%i', async family => {
    const { hops, result, status } = await trace(['-f', '2', '-m', '3', '-q', '1', path.target(family)]);
    expect(hopAddresses(hops)).toEqual(path.path(family).slice(1, 3));
    expect(result).toMatchObject({ reached: false, hops: 3 });
    expect(status).toBe(1);
  });

  test('leaves nothing open when it is ended in the middle', async () => {
    const script = `
      import { readdirSync } from 'node:fs';
      import { traceroute } from 'subsocket';
      async function breakOff(options) {
        const run = traceroute(process.argv[1], { ...options, names: false });
        for await (const hop of run) break;
        await run.result();
      }
      const ways = [{}, { sockets: 'unprivileged' }, { protocol: 'tcp', sockets: 'unprivileged' }];
      for (const way of ways) await breakOff(way);
      const before = readdirSync('/proc/self/fd').length;
      for (let run = 0; run < 10; run++) for (const way of ways) await breakOff(way);
      console.log(readdirSync('/proc/self/fd').length - before);`;
    for (const unprivileged of [false, true]) {
      const { stdout, stderr } = await path.client.node(script, [path.target(4)], { unprivileged });
      expect(stderr).toBe('');
      expect(Number(stdout)).toBe(0);
    }
  });

  test('takes the source port that was asked for, with and without privilege', async () => {
    for (const unprivileged of [false, true]) {
      const { hops } = await trace(['--sport', '45678', path.target(4)], { unprivileged });
      expect(hopAddresses(hops)).toEqual(path.path(4));
    }
  });

  test('prints what is known when it is interrupted', async () => {
    const words = ['bin/subsocket.js', 'trace', '-n', '-w', '60', '198.51.100.9'];
    path.routers[3]?.route('198.51.100.0/24', 'blackhole');
    const child = path.client.spawn(process.execPath, words);
    let output = '';
    for await (const text of child.stdout ?? []) {
      output += text;
      if (output.includes(' 3  ')) child.kill('SIGINT');
    }
    const [status] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
    expect(output.split('\n').slice(1, 4)).toEqual(
      [1, 2, 3].map(ttl => expect.stringMatching(new RegExp(`^ ${ttl}  10`))),
    );
    expect(output).not.toContain('*');
    expect(status).toBe(1);
  });

  test('traces many targets over the same sockets', async () => {
    const script = `
      import { traceroute } from 'subsocket';
      const ends = [];
      for await (const event of traceroute(process.argv.slice(1))) if (event.type === 'result') ends.push([event.target, event.hops, event.reached]);
      console.log(JSON.stringify(ends.sort()));`;
    const targets = [...path.path(4), ...path.path(6)];
    const { stdout } = await path.client.node(script, targets);
    const expected = families.flatMap(family => path.path(family).map((target, index) => [target, index + 1, true]));
    expect(JSON.parse(stdout)).toEqual(expected.sort());
  });
});

describeNeeding(['namespaces', 'nftables'], 'a trace through firewalls', () => {
  let lab: Lab;
  let path: Chain;
  const rules = (host: Host, chains: string) => host.nft(`flush ruleset\ntable inet t {\n${chains}\n}`);
  const trace = (args: string[], options?: RunOptions) => traceIn(path.client, args, options);
  const router = (number: number) => path.routers[number - 1] as Host;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 3);
    path.client.allowPingSockets();
  });
  afterAll(() => lab.close());

  test.each(families)('shows a router that says nothing as silent: IPv%i', async family => {
    rules(
      router(2),
      'chain o { type filter hook output priority 0; meta l4proto icmp drop; icmpv6 type time-exceeded drop; }',
    );
    const { hops, result } = await trace([path.target(family)]);
    const [first, , third, fourth] = path.path(family);
    expect(hopAddresses(hops)).toEqual([first, '*', third, fourth]);
    expect(result).toMatchObject({ reached: true, hops: 4 });
    router(2).nft('flush ruleset');
  });

  const rejections = families.flatMap(family =>
    [false, true].map(unprivileged => ({
      family,
      unprivileged,
      sockets: unprivileged ? 'no privilege' : 'raw sockets',
    })),
  );

  test.each(rejections)('names a rejection and who sent it: IPv$family, $sockets', async ({ family, unprivileged }) => {
    rules(
      router(2),
      'chain f { type filter hook forward priority 0; iifname "r1" meta l4proto udp reject with icmpx admin-prohibited; }',
    );
    const { hops, result, status } = await trace(['-U', path.target(family)], { unprivileged });
    const [first, second] = path.path(family);
    expect(hopAddresses(hops)).toEqual([first, second, second]);
    expect(hops[2]?.probes[0]).toMatchObject({ error: 'admin-prohibited' });
    expect(result).toMatchObject({ reached: false, hops: 3 });
    expect(status).toBe(1);
    const { stdout } = await path.client.subsocket(['trace', '-n', '-U', path.target(family)]);
    expect(stdout).toMatch(/^ 3 {2}\S+ {2}[\d.]+ ms !X/m);
    router(2).nft('flush ruleset');
  });

  test.each(families)(
    'does not take a router for the target that rejects with port unreachable: IPv%i',
    async family => {
      rules(router(2), 'chain f { type filter hook forward priority 0; iifname "r1" meta l4proto udp reject; }');
      const { result } = await trace(['-U', path.target(family)]);
      expect(result).toMatchObject({ reached: false, hops: 3 });
      router(2).nft('flush ruleset');
    },
  );

  test.each(rejections)(
    'finds what a target answers to that drops UDP: IPv$family, $sockets',
    async ({ family, unprivileged }) => {
      rules(path.server, 'chain i { type filter hook input priority 0; meta l4proto udp drop; }');
      const { hops, result, status } = await trace([path.target(family)], { unprivileged });
      expect(hopAddresses(hops)).toEqual(path.path(family));
      expect(result).toMatchObject({ reached: true, hops: 4, protocol: 'icmp', switched: true });
      expect(status).toBe(0);
      path.server.nft('flush ruleset');
    },
  );

  test.each(families)('finds a target that answers to nothing but TCP port 443: IPv%i', async family => {
    const only443 =
      'ct state established accept; tcp dport 443 accept; icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept; drop;';
    rules(path.server, `chain i { type filter hook input priority 0; ${only443} }`);
    const { hops, result } = await trace([path.target(family)]);
    expect(hopAddresses(hops)).toEqual(path.path(family));
    expect(result).toMatchObject({ reached: true, protocol: 'tcp', port: 443 });
    path.server.nft('flush ruleset');
  });

  test.each(families)('keeps to a protocol that was asked for: IPv%i', async family => {
    rules(path.server, 'chain i { type filter hook input priority 0; meta l4proto udp drop; }');
    const { result, status } = await trace(['-U', '-m', '5', path.target(family)]);
    expect(result).toMatchObject({ reached: false, protocol: 'udp' });
    expect(status).toBe(1);
    path.server.nft('flush ruleset');
  });
});

describeNeeding('namespaces', 'a trace out of an interface whose queue is full', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 3);
    path.client.shape('r1', { rate: '200kbit', burst: '1600', latency: '2ms' });
  });
  afterAll(() => lab.close());

  const ways = families.flatMap(family =>
    [false, true].map(unprivileged => ({
      family,
      unprivileged,
      sockets: unprivileged ? 'no privilege' : 'raw sockets',
    })),
  );

  test.each(ways)('is slower, and loses nothing: IPv$family, $sockets', async ({ family, unprivileged }) => {
    const { hops, result } = await traceIn(path.client, ['-q', '10', path.target(family)], { unprivileged });
    expect(hopAddresses(hops)).toEqual(path.path(family));
    expect(result).toMatchObject({ reached: true, hops: 4 });
  });
});

describeNeeding('namespaces', "Linux's own limits of ICMP errors", () => {
  let lab: Lab;
  let path: Chain;

  // New routers for each test: what one has used up of the limits would be missing to the next.
  beforeEach(() => {
    lab = new Lab();
    path = chain(lab, 3);
    for (const host of [...path.routers, path.server])
      host.sysctl({ 'net.ipv4.icmp_ratelimit': 1000, 'net.ipv6.icmp.ratelimit': 1000 });
  });
  afterEach(() => lab.close());

  const silent = ({ hops }: TraceOutcome): number =>
    hops.flatMap(({ probes }) => probes).filter(({ timeout }) => timeout).length;

  test.each(families)('show no loss in two traces, one after the other: IPv%i', async family => {
    const first = await traceIn(path.client, [path.target(family)]);
    const second = await traceIn(path.client, [path.target(family)]);
    expect([silent(first), silent(second)]).toEqual([0, 0]);
    expect(hopAddresses(second.hops)).toEqual(path.path(family));
  });

  test('are recognised where more is asked than is answered', async () => {
    const { hops } = await traceIn(path.client, ['-q', '8', path.target(4)]);
    expect(hopAddresses(hops)).toEqual(path.path(4));
    expect(hops.slice(0, 3).every(({ rateLimited }) => rateLimited === true)).toBe(true);
  });
});

describeNeeding('namespaces', 'a trace from a host with two ways out', () => {
  let lab: Lab;
  let client: Host;

  beforeAll(async () => {
    lab = new Lab();
    client = lab.host('client');
    const [left, right, server] = [lab.router('left'), lab.router('right'), lab.host('server')];
    lab.link(client, left, { v4: '10.1.0.0/24', v6: 'fd01::/64' });
    lab.link(client, right, { v4: '10.2.0.0/24', v6: 'fd02::/64' });
    lab.link(left, server, { v4: '10.3.0.0/24', v6: 'fd03::/64' });
    lab.link(right, server, { v4: '10.4.0.0/24', v6: 'fd04::/64' });
    server.ip('address add 10.9.0.1/32 dev lo', 'address add fd09::1/128 dev lo');
    server.ip('route add 10.1.0.0/24 via 10.3.0.1', 'route add fd01::/64 via fd03::1');
    server.ip('route add 10.2.0.0/24 via 10.4.0.1', 'route add fd02::/64 via fd04::1');
    left.ip('route add 10.9.0.1 via 10.3.0.2', 'route add fd09::1 via fd03::2');
    right.ip('route add 10.9.0.1 via 10.4.0.2', 'route add fd09::1 via fd04::2');
    client.ip('route add default via 10.1.0.2', 'route add default via 10.2.0.2 metric 9');
    client.ip('route add ::/0 via fd01::2', 'route add ::/0 via fd02::2 metric 2048');
    client.ip('rule add from 10.2.0.1/32 table 7', 'route add default via 10.2.0.2 table 7');
    client.ip('route add ::/0 via fd02::2 table 7');
    await client.exec('ip', ['-6', 'rule', 'add', 'from', 'fd02::1', 'table', '7']);
  });
  afterAll(() => lab.close());

  const target = { 4: '10.9.0.1', 6: 'fd09::1' };
  const left = { 4: '10.1.0.2', 6: 'fd01::2' };
  const right = { 4: '10.2.0.2', 6: 'fd02::2' };

  test.each(families)('takes the usual one: IPv%i', async family => {
    const { hops } = await traceIn(client, [target[family]]);
    expect(hopAddresses(hops)).toEqual([left[family], target[family]]);
  });

  test.each(families)('takes the interface that was asked for: IPv%i', async family => {
    const { hops } = await traceIn(client, ['-i', 'right', target[family]]);
    expect(hopAddresses(hops)).toEqual([right[family], target[family]]);
  });

  test.each(families)('leaves from the address that was asked for: IPv%i', async family => {
    const source = family === 4 ? '10.2.0.1' : 'fd02::1';
    const { hops } = await traceIn(client, ['-s', source, target[family]]);
    expect(hopAddresses(hops)).toEqual([right[family as Family], target[family]]);
  });
});
