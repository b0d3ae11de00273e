import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const GROUP = { 4: '239.195.30.1', 6: 'ff15::30:1' } as const;

interface Membership {
  group: string;
  interfaceName: string;
  sources: string[];
}

describeNeeding('namespaces', 'memberships on every interface', () => {
  const lab = new Lab();
  let host: Host;
  let agent: Agent;

  beforeAll(async () => {
    host = lab.host('host');
    lab.link(host, lab.host('first'), { v4: '10.1.0.0/24', v6: 'fd01::/64' });
    agent = await Agent.on(host);
  });
  afterAll(() => lab.close());

  const interfacesOf = async (socket: string): Promise<string[]> => {
    const memberships = (await agent.call(socket, 'memberships')) as Membership[];
    return memberships.map(({ interfaceName }) => interfaceName).sort();
  };

  describe.each([4, 6] as const)('IPv%s', family => {
    const socket = `all${family}`;
    const group = GROUP[family];
    const source = family === 4 ? '10.2.0.2' : 'fd02::2';

    test('follow interfaces as they come', async () => {
      const port = await agent.open(socket, { family, bind: {} });
      await agent.call(socket, 'join', group, { interface: 'all' });
      expect(await interfacesOf(socket)).toEqual(['first']);
      const late = lab.host(`late${family}`);
      lab.link(host, late, family === 4 ? { v4: '10.2.0.0/24' } : { v6: 'fd02::/64' });
      await expect.poll(() => interfacesOf(socket)).toEqual(['first', `late${family}`]);
      const sender = await Agent.on(late);
      await sender.open('sender', { family, bind: { address: source }, multicast: { interface: 'host' } });
      await sender.call('sender', 'send', 'plugged in', { address: group, port });
      expect(await agent.message(socket)).toMatchObject({ text: 'plugged in', interfaceName: `late${family}` });
    });

    test('and as they go: the kernel holds no membership of what is gone', async () => {
      host.ip(`link delete dev late${family}`);
      await expect.poll(() => interfacesOf(socket)).toEqual(['first']);
      // Many that come and go would use up the limit of memberships, were those of the gone ones not left.
      for (let index = 0; index < 30; index++) {
        host.ip(`link add name plug${index} type veth peer name socket${index}`, `link delete dev plug${index}`);
      }
      host.ip('link add name last type veth peer name end');
      await expect.poll(() => interfacesOf(socket)).toEqual(['end', 'first', 'last']);
      host.ip('link delete dev last');
      await expect.poll(() => interfacesOf(socket)).toEqual(['first']);
    });

    test('until the group is left on all', async () => {
      await agent.call(socket, 'leave', group, { interface: 'all' });
      expect(await interfacesOf(socket)).toEqual([]);
      await expect(agent.call(socket, 'leave', group, { interface: 'all' })).rejects.toThrow(/joined on all/);
    });
  });

  describe.each([4, 6] as const)('IPv%s, joined by name on one interface besides', family => {
    const socket = `both${family}`;
    const group = GROUP[family];
    const all = { interface: 'all' };

    test.each([
      ['any source', {}],
      ['a source', { source: family === 4 ? '192.0.2.1' : '2001:db8::1' }],
    ])('%s: that membership ends when both are left', async (_what, source) => {
      await agent.open(socket, { family });
      const first = { ...source, interface: 'first' };
      await agent.call(socket, 'join', group, first);
      await agent.call(socket, 'join', group, { ...source, ...all });
      await agent.call(socket, 'leave', group, { ...source, ...all });
      expect(await interfacesOf(socket)).toEqual(['first']);
      await agent.call(socket, 'join', group, { ...source, ...all });
      await agent.call(socket, 'leave', group, first);
      expect(await interfacesOf(socket)).toEqual(['first']);
      await agent.call(socket, 'leave', group, { ...source, ...all });
      expect(await interfacesOf(socket)).toEqual([]);
    });

    test('what was left and joined again by name is not left with all', async () => {
      await agent.open(socket, { family });
      await agent.call(socket, 'join', group, all);
      await agent.call(socket, 'leave', group, { interface: 'first' });
      expect(await interfacesOf(socket)).toEqual([]);
      await agent.call(socket, 'join', group, { interface: 'first' });
      await agent.call(socket, 'leave', group, all);
      expect(await interfacesOf(socket)).toEqual(['first']);
    });

    test('for named sources, it cannot be joined on all for any', async () => {
      await agent.open(socket, { family });
      await agent.call(socket, 'setFilter', group, 'include', [family === 4 ? '192.0.2.1' : '2001:db8::1'], {
        interface: 'first',
      });
      await expect(agent.call(socket, 'join', group, all)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      expect(await interfacesOf(socket)).toEqual(['first']);
    });
  });

  test('a limit that is reached on a later interface is told as a warning', async () => {
    host.sysctl({ 'net.ipv4.igmp_max_memberships': 2 });
    await agent.open('limited', { bind: {} });
    await agent.call('limited', 'join', GROUP[4], { interface: 'all' });
    host.ip('link add name more type veth peer name most', 'link set more up');
    const warning = await agent.event('warning');
    expect(warning.message).toContain('net.ipv4.igmp_max_memberships');
  });

  test('an interface that gives IPv6 up for a small MTU is joined again when it has it again', async () => {
    await agent.open('shrunk', { family: 6 });
    await agent.call('shrunk', 'join', GROUP[6], { interface: 'all' });
    const before = await interfacesOf('shrunk');
    expect(before).toContain('first');
    host.ip('link set dev first mtu 1279');
    await expect.poll(() => interfacesOf('shrunk')).toEqual(before.filter(name => name !== 'first'));
    host.ip('link set dev first mtu 1500');
    await expect.poll(() => interfacesOf('shrunk')).toEqual(before);
  });
});
