import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const GROUP = { 4: '239.195.31.1', 6: 'ff15::31:1' } as const;
const SOURCES = { 4: ['192.0.2.1', '192.0.2.2'], 6: ['2001:db8::1', '2001:db8::2'] } as const;

interface Membership {
  interfaceName: string;
  mode: string;
  sources: string[];
}

describeNeeding('namespaces', 'memberships of calls that name no interface', () => {
  const lab = new Lab();
  let host: Host;
  let agent: Agent;

  beforeAll(async () => {
    host = lab.host('host');
    for (const [index, name] of ['first', 'second'].entries()) {
      lab.link(host, lab.host(name), { v4: `10.${index}.0.0/24`, v6: `fd0${index}::/64` });
    }
    agent = await Agent.on(host);
  });
  afterAll(() => lab.close());

  const leadRoutesTo = (name: string): void =>
    host.ip(
      `route replace 239.0.0.0/8 dev ${name}`,
      `route replace multicast ff00::/8 dev ${name} table local metric 1`,
    );

  describe.each([4, 6] as const)('IPv%s', family => {
    const socket = `socket${family}`;
    const group = GROUP[family];
    const [source, other] = SOURCES[family];
    const state = async (): Promise<unknown> => {
      const memberships = (await agent.call(socket, 'memberships')) as Membership[];
      return memberships.map(({ interfaceName, mode, sources }) => [interfaceName, mode, ...sources]);
    };

    test('the routes say where a group is joined, and every later call means that membership', async () => {
      leadRoutesTo('second');
      await agent.open(socket, { family });
      await agent.call(socket, 'join', group);
      expect(await state()).toEqual([['second', 'exclude']]);
      leadRoutesTo('first');
      await agent.call(socket, 'block', group, source);
      expect(await state()).toEqual([['second', 'exclude', source]]);
      await agent.call(socket, 'setFilter', group, 'exclude', [other]);
      expect(await state()).toEqual([['second', 'exclude', other]]);
      await agent.call(socket, 'setFilter', group, 'include', [source]);
      expect(await state()).toEqual([['second', 'include', source]]);
      await agent.call(socket, 'join', group, { source: other });
      expect(await state()).toEqual([['second', 'include', source, other]]);
      await expect(agent.call(socket, 'join', group)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      await agent.call(socket, 'setFilter', group, 'include', []);
      expect(await state()).toEqual([]);
    });

    test('once it is left, the routes say anew', async () => {
      await agent.call(socket, 'join', group, { source });
      expect(await state()).toEqual([['first', 'include', source]]);
      await agent.call(socket, 'leave', group);
      expect(await state()).toEqual([]);
      await expect(agent.call(socket, 'leave', group)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
    });

    test('a membership of the other mode is refused with the reason', async () => {
      await agent.call(socket, 'join', group);
      await expect(agent.call(socket, 'join', group, { source })).rejects.toThrow(/joined for any source/);
      await expect(agent.call(socket, 'leave', group, { source })).rejects.toThrow(/joined for any source/);
      expect(await state()).toEqual([['first', 'exclude']]);
      await agent.call(socket, 'setFilter', group, 'include', [source]);
      await expect(agent.call(socket, 'block', group, other)).rejects.toThrow(/joined for named sources/);
      expect(await state()).toEqual([['first', 'include', source]]);
      await agent.call(socket, 'leave', group);
    });

    test('a socket that is bound to an interface joins there', async () => {
      await agent.open(`bound${family}`, { family, interface: 'second' });
      await agent.call(`bound${family}`, 'join', group);
      const memberships = (await agent.call(`bound${family}`, 'memberships')) as Membership[];
      expect(memberships.map(({ interfaceName }) => interfaceName)).toEqual(['second']);
    });

    test('one that was joined by name is found where routes lead to it', async () => {
      await agent.call(socket, 'join', group, { interface: 'first' });
      await agent.call(socket, 'block', group, source);
      expect(await state()).toEqual([['first', 'exclude', source]]);
      await agent.call(socket, 'leave', group);
      expect(await state()).toEqual([]);
    });
  });

  test('without a route, the interface is asked for', async () => {
    const alone = await Agent.on(lab.host('alone'));
    await alone.open('alone', { family: 'dual' });
    for (const group of Object.values(GROUP)) {
      await expect(alone.call('alone', 'join', group)).rejects.toThrow(
        `interface takes a name, index or address, as no`,
      );
    }
  });
});
