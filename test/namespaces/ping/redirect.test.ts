import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

/** An address of the nearer router. */
const TARGET = '10.6.0.1';

/** One a test: a router that has advised a host is silent to it for a time that doubles (ip_rt_send_redirect in net/ipv4/route.c). */
const SOURCES = ['10.5.0.11', '10.5.0.12', '10.5.0.13'] as const;

describeNeeding('namespaces', 'a router that passes probes on over the link they came from', () => {
  let lab: Lab;
  let client: Host;

  // One link with three hosts: cables to both routers, bridged at the client.
  beforeAll(() => {
    lab = new Lab();
    client = lab.host('client');
    const [router, nearer] = [lab.router('router'), lab.router('nearer')];
    for (const host of [router, nearer]) lab.link(client, host);
    client.ip(
      'link add name lan type bridge',
      'link set dev router master lan',
      'link set dev nearer master lan',
      ...SOURCES.map(source => `address add ${source}/24 dev lan`),
      'link set dev lan up',
      'route add 10.6.0.0/24 via 10.5.0.2',
    );
    router.ip('address add 10.5.0.2/24 dev client', 'route add 10.6.0.0/24 via 10.5.0.3');
    nearer.ip('address add 10.5.0.3/24 dev client', `address add ${TARGET}/32 dev lo`);
    // The client goes on asking the router, whatever it says.
    for (const name of ['all', 'lan']) client.sysctl({ [`net.ipv4.conf.${name}.accept_redirects`]: 0 });
    client.allowPingSockets();
  });
  afterAll(() => lab.close());

  test.each([
    { socket: 'raw', unprivileged: false, source: SOURCES[0] },
    { socket: 'ping', unprivileged: true, source: SOURCES[1] },
  ])('$socket socket: its redirect is told, and the probe is answered', async ({ socket, unprivileged, source }) => {
    const args = ['ping', '--json', '-c', '2', '-i', '0.1', '-I', source, TARGET];
    const { stdout, status } = await client.subsocket(args, { unprivileged });
    const events = jsonLines(stdout);
    expect(events[0]).toMatchObject({ type: 'start', socket });
    expect(events.find(({ type }) => type === 'redirect')).toEqual({
      type: 'redirect',
      target: TARGET,
      sequence: 1,
      from: '10.5.0.2',
      gateway: '10.5.0.3',
      icmpType: 5,
      icmpCode: 1,
    });
    expect(events.at(-1)).toMatchObject({ sent: 2, received: 2, lost: 0, errors: 0, foreign: 0 });
    expect(status).toBe(0);
  });

  test('is shown in the words of iputils', async () => {
    const { stdout } = await client.subsocket(['ping', '-c', '2', '-i', '0.1', '-I', SOURCES[2], TARGET]);
    expect(stdout).toMatch(/^From 10\.5\.0\.2 icmp_seq=1 Redirect Host\(New nexthop: 10\.5\.0\.3\)$/m);
    expect(stdout).toContain('2 packets transmitted, 2 received, 0% packet loss');
  });
});
