import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { Agent } from '../../support/datagram/agent.js';
import { type Chain, chain, describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const GROUP = { 4: '239.195.40.1', 6: 'ff15::40:1' } as const;

/** What smcrouted forwards: the client's datagrams to both groups, from its side to the server's. */
function configuration(path: Chain): string {
  const route = (family: 4 | 6): string =>
    `mroute from client source ${path.client.address(family)} group ${GROUP[family]} to server`;
  return `phyint client enable\nphyint server enable\n${route(4)}\n${route(6)}\n`;
}

async function linesOf(host: Host | undefined, file: string): Promise<number> {
  const { stdout } = (await host?.exec('cat', [file])) ?? { stdout: '' };
  return stdout.trim().split('\n').length;
}

describeNeeding(['namespaces', 'program:smcrouted'], 'through a multicast router', () => {
  const lab = new Lab();
  const folder = mkdtempSync(join(tmpdir(), `subsocket-smcroute-${process.pid}-`));
  let path: Chain;
  let client: Agent;
  let server: Agent;

  beforeAll(async () => {
    path = chain(lab, 1);
    const [router] = path.routers;
    writeFileSync(join(folder, 'smcroute.conf'), configuration(path));
    const files = ['-f', 'smcroute.conf', '-P', 'smcroute.pid', '-u', 'smcroute.sock'].map((word, index) =>
      index % 2 === 0 ? word : join(folder, word),
    );
    router?.spawn('smcrouted', ['-n', '-l', 'err', ...files], {}, ['ignore', 'ignore', 'inherit']);
    for (const file of ['ip_mr_vif', 'ip6_mr_vif', 'ip_mr_cache', 'ip6_mr_cache']) {
      await vi.waitFor(async () => expect(await linesOf(router, `/proc/net/${file}`)).toBeGreaterThan(1), 20_000);
    }
    [client, server] = await Promise.all([Agent.on(path.client), Agent.on(path.server)]);
  });
  afterAll(async () => {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each([4, 6] as const)('IPv%s', family => {
    const group = GROUP[family];

    test('a source-specific member behind it hears the source, with one hop less', async () => {
      const port = await server.open(`member${family}`, { family, bind: {} });
      const source = path.client.address(family);
      await server.call(`member${family}`, 'join', group, { interface: 'r1', source });
      await client.open(`source${family}`, {
        family,
        bind: { address: source },
        multicast: { interface: 'r1', hops: 8 },
      });
      const send = () => client.call(`source${family}`, 'send', 'far away', { address: group, port });
      // The router installs its routes in its own time; until then it drops what comes.
      const again = setInterval(send, 100);
      const heard = await server.message(`member${family}`).finally(() => clearInterval(again));
      expect(heard).toMatchObject({ text: 'far away', hopLimit: 7, destination: group, interfaceName: 'r1' });
      expect(heard.from).toMatchObject({ address: source });
    });

    test('a datagram of one hop stays on its link', async () => {
      const port = await server.open(`local${family}`, { family, bind: {} });
      await server.call(`local${family}`, 'join', group, { interface: 'r1' });
      const to = { address: group, port };
      await client.call(`source${family}`, 'send', 'stays', to, { hopLimit: 1 });
      await client.call(`source${family}`, 'send', 'goes', to, { hopLimit: 2 });
      expect(await server.message(`local${family}`)).toMatchObject({ text: 'goes', hopLimit: 1 });
    });
  });

  test('the command shows the sender, its hop limit, and what the network lost', async () => {
    const [router] = path.routers;
    router?.nft(`table ip filter {
      chain forward {
        type filter hook forward priority 0
        ip daddr ${GROUP[4]} numgen inc mod 5 4 drop
      }
    }`);
    const receiving = path.server.subsocket(
      ['multicast', 'recv', `${GROUP[4]}:7000`, '-I', 'r1', '-c', '40', '-w', '20', '--json'],
      { timeout: 40_000 },
    );
    const joined = async (): Promise<boolean> => {
      const { stdout } = await path.server.subsocket(['multicast', 'groups', '-4', '-I', 'r1', '--json']);
      return stdout.includes(GROUP[4]) && /"users":[23]/.test(stdout);
    };
    await expect.poll(joined, { timeout: 20_000 }).toBe(true);
    await path.client.subsocket([
      'multicast',
      'send',
      `${GROUP[4]}:7000`,
      '-I',
      'r1',
      '-t',
      '4',
      '-c',
      '60',
      '-i',
      '0.01',
      '-q',
    ]);
    const { stdout, status } = await receiving;
    const events = jsonLines(stdout);
    expect(status).toBe(0);
    expect(events[0]).toMatchObject({ type: 'start', group: GROUP[4], port: 7000, interfaces: ['r1'] });
    const address = path.client.address(4);
    expect(events.find(({ type }) => type === 'sender')).toMatchObject({ address, hopLimit: 3, interface: 'r1' });
    expect(events.filter(({ type }) => type === 'gap')).toContainEqual(
      expect.objectContaining({ address, missing: 1 }),
    );
    const summary = events.at(-1) as { received: number; senders: { lost: number }[] };
    expect(summary.received).toBe(40);
    expect(summary.senders[0]?.lost).toBeGreaterThanOrEqual(8);
    expect(summary.senders[0]?.lost).toBeLessThanOrEqual(10);
  });

  test('a receiver that hears nothing says so by its status', async () => {
    const { status, stdout } = await path.server.subsocket([
      'multicast',
      'recv',
      '239.195.41.1',
      '-I',
      'r1',
      '-w',
      '0.2',
      '-q',
    ]);
    expect(status).toBe(1);
    expect(stdout).toContain('0 datagrams');
  });
});
