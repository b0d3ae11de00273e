import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeNeeding, type Host, Lab, TunInternet } from '../../support/lab/index.js';
import type { PathElement, RouterSpec } from '../../support/simulation/scenario.js';

const families = [4, 6] as const;
const HOPS = 10;
const DELAY = 50 / 22;

/** Ten routers, 50 ms there and back. */
function path(special: Readonly<Record<number, Partial<RouterSpec>>>): PathElement[] {
  return Array.from({ length: HOPS }, (_, index) => {
    const hop = index + 1;
    const address = { 4: `10.77.${hop}.1`, 6: `2001:db8:${hop}::1` };
    return { address, link: { delay: DELAY, mtu: 1500 }, ...special[hop] };
  });
}

/** A tunnel behind hop 6 takes 1436 bytes, as IPsec over Ethernet does. */
const NARROW: Partial<RouterSpec> = { link: { delay: DELAY, mtu: 1436 } };
const ROUTES = {
  reported: { number: 1, path: path({ 7: NARROW }) },
  hole: { number: 2, path: path({ 6: { blackHole: true }, 7: NARROW }) },
  ancient: { number: 3, path: path({ 6: { reportsMtu: 0 }, 7: NARROW }) },
  liar: { number: 4, path: path({ 6: { reportsMtu: 1300 }, 7: NARROW }) },
} as const;
type Name = keyof typeof ROUTES;

const addressOf = (name: Name, family: 4 | 6): string =>
  family === 4 ? `198.51.100.${ROUTES[name].number}` : `2001:db8:ffff::${ROUTES[name].number}`;
const sixth = (family: 4 | 6): string => (family === 4 ? '10.77.6.1' : '2001:db8:6::1');

describeNeeding(['namespaces', 'tun'], 'the path MTU through tunnels far away', () => {
  let lab: Lab;
  let client: Host;
  let internet: TunInternet;

  beforeAll(() => {
    lab = new Lab();
    client = lab.host('client');
    const link = { delay: DELAY, mtu: 1500 };
    const routes = families.flatMap(family =>
      (Object.keys(ROUTES) as Name[]).map(name => ({ to: addressOf(name, family), path: ROUTES[name].path, link })),
    );
    internet = new TunInternet(client, routes);
  });
  afterAll(async () => {
    internet.close();
    await lab.close();
  });

  const ways = families.flatMap(family => [false, true].map(unprivileged => ({ family, unprivileged })));

  async function search(name: Name, family: 4 | 6, unprivileged: boolean): Promise<Record<string, unknown>> {
    const { stdout } = await client.subsocket(['mtu', '--json', addressOf(name, family)], { unprivileged });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
  }

  test.each(ways)('IPv$family, unprivileged $unprivileged: a tunnel whose limit is reported', async way => {
    const result = await search('reported', way.family, way.unprivileged);
    const limits = [{ mtu: 1436, address: sixth(way.family), ttl: 6, evidence: 'reported' }];
    expect(result).toMatchObject({ pathMtu: 1436, method: 'reported', blackHole: false, limits, anomalies: [] });
    expect(result.probes).toBeLessThanOrEqual(40);
  });

  test.each(ways)('IPv$family, unprivileged $unprivileged: a tunnel that drops silently', async way => {
    const result = await search('hole', way.family, way.unprivileged);
    const limits = [{ mtu: 1436, address: sixth(way.family), ttl: 6, evidence: 'silent' }];
    expect(result).toMatchObject({ pathMtu: 1436, method: 'searched', blackHole: true, limits });
    expect(result.probes).toBeLessThanOrEqual(150);
  });

  test.each(ways)('IPv$family, unprivileged $unprivileged: routers that report nonsense are named', async way => {
    const from = sixth(way.family);
    const ancient = await search('ancient', way.family, way.unprivileged);
    expect(ancient).toMatchObject({ pathMtu: 1436, anomalies: [{ kind: 'absurd', from, reported: 0 }] });
    const liar = await search('liar', way.family, way.unprivileged);
    expect(liar).toMatchObject({ pathMtu: 1436, anomalies: [{ kind: 'understated', from, reported: 1300 }] });
  });
});
