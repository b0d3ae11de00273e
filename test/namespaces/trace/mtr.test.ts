import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { type Chain, chain, describeNeeding, Lab } from '../../support/lab/index.js';

interface Round {
  type: 'round' | 'result';
  hops: {
    ttl: number;
    sent: number;
    received: number;
    loss: number;
    reading?: string;
    addresses: { address: string }[];
  }[];
  pathLoss: { ttl: number; loss: number }[];
  reached: boolean;
}

const families = [4, 6] as const;

describeNeeding(['namespaces', 'nftables'], 'subsocket mtr', () => {
  let lab: Lab;
  let path: Chain;

  beforeAll(() => {
    lab = new Lab();
    path = chain(lab, 3);
  });
  afterAll(() => lab.close());

  async function watch(
    family: 4 | 6,
    ...args: string[]
  ): Promise<{ rounds: Round[]; result: Round; status: number | null }> {
    const { stdout, status } = await path.client.subsocket(['mtr', '-n', '--json', ...args, path.target(family)]);
    const events = jsonLines<Round>(stdout);
    const result = events.at(-1) as Round;
    return { rounds: events.slice(0, -1), result, status };
  }

  test.each(families)('tells every round and the result: IPv%i', async family => {
    const { rounds, result, status } = await watch(family, '-c', '5', '-i', '0.05');
    expect(rounds).toHaveLength(5);
    expect(result.hops.map(({ addresses }) => addresses[0]?.address)).toEqual(path.path(family));
    expect(result.hops.map(({ sent, received }) => [sent, received])).toEqual(new Array(4).fill([5, 5]));
    expect(result.pathLoss).toEqual([]);
    expect(status).toBe(0);
  });

  test.each(families)('runs without privilege: IPv%i', async family => {
    const { stdout, status } = await path.client.unprivileged(process.execPath, [
      'bin/subsocket.js',
      ...['mtr', '-n', '-r', '-c', '2', '-i', '0.05', path.target(family)],
    ]);
    expect(stdout.split('\n').filter(line => line.includes('|--'))).toHaveLength(4);
    expect(status).toBe(0);
  });

  test('reads loss: of the path from where it begins, and of a router that is unwilling', async () => {
    const [first, second, third] = path.routers;
    // Every fifth packet is lost between the second router and the third; the first answers every second probe.
    second?.nft(
      'table ip t {\nchain f { type filter hook forward priority 0; iifname "r1" numgen inc mod 5 == 0 drop; }\n}',
    );
    first?.nft(
      'table ip t {\nchain o { type filter hook output priority 0; meta l4proto icmp numgen inc mod 2 == 0 drop; }\n}',
    );
    const { result } = await watch(4, '-c', '80', '-i', '0.02');
    expect(result.hops[0]?.reading).toBe('unwilling');
    expect(result.hops[0]?.loss).toBeCloseTo(0.5, 1);
    expect(result.pathLoss).toHaveLength(1);
    expect(result.pathLoss[0]?.ttl).toBe(3);
    expect(result.pathLoss[0]?.loss).toBeCloseTo(0.2, 1);
    for (const router of [first, second, third]) router?.nft('flush ruleset');
  });
});
