import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeNeeding, type Host, Lab, TunInternet } from '../../support/lab/index.js';
import type { PathElement, RouterSpec, RouteSpec } from '../../support/simulation/scenario.js';
import { hopAddresses, traceIn } from './trace-command.js';

const router = (number: number, more: Partial<RouterSpec> = {}): RouterSpec => ({
  address: { 4: `10.77.${number}.1`, 6: `2001:db8:${number}::1` },
  ...more,
});

const targets = { labels: 1, interfaces: 2, loop: 3, shortQuotes: 4, fallingMtu: 5, twoRouters: 6 } as const;
type TargetName = keyof typeof targets;
const families = [4, 6] as const;
type Family = (typeof families)[number];

const addressOf = (name: TargetName, family: Family): string =>
  family === 4 ? `198.51.100.${targets[name]}` : `2001:db8:ffff::${targets[name]}`;

const MPLS = [{ kind: 'mpls', label: 16_001, trafficClass: 2, bottom: true, ttl: 1 }] as const;
const INTERFACE = [{ kind: 'interface', role: 'incoming', index: 7, name: 'xe-0/1/2' }] as const;

const paths: Record<TargetName, PathElement[]> = {
  labels: [router(1), router(2, { extensions: [...MPLS] })],
  interfaces: [router(1), router(2, { extensions: [...INTERFACE] })],
  loop: [router(1), ...Array.from({ length: 6 }, () => [router(2), router(3)]).flat()],
  shortQuotes: [
    router(1, { quote: { payload: 8 } }),
    router(2, { quote: { payload: 8 } }),
    router(3, { quote: { payload: 8 } }),
  ],
  fallingMtu: [router(1), router(2, { link: { mtu: 1400 } }), router(3)],
  twoRouters: [router(1), router(2)],
};

const ways = families.flatMap(family =>
  [false, true].map(unprivileged => ({ family, unprivileged, sockets: unprivileged ? 'no privilege' : 'raw sockets' })),
);

describeNeeding(['namespaces', 'tun'], 'a trace of the kernel through a simulated internet', () => {
  let lab: Lab;
  let client: Host;
  let internet: TunInternet;

  beforeAll(() => {
    lab = new Lab();
    client = lab.host('client');
    const routes = families.flatMap(family =>
      (Object.keys(paths) as TargetName[]).map((name): RouteSpec => {
        const end = name === 'loop' ? ({ target: 'none' } as const) : {};
        return { to: addressOf(name, family), path: paths[name], ...end };
      }),
    );
    internet = new TunInternet(client, routes);
  });
  afterAll(async () => {
    internet.close();
    await lab.close();
  });

  const hop = (number: number, family: Family): string =>
    family === 4 ? `10.77.${number}.1` : `2001:db8:${number}::1`;

  test.each(ways)('shows MPLS labels: IPv$family, $sockets', async ({ family, unprivileged }) => {
    const { hops } = await traceIn(client, ['-U', addressOf('labels', family)], { unprivileged });
    expect(hops[1]?.probes[0]).toMatchObject({ address: hop(2, family), extensions: MPLS });
  });

  test('prints MPLS labels as traceroute -e does', async () => {
    const { stdout } = await client.subsocket(['trace', '-n', '-e', '-U', addressOf('labels', 4)]);
    expect(stdout).toMatch(/^ 2 {2}10\.77\.2\.1 <MPLS:L=16001,E=2,S=1,T=1> {2}[\d.]+ ms/m);
  });

  test.each(ways)('shows interface information: IPv$family, $sockets', async ({ family, unprivileged }) => {
    const { hops } = await traceIn(client, ['-U', addressOf('interfaces', family)], { unprivileged });
    expect(hops[1]?.probes[0]).toMatchObject({ extensions: INTERFACE });
  });

  test.each(ways)('names a loop: IPv$family, $sockets', async ({ family, unprivileged }) => {
    const { result, status } = await traceIn(client, ['-U', '-m', '9', addressOf('loop', family)], { unprivileged });
    expect(result).toMatchObject({ loop: true, loopHops: [2, 4], reached: false });
    expect(status).toBe(1);
  });

  test.each(ways)('matches quotes of eight bytes: IPv$family, $sockets', async ({ family, unprivileged }) => {
    const target = addressOf('shortQuotes', family);
    const { hops } = await traceIn(client, ['-U', target], { unprivileged });
    expect(hopAddresses(hops)).toEqual([hop(1, family), hop(2, family), hop(3, family), target]);
  });

  test.each(ways)('finds where the MTU falls: IPv$family, $sockets', async ({ family, unprivileged }) => {
    const { hops, result } = await traceIn(client, ['--mtu', '-U', addressOf('fallingMtu', family)], { unprivileged });
    expect(hops.map(({ probes }) => probes[0]?.mtu)).toEqual([1500, 1400, undefined, undefined]);
    expect(result).toMatchObject({ pathMtu: 1400, reached: true });
  });

  test.each(ways)(
    'takes both stamps of a round trip from the kernel: IPv$family, $sockets',
    async ({ family, unprivileged }) => {
      const { hops } = await traceIn(client, ['-U', addressOf('twoRouters', family)], { unprivileged });
      expect(hops.flatMap(({ probes }) => probes.map(({ clock }) => clock))).toEqual(new Array(9).fill('kernel'));
    },
  );
});
