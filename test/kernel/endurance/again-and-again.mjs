// Does one thing again and again and prints, as JSON, what each time left behind: bytes of heap, bytes of array buffers, and
// descriptors. Usage: node --expose-gc again-and-again.mjs LIBRARY WHAT [HOST]
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';

const [, , library, what, host = '127.0.0.1'] = process.argv;
const subsocket = await import(library);
const WARM_UP = 40;
const TIMES = 300;

async function exchangeDatagrams(receive) {
  const sockets = [0, 1].map(() => subsocket.DatagramSocket.open({ bind: { address: host, port: 0 } }));
  const [sender, receiver] = sockets;
  const received = receive(receiver);
  sender.send('question', { address: host, port: receiver.localAddress.port });
  await received;
  for (const socket of sockets) socket.close();
}

async function exchangeMessages(sockets) {
  const [sender, receiver] = sockets;
  await sender.send('question');
  await receiver.receive();
  for (const socket of sockets) socket.close();
}

async function connectAndClose() {
  const server = createServer(socket => socket.end());
  await subsocket.listen(server, { host, port: 0, options: { TCP_DEFER_ACCEPT: 0 } });
  const client = await subsocket.connect({ host, port: server.address().port, options: { TCP_NODELAY: true } });
  client.resume();
  await once(client, 'close');
  await new Promise(resolve => server.close(resolve));
}

async function abortPing() {
  const ending = new AbortController();
  const aborted = subsocket.ping(host, { signal: ending.signal }).summary();
  setTimeout(() => ending.abort(), 2);
  await aborted.catch(() => undefined);
}

const THINGS = {
  ping: () => subsocket.ping(host, { count: 1 }).summary(),
  'mass-ping': () => subsocket.ping([host, '127.0.0.2', '::1']).summary(),
  'aborted-ping': abortPing,
  traceroute: () => subsocket.traceroute(host, { names: false }).result(),
  'path-mtu': () => subsocket.discoverPathMtu(host).result(),
  datagrams: () => exchangeDatagrams(receiver => once(receiver, 'message')),
  'datagram-batches': () =>
    exchangeDatagrams(receiver => new Promise(resolve => receiver.receiveBatches(() => resolve()))),
  'unix-datagrams': () => exchangeMessages(subsocket.datagramPair()),
  seqpacket: () => exchangeMessages(subsocket.seqpacketPair()),
  tcp: connectAndClose,
};

const descriptors = () => readdirSync('/proc/self/fd').length;

async function settled() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heapUsed, arrayBuffers, descriptors: descriptors() };
}

async function repeat(count) {
  for (let time = 0; time < count; time++) await THINGS[what]();
}

await repeat(WARM_UP);
const before = await settled();
await repeat(TIMES);
const after = await settled();
console.log(
  JSON.stringify({
    heap: (after.heapUsed - before.heapUsed) / TIMES,
    arrayBuffers: (after.arrayBuffers - before.arrayBuffers) / TIMES,
    descriptors: after.descriptors - before.descriptors,
  }),
);
