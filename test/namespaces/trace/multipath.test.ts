import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';
import { hopAddresses, traceIn } from './trace-command.js';

interface Graph {
  nodes: { ttl: number; address: string | null }[];
  diamonds: unknown[];
}

const families = [4, 6] as const;

describeNeeding('namespaces', 'paths over routes of equal cost', () => {
  let lab: Lab;
  let client: Host;
  const target = { 4: '10.0.5.2', 6: 'fd00:5::2' };

  beforeAll(() => {
    lab = new Lab();
    client = lab.host('client');
    const [fork, left, right, join] = [lab.router('fork'), lab.router('left'), lab.router('right'), lab.router('join')];
    const server = lab.host('server');
    const link = (one: Host, other: Host, number: number) =>
      lab.link(one, other, { v4: `10.0.${number}.0/24`, v6: `fd00:${number}::/64` });
    link(client, fork, 0);
    link(fork, left, 1);
    link(fork, right, 2);
    link(left, join, 3);
    link(right, join, 4);
    link(join, server, 5);
    const toServer = (host: Host, how4: string, how6: string) =>
      host.ip(`route add 10.0.5.0/24 ${how4}`, `route add fd00:5::/64 ${how6}`);
    const toClient = (host: Host, how4: string, how6: string) =>
      host.ip(`route add 10.0.0.0/24 ${how4}`, `route add fd00:0::/64 ${how6}`);
    client.ip('route add default via 10.0.0.2', 'route add ::/0 via fd00:0::2');
    // By addresses and ports: Documentation/networking/ip-sysctl.rst.
    fork.sysctl({ 'net.ipv4.fib_multipath_hash_policy': 1, 'net.ipv6.fib_multipath_hash_policy': 1 });
    toServer(fork, 'nexthop via 10.0.1.2 nexthop via 10.0.2.2', 'nexthop via fd00:1::2 nexthop via fd00:2::2');
    toServer(left, 'via 10.0.3.2', 'via fd00:3::2');
    toServer(right, 'via 10.0.4.2', 'via fd00:4::2');
    toClient(left, 'via 10.0.1.1', 'via fd00:1::1');
    toClient(right, 'via 10.0.2.1', 'via fd00:2::1');
    toClient(join, 'via 10.0.3.1', 'via fd00:3::1');
    server.ip('route add default via 10.0.5.1', 'route add ::/0 via fd00:5::1');
  });
  afterAll(() => lab.close());

  const ways = families.flatMap(family => [
    { family, protocol: 'udp', unprivileged: false, sockets: 'raw sockets' },
    { family, protocol: 'tcp', unprivileged: false, sockets: 'raw sockets' },
    // Connections are left out: packets of a TCP socket carry a hash of the socket's through veth, by which the fork decides.
    { family, protocol: 'udp', unprivileged: true, sockets: 'no privilege' },
  ]);

  test.each(ways)('are all found: IPv$family, $protocol, $sockets', async ({ family, protocol, unprivileged }) => {
    // At the default of 0.95 one run in twenty may miss a path, by design.
    const args = ['--mda', '--confidence', '0.99999', '--protocol', protocol, target[family]];
    const { result, status } = await traceIn(client, args, { unprivileged });
    const { nodes, diamonds } = (result as { multipath: Graph }).multipath;
    const second = nodes.filter(({ ttl }) => ttl === 2).map(({ address }) => address);
    expect(second.sort()).toEqual(family === 4 ? ['10.0.1.2', '10.0.2.2'] : ['fd00:1::2', 'fd00:2::2']);
    expect(diamonds).toMatchObject([{ first: 1, width: 2, balancing: 'per-flow' }]);
    expect(status).toBe(0);
  });

  test.each(families)('look like one path to one flow: IPv%i', async family => {
    for (const sport of [40_001, 40_002, 40_003, 40_004]) {
      const { hops } = await traceIn(client, ['-q', '5', '--sport', String(sport), target[family]]);
      expect(hopAddresses(hops).every(hop => !hop.includes(' '))).toBe(true);
    }
  });

  test('are drawn as text, for Graphviz and for Mermaid', async () => {
    const draw = async (form: string) =>
      (await client.subsocket(['trace', '-n', '--mda', '--confidence', '99.999', '-U', '--graph', form, target[4]]))
        .stdout;
    expect(await draw('text')).toMatch(/^ 2 ┌ 10\.0\.[12]\.2 .*\n {3}└ 10\.0\.[12]\.2 /m);
    expect(await draw('text')).toContain('2 ways side by side, balanced by flow');
    const dot = await draw('dot');
    expect(dot).toMatch(/^digraph paths \{\n/);
    expect(dot).toContain('h1_10_0_0_2 -> h2_10_0_1_2;');
    expect(dot).toContain('h1_10_0_0_2 -> h2_10_0_2_2;');
    const mermaid = await draw('mermaid');
    expect(mermaid).toMatch(/^graph LR\n/);
    expect(mermaid).toContain('h1_10_0_0_2 --> h2_10_0_2_2');
  });
});
