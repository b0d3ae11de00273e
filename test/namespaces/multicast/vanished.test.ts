import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Agent } from '../../support/datagram/agent.js';
import { describeNeeding, type Host, Lab } from '../../support/lab/index.js';

const GROUP = { 4: '239.195.33.1', 6: 'ff15::33:1' } as const;
const SOURCES = { 4: ['192.0.2.1', '192.0.2.2'], 6: ['2001:db8::1', '2001:db8::2'] } as const;
const INDEX = 4711;

interface Membership {
  interfaceName: string;
}

describeNeeding('namespaces', 'memberships of an interface that vanishes', () => {
  const lab = new Lab();
  let host: Host;
  let agent: Agent;
  let sockets = 0;

  beforeAll(async () => {
    host = lab.host('host');
    lab.link(host, lab.host('stays'), { v4: '10.1.0.0/24', v6: 'fd01::/64' });
    agent = await Agent.on(host);
  });
  afterAll(() => lab.close());

  const plugIn = (index: number): void =>
    host.ip(`link add name plug index ${index} type veth peer name socket`, 'link set plug up', 'link set socket up');
  const pullOut = (): void => host.ip('link delete dev plug');

  describe.each([4, 6] as const)('IPv%s', family => {
    const group = GROUP[family];
    const onPlug = { interface: 'plug' };
    let socket: string;

    const call = (method: string, ...args: unknown[]): Promise<unknown> => agent.call(socket, method, ...args);
    const interfaces = async (): Promise<string[]> =>
      ((await call('memberships')) as Membership[]).map(({ interfaceName }) => interfaceName);
    /** The kernel refuses to join twice by the same index, be the first membership of an interface that is gone. */
    const expectNothingJoined = async (): Promise<void> => {
      plugIn(INDEX);
      await call('join', group, { interface: INDEX });
      await call('leave', group, { interface: INDEX });
      pullOut();
    };

    beforeEach(async () => {
      socket = `socket${sockets++}`;
      await agent.open(socket, { family });
      plugIn(INDEX);
    });

    test.each([
      ['its name', { interface: 'plug' }],
      ['its index', { interface: INDEX }],
    ])('are left by %s', async (_what, options) => {
      await call('join', group, options);
      pullOut();
      await call('leave', group, options);
      await expect(call('leave', group, options)).rejects.toThrow(/^interface takes the/);
      await expectNothingJoined();
    });

    test('are left where none was named, wherever routes lead then', async () => {
      const lead = (name: string): void =>
        host.ip(
          `route replace 239.0.0.0/8 dev ${name}`,
          `route replace multicast ff00::/8 dev ${name} table local metric 1`,
        );
      lead('plug');
      await call('join', group);
      expect(await interfaces()).toEqual(['plug']);
      pullOut();
      lead('stays');
      await call('leave', group);
      await expectNothingJoined();
    });

    test('are left source by source', async () => {
      for (const source of SOURCES[family]) await call('join', group, { ...onPlug, source });
      pullOut();
      for (const source of SOURCES[family]) await call('leave', group, { ...onPlug, source });
      await expectNothingJoined();
    });

    test('are left by an empty filter', async () => {
      await call('setFilter', group, 'include', [SOURCES[family][0]], onPlug);
      pullOut();
      await call('setFilter', group, 'include', [], onPlug);
      await expectNothingJoined();
    });

    test('end where the group is joined on a new one of the same name', async () => {
      await call('join', group, onPlug);
      pullOut();
      plugIn(INDEX + 1);
      await call('join', group, onPlug);
      expect(await interfaces()).toEqual(['plug']);
      await call('leave', group, onPlug);
      expect(await interfaces()).toEqual([]);
      pullOut();
      await expectNothingJoined();
    });

    test('of one that was renamed are left by its former name', async () => {
      await call('join', group, onPlug);
      host.ip('link set dev plug down', 'link set dev plug name other', 'link set dev other up');
      expect(await interfaces()).toEqual(['other']);
      await call('leave', group, onPlug);
      expect(await interfaces()).toEqual([]);
      host.ip('link delete dev other');
    });
  });
});
