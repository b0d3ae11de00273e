import { describe, expect, test } from 'vitest';
import { type Datagram, type DatagramSocket, getOption, type SendOptions, setOption } from '../../../src/index.js';
import { native } from '../../../src/io/native.js';
import { open, stampsAreOn, take, takeOne, thrown } from '../../support/datagram/collect.js';
import { families, LOOPBACK, openDescriptors } from '../../support/kernel/loopback.js';
import { describeNeeding } from '../../support/lab/index.js';

/** A broadcast address also of machines without a network. */
const LOOPBACK_BROADCAST = { address: '127.255.255.255', port: 9 };

/** Arguments of which one is wrong. */
type WrongSend = SendOptions & { payload?: Uint8Array; address?: string; port?: number };

const receiverOn = (address: string): DatagramSocket => open({ bind: { address }, options: { SO_RCVBUF: 4 << 20 } });
const texts = (datagrams: Datagram[]): string[] => datagrams.map(({ payload }) => payload.toString());

test('a batch goes to many destinations, each datagram with its own options, in order', async () => {
  const receivers = [receiverOn('127.0.0.1'), receiverOn('127.0.0.2')];
  const sender = open();
  const messages = Array.from({ length: 300 }, (_, index) => ({
    payload: `number ${index}`,
    destination: { address: `127.0.0.${1 + (index % 2)}`, port: receivers[index % 2]?.localAddress.port ?? 0 },
    ...(index % 3 === 0 && { hopLimit: 1 + (index % 200) }),
  }));
  expect(sender.sendBatch(messages)).toEqual({ taken: 300, failures: [] });
  for (const [parity, receiver] of receivers.entries()) {
    const seen = await take(receiver, 150);
    expect(texts(seen)).toEqual(Array.from({ length: 150 }, (_, index) => `number ${2 * index + parity}`));
    for (const [index, { hopLimit }] of seen.entries()) {
      const number = 2 * index + parity;
      expect(hopLimit).toBe(number % 3 === 0 ? 1 + (number % 200) : 64);
    }
  }
});

test('a datagram that cannot be sent holds no other up, and is told', async () => {
  const receiver = receiverOn('127.0.0.1');
  const destination = { address: '127.0.0.1', port: receiver.localAddress.port };
  const result = open().sendBatch([
    { payload: 'first', destination },
    { payload: 'to a broadcast address', destination: LOOPBACK_BROADCAST },
    { payload: 'from an address of somebody else', destination, source: '203.0.113.7' },
    { payload: Buffer.alloc(65_508), destination },
    { payload: 'nowhere', destination: { address: '::1', port: 9 } },
    { payload: 'last', destination },
  ]);
  expect(result.taken).toBe(6);
  const codes = result.failures.map(({ index, error }) => [index, (error as { code?: string }).code]).sort();
  expect(codes).toEqual([
    [1, 'EACCES'],
    [2, expect.stringMatching(/^(EINVAL|ENETUNREACH|EADDRNOTAVAIL)$/)],
    [3, 'ERR_SUBSOCKET_ARGUMENT'],
    [4, 'ERR_SUBSOCKET_ARGUMENT'],
  ]);
  expect(texts(await take(receiver, 2))).toEqual(['first', 'last']);
});

test('broadcast needs the option, and the error says so', () => {
  const error = thrown(() => open().send('x', LOOPBACK_BROADCAST));
  expect(error.message).toContain('127.255.255.255 port 9');
  expect(error.message).toContain('broadcast: true');
});

test('the errors of binding, connecting and sending have the address, as those of node:dgram', () => {
  const taken = receiverOn('127.0.0.1').localAddress.port;
  const bound = thrown(() => open({ bind: { address: '127.0.0.1', port: taken } }));
  expect(bound).toMatchObject({ code: 'EADDRINUSE', syscall: 'bind', address: '127.0.0.1', port: taken });
  expect(thrown(() => open({ bind: { port: taken } }))).toMatchObject({ code: 'EADDRINUSE', port: taken });
  const connected = thrown(() => open({ connect: LOOPBACK_BROADCAST }));
  expect(connected).toMatchObject({ code: 'EACCES', syscall: 'connect', ...LOOPBACK_BROADCAST });
  expect(thrown(() => open().send('x', LOOPBACK_BROADCAST))).toMatchObject({ code: 'EACCES', ...LOOPBACK_BROADCAST });
});

describe.each(families)('wrong arguments to an IPv%s socket', family => {
  const address = LOOPBACK[family];

  test.each([
    ['a payload over the maximum', { payload: Buffer.alloc(70_000) }, /payload .* not 70000/],
    ['a payload that is no bytes', { payload: 5 }, /payload takes a Uint8Array or a string/],
    ['a port that is none', { port: 65_536 }, /destination\.port/],
    ['an address that is none', { address: 'localhost' }, /destination\.address takes an IPv4 or IPv6 address/],
    [
      'an address of the other family',
      { address: LOOPBACK[family === 4 ? 6 : 4] },
      /an IPv. address, as the socket is one/,
    ],
    ['an interface that is not there', { interface: 'none0' }, /interface takes the name, index or address/],
    ['an interface index that is not there', { interface: 999_999 }, /interface takes the index/],
    ['a hop limit beyond the field', { hopLimit: 256 }, /hopLimit is 256/],
    ['a class beyond the field', { trafficClass: -1 }, /trafficClass is -1/],
    ['a segment size of nothing', { segmentSize: 0 }, /segmentSize/],
    ['too many segments', { payload: Buffer.alloc(1000), segmentSize: 1 }, /segmentSize takes at least 16/],
    ['a source of the other family', { source: LOOPBACK[family === 4 ? 6 : 4] }, /source takes an IPv/],
  ])('%s', (_what, wrong, message) => {
    const socket = open({ family });
    const { payload = 'x', address: to = address, port = 9, ...options } = wrong as object as WrongSend;
    const before = openDescriptors();
    expect(() => socket.send(payload, { address: to, port }, options)).toThrow(message);
    expect(openDescriptors()).toBe(before);
    expect(socket.localAddress.port).toBe(0);
  });

  test('nothing said about where to', () => {
    expect(thrown(() => open({ family }).send('x')).code).toBe('NOT_CONNECTED');
  });
});

test('extension headers have no place in IPv4, nor control data that does not fit', () => {
  const header = { kind: 'destination', options: [{ type: 0x1e, data: new Uint8Array(4) }] } as const;
  const long = {
    kind: 'destination',
    options: Array.from({ length: 9 }, () => ({ type: 0x1e, data: new Uint8Array(250) })),
  };
  const send = (address: string, headers: object[]) => () =>
    open({ bind: { address } }).send('x', { address, port: 9 }, { extensionHeaders: headers as [] });
  expect(send('127.0.0.1', [header])).toThrow(/none in an IPv4 packet/);
  expect(send('::1', [long])).toThrow();
});

describeNeeding('rawSockets', 'with CAP_NET_RAW', () => {
  test('long extension headers that fit no slot of a batch are sent alone, in their place', async () => {
    const receiver = open({ bind: { address: '::1' }, options: { IPV6_RECVDSTOPTS: true } });
    const destination = { address: '::1', port: receiver.localAddress.port };
    const options = Array.from({ length: 4 }, () => ({ type: 0x1e, data: new Uint8Array(250) }));
    const { failures } = open({ family: 6 }).sendBatch([
      { payload: 'before', destination },
      { payload: 'with headers', destination, extensionHeaders: [{ kind: 'destination', options }] },
      { payload: 'after', destination },
    ]);
    expect(failures).toEqual([]);
    const seen = await take(receiver, 3);
    expect(texts(seen)).toEqual(['before', 'with headers', 'after']);
    expect(seen.map(({ controlTruncated }) => controlTruncated)).toEqual([false, true, false]);
  });
});

describe.each(families)('a payload with a segment size, over IPv%s', family => {
  const payload = Buffer.from(Array.from({ length: 2345 }, (_, index) => index % 256));

  test.each([
    ['the kernel cuts', 'auto', false],
    ['this library cuts where it shall', 'library', false],
    // UDP_SEGMENT of a socket that sends no checksums is refused: net/ipv4/udp.c, udp_send_skb().
    ['this library cuts where the kernel refuses', 'auto', true],
  ] as const)('%s', async (_who, segmentation, refused) => {
    const receiver = receiverOn(LOOPBACK[family]);
    const sender = open({ family, segmentation });
    if (refused) setOption(sender, family === 4 ? 'SO_NO_CHECK' : 'UDP_NO_CHECK6_TX', true);
    if (refused && family === 6) setOption(receiver, 'UDP_NO_CHECK6_RX', true);
    const destination = { address: LOOPBACK[family], port: receiver.localAddress.port };
    expect(sender.send(payload, destination, { segmentSize: 100, hopLimit: 21 })).toBe(true);
    const seen = await take(receiver, 24);
    expect(seen.map(({ length }) => length)).toEqual([...new Array(23).fill(100), 45]);
    expect(Buffer.concat(seen.map(({ payload: part }) => part)).equals(payload)).toBe(true);
    expect(seen.every(({ hopLimit }) => hopLimit === 21)).toBe(true);
  });
});

test('connected, connected anew, and connected no more', async () => {
  const [first, second] = [receiverOn('127.0.0.1'), receiverOn('127.0.0.1')];
  const at = (socket: DatagramSocket) => ({ address: '127.0.0.1', port: socket.localAddress.port });
  const client = open({ connect: at(first) });
  client.send('one');
  expect(client.remoteAddress?.port).toBe(at(first).port);
  client.connect(at(second));
  client.send('two');
  expect(client.remoteAddress?.port).toBe(at(second).port);
  client.disconnect();
  expect(client.remoteAddress).toBeUndefined();
  expect(thrown(() => client.send('three')).code).toBe('NOT_CONNECTED');
  client.send('three', at(first));
  expect(texts(await take(first, 2))).toEqual(['one', 'three']);
  expect(texts(await take(second, 1))).toEqual(['two']);
});

test('a connected socket hears nobody else', async () => {
  const peer = receiverOn('127.0.0.1');
  const client = open({ connect: { address: '127.0.0.1', port: peer.localAddress.port } });
  const { port } = client.localAddress;
  open().send('stranger', { address: '127.0.0.1', port });
  peer.send('friend', { address: '127.0.0.1', port });
  expect((await takeOne(client)).payload.toString()).toBe('friend');
});

test('the kernel stamps a sent datagram between the call and its receipt', async () => {
  const receiver = receiverOn('127.0.0.1');
  const sender = open({ connect: { address: '127.0.0.1', port: receiver.localAddress.port } });
  const stamps: number[] = [];
  await stampsAreOn();
  const before = native().realtimeNow();
  for (let index = 0; index < 3; index++) {
    sender.send('not stamped');
    sender.send('stamped', undefined, {
      onTransmitted: ({ kind, stamp }) => kind === 'software' && stamps.push(stamp),
    });
  }
  await expect.poll(() => stamps.length).toBe(3);
  const received = (await take(receiver, 6)).filter(({ payload }) => payload.toString() === 'stamped');
  for (const [index, { stamp }] of received.entries()) {
    expect(stamps[index]).toBeGreaterThan(index === 0 ? before : (stamps[index - 1] ?? 0));
    expect(stamp).toBeGreaterThanOrEqual(stamps[index] ?? Number.POSITIVE_INFINITY);
  }
});

test("don't-fragment by message leaves the socket as it was", async () => {
  const receiver = receiverOn('127.0.0.1');
  const destination = { address: '127.0.0.1', port: receiver.localAddress.port };
  const sender = open({ options: { IP_MTU_DISCOVER: 'want' } });
  const messages = [undefined, true, true, false, undefined].map(dontFragment => ({
    payload: 'x',
    destination,
    dontFragment,
  }));
  expect(sender.sendBatch(messages)).toEqual({ taken: 5, failures: [] });
  await take(receiver, 5);
  expect(getOption(sender, 'IP_MTU_DISCOVER')).toBe('want');
});

test('an endpoint object that changes between two sends is read anew', async () => {
  const receivers = [receiverOn('127.0.0.1'), receiverOn('127.0.0.1')];
  const sender = open();
  const destination = { address: '127.0.0.1', port: 0 };
  for (const receiver of receivers) {
    destination.port = receiver.localAddress.port;
    sender.send(String(destination.port), destination);
  }
  for (const receiver of receivers) {
    expect((await takeOne(receiver)).payload.toString()).toBe(String(receiver.localAddress.port));
  }
});
