import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { type DatagramSocket, getOption, listGroups, multicast } from '../../../src/index.js';
import { native } from '../../../src/io/native.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { open, take, takeOne, thrown } from '../../support/datagram/collect.js';
import { Descriptors } from '../../support/kernel/loopback.js';
import { describeNeeding } from '../../support/lab/index.js';

const GROUP = { 4: '239.195.7.1', 6: 'ff15::c3:1' } as const;
const SOURCES = {
  4: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  6: ['2001:db8::1', '2001:db8::2', '2001:db8::3'],
} as const;
const onLoopback = { interface: 'lo' };

const shown = (socket: DatagramSocket): unknown =>
  socket.memberships().map(({ group, interfaceName, mode, sources }) => ({
    group: group.toString(),
    interfaceName,
    mode,
    sources: sources.map(String).sort(),
  }));

describe.each([4, 6] as const)('memberships of IPv%s', family => {
  const group = GROUP[family];
  const [first, second, third] = SOURCES[family];
  const state = (mode: string, sources: string[] = []) => [{ group, interfaceName: 'lo', mode, sources }];

  test('joining and leaving, as the kernel has it', () => {
    const socket = open({ family });
    socket.join(group, onLoopback);
    expect(shown(socket)).toEqual(state('exclude'));
    expect(
      listGroups().some(({ group: listed, interfaceName }) => listed.toString() === group && interfaceName === 'lo'),
    ).toBe(true);
    socket.leave(group, onLoopback);
    expect(shown(socket)).toEqual([]);
    expect(thrown(() => socket.leave(group, onLoopback)).code).toBe('EADDRNOTAVAIL');
  });

  test('sources joined one by one, and left one by one', () => {
    const socket = open({ family });
    socket.join(group, { ...onLoopback, source: first });
    socket.join(group, { ...onLoopback, source: second });
    expect(shown(socket)).toEqual(state('include', [first, second]));
    const listed = listGroups().find(
      ({ group: each, interfaceName }) => each.toString() === group && interfaceName === 'lo',
    );
    expect(listed?.sources.map(({ source, including }) => [source.toString(), including]).sort()).toEqual([
      [first, 1],
      [second, 1],
    ]);
    socket.leave(group, { ...onLoopback, source: first });
    expect(shown(socket)).toEqual(state('include', [second]));
    socket.leave(group, { ...onLoopback, source: second });
    expect(shown(socket)).toEqual([]);
  });

  test('sources blocked and let in again', () => {
    const socket = open({ family });
    socket.join(group, onLoopback);
    socket.block(group, first, onLoopback);
    socket.block(group, second, onLoopback);
    expect(shown(socket)).toEqual(state('exclude', [first, second]));
    socket.unblock(group, first, onLoopback);
    expect(shown(socket)).toEqual(state('exclude', [second]));
  });

  test('a filter sets the whole state, joins, and leaves', () => {
    const socket = open({ family });
    socket.setFilter(group, 'include', [first, second], onLoopback);
    expect(shown(socket)).toEqual(state('include', [first, second]));
    socket.setFilter(group, 'include', [second, third], onLoopback);
    expect(shown(socket)).toEqual(state('include', [second, third]));
    socket.setFilter(group, 'exclude', [first], onLoopback);
    expect(shown(socket)).toEqual(state('exclude', [first]));
    socket.setFilter(group, 'include', [], onLoopback);
    expect(shown(socket)).toEqual([]);
    socket.setFilter(group, 'include', [], onLoopback);
    socket.setFilter(group, 'exclude', [], onLoopback);
    expect(shown(socket)).toEqual(state('exclude'));
  });

  test('a source for an any-source membership, and the other way round, is refused with the reason', () => {
    const socket = open({ family });
    socket.join(group, onLoopback);
    expect(() => socket.join(group, { ...onLoopback, source: first })).toThrow(/joined for any source/);
    expect(() => socket.leave(group, { ...onLoopback, source: first })).toThrow(/joined for any source/);
    socket.leave(group, onLoopback);
    socket.join(group, { ...onLoopback, source: first });
    expect(() => socket.block(group, second, onLoopback)).toThrow(/joined for named sources/);
    expect(thrown(() => socket.join(group, onLoopback)).code).toBe('EADDRINUSE');
  });

  test.each([
    [
      'a group that is no multicast address',
      (socket: DatagramSocket) => socket.join('192.0.2.1'),
      /group takes a multicast address/,
    ],
    [
      'a group that is no address',
      (socket: DatagramSocket) => socket.join('everybody'),
      /group takes an IPv4 or IPv6 address/,
    ],
    [
      'an interface that is gone',
      (socket: DatagramSocket) => socket.join(group, { interface: 'gone0' }),
      /interface takes/,
    ],
    [
      'a source of the other family',
      (socket: DatagramSocket) => socket.join(group, { ...onLoopback, source: family === 4 ? '::1' : '127.0.0.1' }),
      /source takes the IPv/,
    ],
    [
      'a source that is a group',
      (socket: DatagramSocket) => socket.join(group, { ...onLoopback, source: group }),
      /source takes the IPv/,
    ],
    [
      'a mode that is none',
      (socket: DatagramSocket) => socket.setFilter(group, 'only' as never, [], onLoopback),
      /mode takes/,
    ],
    [
      'a filter on all interfaces',
      (socket: DatagramSocket) => socket.setFilter(group, 'include', [], { interface: 'all' }),
      /interface takes one interface/,
    ],
  ])('%s is refused', (_what, call, message) => {
    const socket = open({ family });
    expect(() => call(socket)).toThrow(message);
    expect(shown(socket)).toEqual([]);
  });

  test('where there is no membership, nothing is blocked, and no source is left', () => {
    const socket = open({ family });
    expect(() => socket.block(group, first, onLoopback)).toThrow(
      /group takes a group that is joined on lo for any source/,
    );
    expect(() => socket.unblock(group, first, onLoopback)).toThrow(/group takes a group that is joined on lo/);
    expect(thrown(() => socket.leave(group, { ...onLoopback, source: first })).code).toBe('EADDRNOTAVAIL');
  });

  test('a source that is named twice counts once', () => {
    const socket = open({ family });
    socket.setFilter(group, 'include', [first, second, first], onLoopback);
    expect(shown(socket)).toEqual(state('include', [first, second]));
  });

  test('too many sources: the error names the setting', () => {
    const socket = open({ family });
    const many = Array.from({ length: 200 }, (_, index) =>
      family === 4 ? `192.0.2.${index + 1}` : `2001:db8::${index + 1}`,
    );
    const error = thrown(() => socket.setFilter(group, 'include', many, onLoopback));
    expect(error).toMatchObject({ sysctl: family === 4 ? 'net.ipv4.igmp_max_msf' : 'net.ipv6.mld_max_msf' });
    expect(error.message).toContain('sudo sysctl -w');
    expect(shown(socket)).toEqual([]);
    const oneByOne = thrown(() => {
      for (const source of many) socket.join(group, { ...onLoopback, source });
    });
    expect(oneByOne).toMatchObject({ sysctl: family === 4 ? 'net.ipv4.igmp_max_msf' : 'net.ipv6.mld_max_msf' });
  });

  test('the same calls for a dgram.Socket', async () => {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    socket.bind(0);
    await once(socket, 'listening');
    multicast(socket).setFilter(group, 'exclude', [first], onLoopback);
    expect(multicast(socket)).toBe(multicast(socket));
    expect(multicast(socket).memberships()).toMatchObject([{ interfaceName: 'lo', mode: 'exclude' }]);
    socket.close();
  });
});

test('an interface by name, index or address', () => {
  const socket = open();
  for (const [index, choice] of ['lo', native().interfaceIndex('lo'), '127.0.0.1'].entries()) {
    socket.join(`239.195.8.${index}`, { interface: choice });
  }
  expect(socket.memberships().map(({ interfaceName }) => interfaceName)).toEqual(['lo', 'lo', 'lo']);
});

test('too many groups: the error names the setting and its value', () => {
  const socket = open();
  const error = thrown(() => {
    for (let index = 0; index < 200; index++) socket.join(`239.195.9.${index}`, onLoopback);
  });
  expect(error).toMatchObject({ name: 'MembershipLimitError', sysctl: 'net.ipv4.igmp_max_memberships' });
});

test('a dual socket joins groups of both families, an IPv4 socket only its own', () => {
  const dual = open({ family: 'dual', bind: {} });
  dual.join(GROUP[4], onLoopback);
  dual.join(GROUP[6], onLoopback);
  expect(dual.memberships().length).toBe(2);
  expect(() => open().join(GROUP[6], onLoopback)).toThrow(/groups of the socket's own family, IPv4/);
});

test('a socket receives what is sent to its groups, and no more', async () => {
  expect(getOption(open(), 'IP_MULTICAST_ALL')).toBe(false);
  const member = open({ bind: {}, reuseAddress: true });
  const { port } = member.localAddress;
  const neighbour = open({ bind: { port }, reuseAddress: true });
  member.join(GROUP[4], onLoopback);
  neighbour.join('239.195.7.2', onLoopback);
  const sender = open({ bind: { address: '127.0.0.1' }, multicast: { interface: 'lo', hops: 3 } });
  sender.send('for the member', { address: GROUP[4], port });
  sender.send('for the neighbour', { address: '239.195.7.2', port });
  sender.send('for the member', { address: GROUP[4], port });
  const [one, two] = await take(member, 2);
  expect([one, two].map(each => each?.payload.toString())).toEqual(['for the member', 'for the member']);
  expect(one?.destination?.toString()).toBe(GROUP[4]);
  expect(one?.localAddress?.toString()).toBe('127.0.0.1');
  expect(one?.hopLimit).toBe(3);
  expect((await takeOne(neighbour)).payload.toString()).toBe('for the neighbour');
});

test('a blocked source is not heard, another one is', async () => {
  const member = open({ bind: {} });
  member.setFilter(GROUP[4], 'exclude', ['127.0.0.66'], onLoopback);
  const destination = { address: GROUP[4], port: member.localAddress.port };
  const sender = open({ bind: { address: '127.0.0.1' }, multicast: { interface: 'lo' } });
  sender.send('blocked', destination, { source: '127.0.0.66' });
  sender.send('heard', destination, { source: '127.0.0.67' });
  expect((await takeOne(member)).payload.toString()).toBe('heard');
});

describeNeeding('rawSockets', 'raw sockets', () => {
  test('the same calls, for groups of their own family', () => {
    using descriptors = new Descriptors();
    const raw = descriptors.keep(native().socket(LINUX.AF_INET6, LINUX.SOCK_RAW, LINUX.IPPROTO_ICMPV6));
    const memberships = multicast(raw);
    memberships.join(GROUP[6], { ...onLoopback, source: SOURCES[6][0] });
    expect(memberships.memberships()).toMatchObject([{ interfaceName: 'lo', mode: 'include' }]);
    expect(() => memberships.join(GROUP[4], onLoopback)).toThrow(/groups of the socket's own family, IPv6/);
  });
});
