import { describe, expect, test } from 'vitest';
import { datagramPair, seqpacketPair, socketPair } from '../../../src/sockets/unix/socket-pair.js';
import { UnixBatch } from '../../../src/sockets/unix/unix-batch.js';
import { expectLevelDescriptors, fileWith, identity } from './support.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe.each([
  ['datagram', datagramPair],
  ['seqpacket', seqpacketPair],
] as const)('a batch over %s sockets', (_kind, pair) => {
  test('carries messages with their descriptors, and can be used again', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pair();
      using file = fileWith('x');
      const outgoing = new UnixBatch({ slots: 8 });
      expect(outgoing.add(Buffer.from('plain'))).toBe(true);
      expect(outgoing.add(Buffer.from('with two'), { descriptors: [file, file] })).toBe(true);
      using incoming = new UnixBatch();
      for (let round = 0; round < 3; round++) {
        await here.sendBatch(outgoing);
        let seen = 0;
        while (seen < 2) {
          const count = await there.receiveBatch(incoming);
          for (let index = 0; index < count; index++, seen++) {
            const descriptors = incoming.descriptors(index);
            expect(text(incoming.data(index))).toBe(seen === 0 ? 'plain' : 'with two');
            expect(descriptors.map(({ fd }) => identity(fd))).toEqual(
              seen === 0 ? [] : Array(2).fill(identity(file.fd)),
            );
            expect(incoming.descriptors(index)).toEqual([]);
            for (const descriptor of descriptors) descriptor.close();
          }
        }
      }
      here.close();
      there.close();
    }));

  test('waits while there is no room, and loses nothing', async () => {
    const [here, there] = pair();
    const outgoing = new UnixBatch({ slots: 1024, maximumMessageSize: 4 });
    for (let index = 0; outgoing.add(new Uint8Array(new Uint32Array([index]).buffer)); index++);
    const sent = here.sendBatch(outgoing);
    const incoming = new UnixBatch();
    let seen = 0;
    while (seen < 1024) {
      const count = await there.receiveBatch(incoming);
      for (let index = 0; index < count; index++) {
        expect(Buffer.from(incoming.data(index)).readUInt32LE()).toBe(seen++);
      }
    }
    await sent;
    here.close();
    there.close();
  });

  test('closes descriptors that nobody took', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pair();
      using file = fileWith('x');
      await here.sendMany(Array(20).fill({ data: 'x', descriptors: [file] }));
      const incoming = new UnixBatch({ slots: 4 });
      for (let seen = 0; seen < 20; ) seen += await there.receiveBatch(incoming);
      incoming.clear();
      expect(incoming.count).toBe(0);
      here.close();
      there.close();
    }));

  test('tells what was cut, and refuses what does not fit', async () => {
    const [here, there] = pair();
    await here.send('0123456789');
    const incoming = new UnixBatch({ maximumMessageSize: 4 });
    await there.receiveBatch(incoming);
    expect([text(incoming.data(0)), incoming.length(0)]).toEqual(['0123', 10]);
    expect(() => incoming.data(1)).toThrow(/index takes a whole number|index takes 0 to 0/);
    expect(() => incoming.add(Buffer.from('12345'))).toThrow(/data takes 0 to 4 bytes/);
    here.close();
    there.close();
  });

  test('says which message was refused; the others are sent', async () => {
    const [here, there] = pair();
    const outgoing = new UnixBatch();
    outgoing.add(Buffer.from('a'));
    outgoing.add(Buffer.from('b'), { descriptors: [99_999] });
    outgoing.add(Buffer.from('c'));
    await expect(here.sendBatch(outgoing)).rejects.toThrow(/sendmmsg message 1: EBADF/);
    expect((await there.receiveMany()).map(({ data }) => data.toString())).toEqual(['a', 'c']);
    here.close();
    there.close();
  });

  test('ends with none when the socket is closed', async () => {
    const [here, there] = pair();
    const waiting = there.receiveBatch(new UnixBatch());
    there.close();
    expect(await waiting).toBe(0);
    await expect(there.sendBatch(new UnixBatch())).resolves.toBeUndefined();
    here.close();
  });
});

test('a batch sees the end of a seqpacket connection', async () => {
  const [here, there] = seqpacketPair();
  await here.sendMany([{ data: 'a' }, { data: 'b' }]);
  here.close();
  const incoming = new UnixBatch({ slots: 2 });
  expect(await there.receiveBatch(incoming)).toBe(2);
  expect(await there.receiveBatch(incoming)).toBe(0);
  expect(there.closed).toBe(true);
});

test("a stream receives into the caller's memory", async () => {
  const [here, there] = socketPair();
  using file = fileWith('x');
  await here.send('0123456789', { descriptors: [file] });
  const buffer = Buffer.alloc(4);
  using first = await there.receive({ buffer });
  expect(first?.data.buffer).toBe(buffer.buffer);
  expect(first?.data.toString()).toBe('0123');
  expect(first?.descriptors).toHaveLength(1);
  expect((await there.receive({ buffer }))?.data.toString()).toBe('4567');
  expect(buffer.toString()).toBe('4567');
  here.destroy();
  there.destroy();
});
