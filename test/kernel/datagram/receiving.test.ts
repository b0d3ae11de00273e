import { once } from 'node:events';
import { expect, test } from 'vitest';
import { type Datagram, type DatagramBatch, DatagramSocket, type DatagramSocketOptions } from '../../../src/index.js';
import { open, take, takeOne, thrown } from '../../support/datagram/collect.js';
import { openDescriptors } from '../../support/kernel/loopback.js';

/** A receiver with a large buffer and a sender that is connected to it. */
function pair(options: DatagramSocketOptions = {}): { receiver: DatagramSocket; sender: DatagramSocket } {
  const receiver = open({ bind: { address: '127.0.0.1' }, options: { SO_RCVBUF: 4 << 20 }, ...options });
  return { receiver, sender: open({ connect: { address: '127.0.0.1', port: receiver.localAddress.port } }) };
}

test('kept datagrams keep their bytes, however many come after them', async () => {
  const { receiver, sender } = pair();
  const kept: Datagram[] = [];
  const expected: string[] = [];
  for (let round = 0; round < 20; round++) {
    for (let index = 0; index < 100; index++) {
      const text = `${round}/${index}/${'x'.repeat((round * 100 + index) % 1400)}`;
      expected.push(text);
      sender.send(text);
    }
    kept.push(...(await take(receiver, 100)));
  }
  expect(kept.map(({ payload }) => payload.toString())).toEqual(expected);
  expect(new Set(kept.map(({ source }) => source)).size).toBe(1);
});

test('one datagram that is kept of a batch of long ones keeps no other alive', async () => {
  const { receiver, sender } = pair();
  for (let index = 0; index < 20; index++) sender.send(Buffer.alloc(8000, index));
  const datagrams = await take(receiver, 20);
  expect(datagrams.map(({ payload }) => payload[7999])).toEqual(Array.from({ length: 20 }, (_, index) => index));
  for (const { payload } of datagrams) expect(payload.buffer.byteLength).toBeLessThan(70_000);
});

test('a lent batch tells everything by index', async () => {
  const { receiver, sender } = pair();
  for (let index = 0; index < 10; index++) sender.send(`datagram ${index}`, undefined, { hopLimit: 10 + index });
  const seen: unknown[] = [];
  await new Promise<void>(resolve => {
    receiver.receiveBatches(batch => {
      for (let index = 0; index < batch.count; index++) {
        const { bytes } = batch;
        const start = batch.offset(index);
        seen.push([
          Buffer.from(bytes.subarray(start, start + batch.size(index))).toString(),
          batch.hopLimit(index),
          batch.length(index),
          batch.source(index)?.port,
          batch.destination(index)?.toString(),
          batch.interfaceIndex(index),
          batch.stamp(index) !== undefined,
          batch.trafficClass(index),
          batch.drops(index),
          batch.truncated(index),
        ]);
      }
      if (seen.length === 10) resolve();
    });
  });
  const { port } = sender.localAddress;
  expect(seen).toEqual(
    Array.from({ length: 10 }, (_, index) => [
      `datagram ${index}`,
      10 + index,
      10,
      port,
      '127.0.0.1',
      1,
      true,
      0,
      0,
      false,
    ]),
  );
});

test('when the loan ends every view is empty and every call throws; copies stay', async () => {
  const { receiver, sender } = pair();
  sender.send('borrowed');
  const { batch, view, copies } = await new Promise<{ batch: DatagramBatch; view: Uint8Array; copies: Datagram[] }>(
    resolve => {
      const stop = receiver.receiveBatches(lent => {
        const [copy] = lent.datagrams();
        resolve({ batch: lent, view: lent.payload(0), copies: copy === undefined ? [] : [copy] });
        stop();
      });
    },
  );
  expect(view.length).toBe(0);
  expect(thrown(() => batch.payload(0)).code).toBe('BATCH_RETURNED');
  expect(thrown(() => batch.size(0)).code).toBe('BATCH_RETURNED');
  sender.send('overwritten?');
  await takeOne(receiver);
  expect(copies.map(({ payload }) => payload.toString())).toEqual(['borrowed']);
});

test('a batch is lent until the promise of its handler is settled, and nothing is received meanwhile', async () => {
  const { receiver, sender } = pair();
  let release: () => void = () => undefined;
  const lent: number[] = [];
  const first = new Promise<void>(resolve => {
    receiver.receiveBatches(async batch => {
      lent.push(batch.count);
      if (lent.length > 1) return;
      resolve();
      await new Promise<void>(done => {
        release = done;
      });
      expect(Buffer.from(batch.payload(0)).toString()).toBe('first');
    });
  });
  sender.send('first');
  await first;
  for (let index = 0; index < 5; index++) sender.send('more');
  await new Promise(resolve => setImmediate(resolve));
  expect(lent).toEqual([1]);
  release();
  await expect.poll(() => lent).toEqual([1, 5]);
});

test('datagrams go one by one or in batches, not both ways', () => {
  const { receiver } = pair();
  const stop = receiver.receiveBatches(() => undefined);
  expect(thrown(() => receiver.on('message', () => undefined)).code).toBe('RECEIVING_OTHERWISE');
  stop();
  receiver.on('message', () => undefined);
  expect(thrown(() => receiver.receiveBatches(() => undefined)).code).toBe('RECEIVING_OTHERWISE');
});

test('pause holds back what follows in the same batch, and resume gives it', async () => {
  const { receiver, sender } = pair();
  const seen: string[] = [];
  receiver.on('message', ({ payload }) => {
    seen.push(payload.toString());
    if (seen.length === 2) receiver.pause();
  });
  for (const text of ['a', 'b', 'c', 'd']) sender.send(text);
  await expect.poll(() => seen).toEqual(['a', 'b']);
  await new Promise(resolve => setImmediate(resolve));
  expect(seen).toEqual(['a', 'b']);
  receiver.resume();
  await expect.poll(() => seen).toEqual(['a', 'b', 'c', 'd']);
});

test('a timer has its turn while datagrams flood in', async () => {
  const { receiver, sender } = pair();
  const messages = Array.from({ length: 64 }, () => ({ payload: 'x' }));
  receiver.on('message', () => undefined);
  let turns = 0;
  const flood = (): void => {
    sender.sendBatch(messages);
    if (turns++ < 200) setImmediate(flood);
  };
  flood();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await expect.poll(() => turns > 200).toBe(true);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(2);
});

test('with UDP_GRO, datagrams that the kernel joined are told apart', async () => {
  const { receiver, sender } = pair({ receiveOffload: true });
  const payload = Buffer.from(Array.from({ length: 2500 }, (_, index) => index % 256));
  sender.send(payload, undefined, { segmentSize: 100, hopLimit: 17 });
  const datagrams = await take(receiver, 25);
  expect(Buffer.concat(datagrams.map(({ payload: part }) => part)).equals(payload)).toBe(true);
  expect(datagrams.every(({ length, hopLimit, truncated }) => length === 100 && hopLimit === 17 && !truncated)).toBe(
    true,
  );
});

test.each([false, true])(
  'the longest payload is exact, also of what the kernel joined: UDP_GRO %s',
  async receiveOffload => {
    const { receiver, sender } = pair({ receiveOffload, maximumPayload: 10 });
    sender.send('0123456789'.repeat(6), undefined, { segmentSize: 20 });
    sender.send('0123456789');
    sender.send('0123456789a');
    const datagrams = await take(receiver, 5);
    expect(datagrams.map(({ payload, length, truncated }) => [payload.toString(), length, truncated])).toEqual([
      ['0123456789', 20, true],
      ['0123456789', 20, true],
      ['0123456789', 20, true],
      ['0123456789', 10, false],
      ['0123456789', 11, true],
    ]);
    sender.send('0123456789a');
    const lent = await new Promise(resolve => {
      receiver.receiveBatches(batch => {
        const payload = Buffer.from(batch.payload(0)).toString();
        resolve([payload, batch.size(0), batch.length(0), batch.truncated(0)]);
      });
    });
    expect(lent).toEqual(['0123456789', 10, 11, true]);
  },
);

test('an iteration ends when the socket closes', async () => {
  const { receiver, sender } = pair();
  sender.send('last');
  const seen: string[] = [];
  for await (const { payload } of receiver) {
    seen.push(payload.toString());
    receiver.close();
  }
  expect(seen).toEqual(['last']);
});

test('a signal closes the socket; closing again does nothing; nothing stays open', async () => {
  const before = openDescriptors();
  const controller = new AbortController();
  const socket = DatagramSocket.open({ bind: {}, signal: controller.signal });
  socket.on('message', () => undefined);
  expect(openDescriptors()).toBeGreaterThan(before);
  const closed = once(socket, 'close');
  controller.abort();
  await closed;
  socket.close();
  expect(socket.descriptor).toBeUndefined();
  expect(thrown(() => socket.send('x', { address: '127.0.0.1', port: 9 })).code).toBe('SOCKET_CLOSED');
  expect(thrown(() => socket.localAddress).code).toBe('SOCKET_CLOSED');
  expect(thrown(() => socket.on('message', () => undefined)).code).toBe('SOCKET_CLOSED');
});

test.each([
  ['an address of somebody else', { bind: { address: '203.0.113.5' } }, 'EADDRNOTAVAIL'],
  ['an interface that is not there', { interface: 'none0' }, 'ERR_SUBSOCKET_ARGUMENT'],
  ['an option that it has not', { options: { TCP_NODELAY: true } }, 'ENOPROTOOPT'],
  ['an option value that is none', { options: { IP_TTL: 999 } }, 'OPTION_VALUE'],
  ['a family that is none', { family: 5 }, 'ERR_SUBSOCKET_ARGUMENT'],
  ['ancillary data that is none', { ancillary: ['weather'] }, 'ERR_SUBSOCKET_ARGUMENT'],
  ['a batch of nothing', { batchSize: 0 }, 'ERR_SUBSOCKET_ARGUMENT'],
  ['nowhere to connect to', { connect: { address: '127.0.0.1', port: -1 } }, 'ERR_SUBSOCKET_ARGUMENT'],
])('a socket with %s is not opened, and nothing is left open', (_what, options, code) => {
  const before = openDescriptors();
  expect(thrown(() => DatagramSocket.open(options as DatagramSocketOptions)).code).toBe(code);
  expect(openDescriptors()).toBe(before);
});

test('a listener that is taken away in the middle of a batch loses nothing: the next one has the rest', async () => {
  const { receiver, sender } = pair();
  const sent = Array.from({ length: 15 }, (_, index) => `datagram ${index}`);
  for (const text of sent.slice(0, 10)) sender.send(text);
  const received: string[] = [];
  for (let index = 0; index < 15; index++) {
    if (index === 5) for (const text of sent.slice(10)) sender.send(text);
    const [datagram] = (await once(receiver, 'message')) as [Datagram];
    received.push(datagram.payload.toString());
  }
  expect(received).toEqual(sent);
});
