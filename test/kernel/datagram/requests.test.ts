import { afterEach, expect, test } from 'vitest';
import { DatagramRequester, type DatagramRequesterOptions, DatagramSocket, routeFor } from '../../../src/index.js';
import { families, LOOPBACK } from '../../support/kernel/loopback.js';

const closing: { close(): void }[] = [];
const keep = <Closable extends { close(): void }>(closable: Closable): Closable => {
  closing.push(closable);
  return closable;
};
afterEach(() => {
  for (const each of closing.splice(0).reverse()) each.close();
});

/** A server that leaves the first `ignored` requests of each id without an answer. */
function server(ignored: number): { address: string; port: number; seen: string[] } {
  const socket = keep(DatagramSocket.open({ bind: { address: '127.0.0.1' } }));
  const seen: string[] = [];
  socket.on('message', question => {
    const text = question.payload.toString();
    seen.push(text);
    if (seen.filter(each => each === text).length > ignored) socket.reply(question, `${text}!`);
  });
  return { address: '127.0.0.1', port: socket.localAddress.port, seen };
}

const requester = (options: DatagramRequesterOptions = {}): DatagramRequester =>
  keep(new DatagramRequester(keep(DatagramSocket.open()), { initialTimeout: 30, minimumTimeout: 20, ...options }));

test('an answer at once: one request, and its round trip', async () => {
  const { rtt, attempts, datagram } = await requester().request('question', server(0));
  expect(datagram.payload.toString()).toBe('question!');
  expect(attempts).toBe(1);
  expect(rtt).toBeGreaterThan(0);
});

test('a request is sent again until it is answered; its round trip is not known then', async () => {
  const destination = server(2);
  const { rtt, attempts } = await requester().request('question', destination);
  expect(attempts).toBe(3);
  expect(rtt).toBeUndefined();
  expect(destination.seen.length).toBe(3);
});

test('without an answer it fails after the last attempt, and names the peer', async () => {
  const destination = server(99);
  const asked = requester({ attempts: 2 }).request('question', destination);
  await expect(asked).rejects.toMatchObject({ code: 'ETIMEDOUT', attempts: 2 });
  expect(destination.seen.length).toBe(2);
});

test('many requests at once find their own answers by their ids', async () => {
  const destination = server(1);
  const asking = requester({ identify: payload => Buffer.from(payload).toString().replace('!', '') });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, id) => asking.request(`id ${id}`, destination)));
  expect(answers.map(({ datagram }) => datagram.payload.toString())).toEqual(
    Array.from({ length: 50 }, (_, id) => `id ${id}!`),
  );
});

test('an answer of somebody else is none', async () => {
  const silent = server(99);
  const socket = keep(DatagramSocket.open({ bind: { address: '127.0.0.1' } }));
  const asking = keep(new DatagramRequester(socket, { initialTimeout: 20, minimumTimeout: 20, attempts: 1 }));
  const asked = asking.request('question', silent);
  keep(DatagramSocket.open()).send('forged', { address: '127.0.0.1', port: socket.localAddress.port });
  await expect(asked).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});

test('a signal, or closing, ends what waits; asking the same twice is refused', async () => {
  const silent = server(99);
  const asking = requester({ initialTimeout: 60_000 });
  const controller = new AbortController();
  const aborted = asking.request('one', silent, { signal: controller.signal });
  await expect(asking.request('two', silent)).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
  controller.abort(new Error('no longer wanted'));
  await expect(aborted).rejects.toThrow('no longer wanted');
  const closed = asking.request('three', silent);
  asking.close();
  await expect(closed).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
});

test('a closed requester sends nothing more', async () => {
  const destination = server(0);
  const asking = requester();
  asking.close();
  await expect(asking.request('question', destination)).rejects.toMatchObject({
    code: 'REQUEST_ABORTED',
    message: 'the requester is closed',
  });
  const { datagram } = await requester().request('another', destination);
  expect(datagram.payload.toString()).toBe('another!');
  expect(destination.seen).toEqual(['another']);
});

test.each([
  ['no destination', 'question', undefined, /destination.address takes an IPv4 or IPv6 address, not undefined/],
  ['a port that is none', 'question', { address: '127.0.0.1', port: 70_000 }, /destination.port takes 1 to 65535/],
  [
    'an interface that is gone',
    'question',
    { address: 'fe80::1%gone0', port: 9 },
    /destination.address takes the name/,
  ],
  ['a payload that is none', 5, { address: '127.0.0.1', port: 9 }, /payload takes a Uint8Array or a string, not 5/],
])('%s is refused by name', async (_what, payload, destination, message) => {
  const asking = requester({ identify: bytes => bytes.toString() });
  await expect(asking.request(payload as string, destination as { address: string; port: number })).rejects.toThrow(
    message,
  );
});

test('one whose socket is closed says so', async () => {
  const socket = keep(DatagramSocket.open());
  const asking = keep(new DatagramRequester(socket));
  socket.close();
  await expect(asking.request('question', server(0))).rejects.toMatchObject({ code: 'SOCKET_CLOSED' });
  expect(() => new DatagramRequester(socket)).toThrow(expect.objectContaining({ code: 'SOCKET_CLOSED' }));
});

test('what is sent again is what was asked, whatever has become of its memory', async () => {
  const destination = server(1);
  const payload = Buffer.from('question');
  const asked = requester().request(payload, destination);
  payload.fill('x');
  expect((await asked).datagram.payload.toString()).toBe('question!');
});

test.each(families)('the route to this machine over IPv%s', family => {
  expect(routeFor(LOOPBACK[family])).toMatchObject({
    interfaceName: 'lo',
    gateway: undefined,
    mtu: expect.any(Number),
  });
  expect(routeFor(LOOPBACK[family]).source.toString()).toBe(LOOPBACK[family]);
});

test('a destination that is none is refused', () => {
  expect(() => routeFor('somewhere')).toThrow(/destination takes an IPv4 or IPv6 address/);
  expect(() => routeFor('0.0.0.0')).toThrow(/destination takes the address of a host/);
});
