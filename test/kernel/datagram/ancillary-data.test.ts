import { describe, expect, test } from 'vitest';
import { native } from '../../../src/io/native.js';
import { open, stampsAreOn, take, takeOne } from '../../support/datagram/collect.js';
import { families, LOOPBACK } from '../../support/kernel/loopback.js';
import { describeNeeding } from '../../support/lab/index.js';

const HOPS = { 4: 'IP_TTL', 6: 'IPV6_UNICAST_HOPS' } as const;
const CLASS = { 4: 'IP_TOS', 6: 'IPV6_TCLASS' } as const;

describe.each(families)('what an IPv%s datagram tells', family => {
  const address = LOOPBACK[family];

  test('payload, source, destination, interface, hop limit, class, stamp and drops', async () => {
    const receiver = open({ bind: { address } });
    const sender = open({ bind: { address } });
    await stampsAreOn();
    const before = native().realtimeNow();
    sender.send('whole', { address, port: receiver.localAddress.port });
    const datagram = await takeOne(receiver);
    expect(datagram.payload.toString()).toBe('whole');
    expect(datagram.source.address.toString()).toBe(address);
    expect(datagram.source.port).toBe(sender.localAddress.port);
    expect(datagram.destination?.toString()).toBe(address);
    expect(datagram.interfaceName).toBe('lo');
    expect(datagram.hopLimit).toBe(64);
    expect(datagram.trafficClass).toBe(0);
    expect(datagram.ecn).toBe('not-ect');
    expect(datagram.drops).toBe(0);
    expect(datagram.truncated).toBe(false);
    expect(datagram.stamp).toBeGreaterThanOrEqual(before);
    expect(datagram.stamp).toBeLessThanOrEqual(native().realtimeNow());
    expect(Math.abs((datagram.timestamp ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("set by the socket's options, and by a message that disagrees with them", async () => {
    const receiver = open({ bind: { address } });
    const destination = { address, port: receiver.localAddress.port };
    const sender = open({ family, options: { [HOPS[family]]: 40, [CLASS[family]]: 0x20 } });
    sender.send('as the socket has it', destination);
    sender.send('as the message has it', destination, { hopLimit: 7, trafficClass: 0xb9 });
    sender.send('as the socket has it', destination);
    const seen = await take(receiver, 3);
    expect(seen.map(({ hopLimit }) => hopLimit)).toEqual([40, 7, 40]);
    expect(seen.map(({ trafficClass }) => trafficClass)).toEqual([0x20, 0xb9, 0x20]);
    expect(seen[1]?.ecn).toBe('ect1');
  });

  test('only what the socket asked for', async () => {
    const receiver = open({ bind: { address }, ancillary: ['hop-limit'] });
    open({ family }).send('x', { address, port: receiver.localAddress.port });
    const { hopLimit, trafficClass, destination, interfaceIndex, stamp } = await takeOne(receiver);
    expect({ hopLimit, trafficClass, destination, interfaceIndex, stamp }).toEqual({ hopLimit: 64 });
  });
});

test('a datagram leaves from the address and by the interface that its message names', async () => {
  const receiver = open({ bind: { address: '127.0.0.1' } });
  const destination = { address: '127.0.0.1', port: receiver.localAddress.port };
  open().send('from elsewhere', destination, { source: '127.9.8.7', interface: 'lo' });
  expect((await takeOne(receiver)).source.address.toString()).toBe('127.9.8.7');
});

test('an answer comes from the address that was asked', async () => {
  const server = open({ bind: {} });
  server.on('message', question => server.reply(question, `you asked ${question.destination}`));
  const client = open({ connect: { address: '127.3.2.1', port: server.localAddress.port } });
  client.send('who are you');
  const answer = await takeOne(client);
  expect(answer.payload.toString()).toBe('you asked 127.3.2.1');
  expect(answer.source.address.toString()).toBe('127.3.2.1');
});

test('a dual socket speaks IPv4 and IPv6, and names IPv4 addresses as such', async () => {
  const server = open({ family: 'dual', bind: {} });
  const { port } = server.localAddress;
  server.on('message', question => server.reply(question, 'answer', { hopLimit: 9 }));
  for (const family of families) {
    const client = open({ connect: { address: LOOPBACK[family], port } });
    client.send('question', undefined, { hopLimit: 33, trafficClass: 0x10 });
    const answer = await takeOne(client);
    expect(answer.hopLimit).toBe(9);
    expect(answer.source.address.toString()).toBe(LOOPBACK[family]);
  }
  server.removeAllListeners('message');
  open().send('x', { address: '127.0.0.1', port }, { hopLimit: 5, trafficClass: 0x1e });
  const seen = await takeOne(server);
  expect([seen.source.family, seen.destination?.toString(), seen.hopLimit, seen.trafficClass]).toEqual([
    'ip4',
    '127.0.0.1',
    5,
    0x1e,
  ]);
});

test('a payload longer than the socket takes is cut, and its true length told', async () => {
  const receiver = open({ bind: { address: '127.0.0.1' }, maximumPayload: 100 });
  const sender = open({ connect: { address: '127.0.0.1', port: receiver.localAddress.port } });
  sender.send(Buffer.alloc(5000, 'a'));
  sender.send(Buffer.alloc(0));
  const [long, empty] = await take(receiver, 2);
  expect(long?.truncated).toBe(true);
  expect(long?.length).toBe(5000);
  expect(long?.payload.toString()).toBe('a'.repeat(100));
  expect(empty?.length).toBe(0);
  expect(empty?.truncated).toBe(false);
});

test('datagrams that found the receive buffer full are counted', async () => {
  const receiver = open({ bind: { address: '127.0.0.1' }, options: { SO_RCVBUF: 4096 } });
  const sender = open({ connect: { address: '127.0.0.1', port: receiver.localAddress.port } });
  for (let index = 0; index < 200; index++) sender.send(Buffer.alloc(500));
  const dropped = receiver.drops;
  expect(dropped).toBeGreaterThan(100);
  await take(receiver, 200 - dropped);
  sender.send('after');
  expect((await takeOne(receiver)).drops).toBe(dropped);
});

test('the largest payload of each family arrives whole', async () => {
  for (const [family, size] of [
    [4, 65_507],
    [6, 65_527],
  ] as const) {
    const address = LOOPBACK[family];
    const receiver = open({ bind: { address }, options: { SO_RCVBUF: 1 << 20 } });
    const sender = open({ family, options: { SO_SNDBUF: 1 << 20 } });
    const payload = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
    sender.send(payload, { address, port: receiver.localAddress.port });
    const datagram = await takeOne(receiver);
    expect(datagram.payload.equals(payload)).toBe(true);
  }
});

describeNeeding('rawSockets', 'with CAP_NET_RAW', () => {
  test('control messages without a name of their own can be read as they are', async () => {
    const receiver = open({ bind: { address: '::1' }, options: { IPV6_RECVDSTOPTS: true } });
    const options = [{ type: 0x1e, data: Uint8Array.of(1, 2, 3, 4) }];
    open({ family: 6 }).send(
      'x',
      { address: '::1', port: receiver.localAddress.port },
      {
        extensionHeaders: [{ kind: 'destination', options }],
      },
    );
    const { controlMessages, controlTruncated } = await takeOne(receiver);
    expect(controlTruncated).toBe(false);
    const header = controlMessages.find(({ data }) => data.length === 8 && data[2] === 0x1e)?.data;
    expect(header && [...header]).toEqual([17, 0, 0x1e, 4, 1, 2, 3, 4]);
  });
});
