import { describe, expect, test } from 'vitest';
import { type DatagramSocket, type OutgoingDatagram, setOption } from '../../../src/index.js';
import { MessageBatch } from '../../../src/io/message-batch.js';
import { open, take } from '../../support/datagram/collect.js';
import { Descriptors, families, LOOPBACK, ready } from '../../support/kernel/loopback.js';

type Family = (typeof families)[number];

/** Datagrams of so many bytes, each telling its number. */
function numbered(lengths: readonly number[], destination?: OutgoingDatagram['destination']): OutgoingDatagram[] {
  return lengths.map((length, number) => ({
    payload: Buffer.from(`${number}`.padEnd(length).slice(0, length)),
    ...(destination !== undefined && { destination }),
  }));
}

const receiverOn = (family: Family): DatagramSocket =>
  open({ bind: { address: LOOPBACK[family] }, options: { SO_RCVBUF: 4 << 20 } });

describe.each(families)('with sendOffload, over IPv%i', family => {
  const pair = () => {
    const receiver = receiverOn(family);
    const destination = { address: LOOPBACK[family], port: receiver.localAddress.port };
    const sender = open({ family, sendOffload: true });
    // A destination is known from its first datagram on.
    sender.send('known', destination);
    return { receiver, sender, destination };
  };

  test('datagrams of one length go as one, and the last may be shorter', async () => {
    using descriptors = new Descriptors();
    const { descriptor, port } = descriptors.udp(family);
    setOption(descriptor, 'UDP_GRO', true);
    const destination = { address: LOOPBACK[family], port };
    const sender = open({ family, sendOffload: true });
    sender.send('known', destination);
    expect(sender.sendBatch(numbered([100, 100, 100, 40, 100, 100], destination)).taken).toBe(6);
    await ready(descriptor);
    const batch = new MessageBatch({ slots: 8, payloadBytes: 2000 });
    expect(batch.receive(descriptor, 0)).toBe(3);
    expect([...batch.lengths.slice(0, 3)]).toEqual(['known'.length, 340, 200]);
  });

  test('every datagram arrives as it was given, in order, whatever lies between', async () => {
    const { receiver, sender, destination } = pair();
    const elsewhere = receiverOn(family);
    const lengths = Array.from(
      { length: 500 },
      (_, number) => [10, 10, 10, 7, 7, 0, 0, 1400, 1400, 30_000][number % 10],
    );
    const messages = numbered(lengths as number[], destination);
    messages[3] = { payload: 'text', destination };
    messages[11] = { payload: Buffer.from('own'), destination, hopLimit: 9 };
    messages[12] = {
      payload: Buffer.from('elsewhere'),
      destination: { address: LOOPBACK[family], port: elsewhere.localAddress.port },
    };
    expect(sender.sendBatch(messages)).toEqual({ taken: 500, failures: [] });
    const expected = messages.map(({ payload }) => String(payload)).filter(text => text !== 'elsewhere');
    const seen = await take(receiver, 500);
    expect(seen.map(({ payload }) => payload.toString())).toEqual(['known', ...expected]);
    expect(seen.find(({ hopLimit }) => hopLimit === 9)?.payload.toString()).toBe('own');
    expect((await take(elsewhere, 1))[0]?.payload.toString()).toBe('elsewhere');
  });

  test('as many go as one as the kernel cuts, and no longer a payload than a datagram may have', async () => {
    const { receiver, sender, destination } = pair();
    for (const [count, length] of [
      [200, 1],
      [70, 1000],
      [3, 30_000],
      [5, 16_377],
    ] as const) {
      const messages = numbered(new Array(count).fill(length), destination);
      expect(sender.sendBatch(messages)).toEqual({ taken: count, failures: [] });
    }
    const seen = await take(receiver, 279);
    expect(seen.slice(1).map(({ length }) => length)).toEqual([
      ...new Array(200).fill(1),
      ...new Array(70).fill(1000),
      ...new Array(3).fill(30_000),
      ...new Array(5).fill(16_377),
    ]);
  });

  test('where the kernel refuses to cut they go one by one', async () => {
    const { receiver, sender, destination } = pair();
    // net/ipv4/udp.c, udp_send_skb(): no checksum, no cutting.
    setOption(sender, family === 4 ? 'SO_NO_CHECK' : 'UDP_NO_CHECK6_TX', true);
    if (family === 6) setOption(receiver, 'UDP_NO_CHECK6_RX', true);
    for (let round = 0; round < 2; round++) {
      expect(sender.sendBatch(numbered(new Array(100).fill(50), destination))).toEqual({ taken: 100, failures: [] });
    }
    const numbers = (await take(receiver, 201)).slice(1).map(({ payload }) => Number(payload));
    expect(numbers).toEqual([...Array(100).keys(), ...Array(100).keys()]);
  });

  test('an error of the network is told of one datagram, and the others go', async () => {
    using descriptors = new Descriptors();
    const port = descriptors.unusedPort(family);
    const sender = open({ family, sendOffload: true, connect: { address: LOOPBACK[family], port } });
    sender.on('error', () => undefined);
    sender.send('to nobody');
    const { taken, failures } = sender.sendBatch(numbered(new Array(10).fill(20)));
    expect(taken).toBe(10);
    expect(failures.map(({ index, error }) => [index, (error as { code?: string }).code])).toEqual([
      [0, 'ECONNREFUSED'],
    ]);
  });
});
