import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { type Ethernet, ethernet } from '../../support/datagram/switch.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const GROUP = { 4: '239.195.20.1', 6: 'ff15::20:1' } as const;
const UNHEARD = { 4: '239.195.20.2', 6: 'ff15::20:2' } as const;

describeNeeding('namespaces', 'hosts on one Ethernet', () => {
  const lab = new Lab();
  let net: Ethernet;
  let [a, b, c]: Agent[] = [];
  const agents = (): { a: Agent; b: Agent; c: Agent } => ({ a: a as Agent, b: b as Agent, c: c as Agent });
  const addressOf = (number: number, family: 4 | 6): string => (family === 4 ? `10.9.0.${number}` : `fd09::${number}`);

  beforeAll(async () => {
    net = ethernet(lab, ['a', 'b', 'c']);
    [a, b, c] = await Promise.all(net.hosts.map(host => Agent.on(host)));
  });
  afterAll(() => lab.close());

  describe.each([4, 6] as const)('IPv%s', family => {
    const group = GROUP[family];
    const port = 5000 + family;
    const to = { address: group, port };

    test('members hear the group by the interface they joined on, from the sources they let in', async () => {
      const { a, b, c } = agents();
      await b.open(`b${family}`, { family, bind: { port } });
      await c.open(`c${family}`, { family, bind: { port } });
      await b.call(`b${family}`, 'join', group, { interface: 'bridge' });
      await c.call(`c${family}`, 'join', group, { interface: 'bridge', source: addressOf(2, family) });
      await a.open(`a${family}`, {
        family,
        bind: { address: addressOf(1, family) },
        multicast: { interface: 'bridge', hops: 5 },
      });
      await a.call(`a${family}`, 'send', 'from a', to);
      const heard = await b.message(`b${family}`);
      expect(heard).toMatchObject({ text: 'from a', destination: group, interfaceName: 'bridge', hopLimit: 5 });
      expect(heard.from).toMatchObject({ address: addressOf(1, family) });
      await b.open(`sender${family}`, {
        family,
        bind: { address: addressOf(2, family) },
        multicast: { interface: 'bridge' },
      });
      await b.call(`sender${family}`, 'send', 'from b', to);
      expect(await c.message(`c${family}`)).toMatchObject({ text: 'from b', hopLimit: 1 });
    });

    test("the kernel's own tables say the same", async () => {
      const { stdout: filters } = await host(net, 'c').exec('cat', [`/proc/net/mcfilter${family === 4 ? '' : '6'}`]);
      expect(filters).toMatch(family === 4 ? /0xefc31401 0x0a090002\s+1\s+0/ : /ff15.*00200001 fd09.*0002\s+1\s+0/);
      const { stdout: groups } = await host(net, 'b').exec('cat', [`/proc/net/igmp${family === 4 ? '' : '6'}`]);
      expect(groups).toMatch(family === 4 ? /0114C3EF/ : /ff150000000000000000000000200001/);
      const { c } = agents();
      expect(await c.call(`c${family}`, 'memberships')).toMatchObject([
        { group, interfaceName: 'bridge', mode: 'include', sources: [addressOf(2, family)] },
      ]);
    });

    test('with loop off the own machine hears nothing, the others do', async () => {
      const { b, c } = agents();
      await c.call(`c${family}`, 'setFilter', group, 'exclude', [], { interface: 'bridge' });
      const options = { family, bind: { address: addressOf(2, family) } };
      await b.open(`silent${family}`, { ...options, multicast: { interface: 'bridge', loop: false } });
      await b.call(`silent${family}`, 'send', 'not to me', to);
      expect(await c.message(`c${family}`)).toMatchObject({ text: 'not to me' });
      await b.call(`sender${family}`, 'send', 'to me too', to);
      await expect.poll(async () => (await b.message(`b${family}`)).text).toBe('to me too');
    });

    test('what nobody joined is heard by nobody, though the port is the same', async () => {
      const { a, c } = agents();
      await a.call(`a${family}`, 'send', 'to others', { address: UNHEARD[family], port });
      await a.call(`a${family}`, 'send', 'to the group', to);
      await expect.poll(async () => (await c.message(`c${family}`)).text).toMatch(/to me too|to the group/);
    });
  });

  test('broadcasts, limited and directed, and what they were sent to', async () => {
    const { a, b } = agents();
    await b.open('listener', { bind: { port: 6000 } });
    await a.open('broadcaster', { broadcast: true });
    await a.call('broadcaster', 'send', 'directed', { address: '10.9.0.255', port: 6000 });
    expect(await b.message('listener')).toMatchObject({
      text: 'directed',
      destination: '10.9.0.255',
      localAddress: '10.9.0.2',
    });
    const limited = { address: '255.255.255.255', port: 6000 };
    await a.call('broadcaster', 'send', 'limited', limited, { interface: 'bridge' });
    expect(await b.message('listener')).toMatchObject({ text: 'limited', destination: '255.255.255.255' });
    await a.open('quiet', {});
    await expect(a.call('quiet', 'send', 'x', { address: '10.9.0.255', port: 6000 })).rejects.toMatchObject({
      code: 'EACCES',
    });
  });

  test('link-local addresses carry their interface, both ways', async () => {
    const { a, b } = agents();
    const shown = await host(net, 'b').exec('ip', ['-6', '-o', 'address', 'show', 'dev', 'bridge', 'scope', 'link']);
    const [local] = /fe80::[0-9a-f:]+/.exec(shown.stdout) ?? [];
    await b.open('link', { family: 6, bind: { port: 6001 } });
    await a.open('link', { family: 6, bind: {} });
    await a.call('link', 'send', 'hello', { address: `${local}%bridge`, port: 6001 });
    const heard = await b.message('link');
    const { address, port } = heard.from as { address: string; port: number };
    expect(address).toMatch(/^fe80::[0-9a-f:]+%\d+$/);
    expect(heard.interfaceName).toBe('bridge');
    await b.call('link', 'send', 'back', { address, port });
    expect(await a.message('link')).toMatchObject({ text: 'back' });
    await expect(a.call('link', 'send', 'x', { address: `${local}%gone0`, port: 1 })).rejects.toThrow(
      /name, index or address/,
    );
  });
});

function host({ hosts }: Ethernet, name: string): Host {
  return hosts.find(each => each.name === name) as Host;
}
