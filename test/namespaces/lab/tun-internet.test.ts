import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeNeeding, type Host, Lab, TunInternet } from '../../support/lab/index.js';
import type { RouteSpec } from '../../support/simulation/scenario.js';

const families = [4, 6] as const;

/** A route a family, to 198.51.100.N and 2001:db8:1::N, with the same way. */
function toBoth(number: number, route: Omit<RouteSpec, 'to'>): RouteSpec[] {
  return [4, 6].map(family => ({ to: addressOf(number, family as 4 | 6), ...route }));
}

const addressOf = (number: number, family: 4 | 6): string =>
  family === 4 ? `198.51.100.${number}` : `2001:db8:1::${number}`;

const thirtyRouters = Array.from({ length: 30 }, (_, index) => ({
  address: { 4: `203.0.113.${index + 1}`, 6: `2001:db8:2::${index + 1}` },
  link: { delay: 0.1 },
  answers: index !== 9,
}));

const routes: RouteSpec[] = [
  ...toBoth(1, { link: { delay: 25 } }),
  ...toBoth(2, { target: { faults: [{ kind: 'loss', pick: { packets: [2, 3] } }] } }),
  ...toBoth(3, { target: { faults: [{ kind: 'duplicate' }] } }),
  ...toBoth(4, {
    target: { faults: [{ kind: 'alter', alterations: [{ field: 'byte', at: 40, xor: 1, stale: true }] }] },
  }),
  ...toBoth(5, { path: thirtyRouters }),
  ...toBoth(6, {
    path: [{ address: { 4: '203.0.113.200', 6: '2001:db8:2::200' } }],
    link: { mtu: 1400 },
  }),
];

describeNeeding(['namespaces', 'tun'], 'a simulated internet behind a TUN device', () => {
  const lab = new Lab();
  let host: Host;

  beforeAll(() => {
    host = lab.host('client');
    new TunInternet(host, routes);
  });
  afterAll(() => lab.close());

  const ping = async (number: number, family: 4 | 6, ...args: string[]): Promise<string> =>
    (await host.exec('ping', ['-n', '-W1', ...args, addressOf(number, family)])).stdout;

  it.each(families)('answers with the delay of its links, family %i', async family => {
    const times = [...(await ping(1, family, '-c3', '-i0.01')).matchAll(/time=([\d.]+)/g)].map(match =>
      Number(match[1]),
    );
    expect(times).toHaveLength(3);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(50);
  });

  it.each(families)('loses the packets that the scenario names, family %i', async family => {
    const answered = [...(await ping(2, family, '-c4', '-i0.01')).matchAll(/icmp_seq=(\d)/g)].map(match => match[1]);
    expect(answered).toEqual(['1', '4']);
  });

  it.each(families)('duplicates, family %i', async family => {
    expect(await ping(3, family, '-c2', '-i0.01')).toContain('+1 duplicates');
  });

  it.each(families)(
    'alters what the checksum covers, so that the kernel or the program sees it, family %i',
    async family => {
      const output = await ping(4, family, '-c1');
      if (family === 4) expect(output).toMatch(/BAD CHECKSUM|wrong data byte/);
      else expect(output).toContain('0 received');
    },
  );

  it.each(families)('has thirty routers on a path, one of them silent, family %i', async family => {
    const args = ['-n', '-q1', '-w0.5', '-m31', '-N31', addressOf(5, family)];
    const { stdout } = await host.exec('traceroute', args);
    const hops = stdout.trim().split('\n').slice(1);
    const expected = thirtyRouters.map(({ address, answers }) => (answers ? address[family] : '*'));
    expect(hops.map(line => line.trim().split(/\s+/)[1])).toEqual([...expected, addressOf(5, family)]);
  });

  it.each(families)('reports the MTU of a narrow link, family %i', async family => {
    expect(await ping(6, family, '-c1', '-Mdo', '-s1420')).toMatch(/mtu ?= ?1400/);
  });

  it.each(families)('has no way to anywhere else, family %i', async family => {
    const { stderr } = await host.exec('ping', ['-n', '-c1', addressOf(99, family)]);
    expect(stderr).toMatch(/unreachable/);
  });
});

describeNeeding(['namespaces', 'tun'], 'the device of a simulated internet', () => {
  it('goes with the host', async () => {
    await using lab = new Lab();
    const host = lab.host('client');
    const internet = new TunInternet(host, [{ to: '198.51.100.1' }]);
    expect((await host.exec('ip', ['link', 'show', 'internet'])).status).toBe(0);
    await lab.close();
    expect(() => internet.inject(new Uint8Array(20))).toThrow('EBADF');
  });
});
