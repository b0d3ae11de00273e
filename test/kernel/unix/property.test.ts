import fs from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';
import { datagramPair, seqpacketPair, socketPair } from '../../../src/sockets/unix/socket-pair.js';
import type { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { expectLevelDescriptors, identity, scratch } from './support.js';

/** Files that can be told apart, so that every descriptor that arrives says which one it is. */
function distinctFiles(count: number): number[] {
  return Array.from({ length: count }, (_, index) => fs.openSync(`${scratch()}/${index}`, 'w+'));
}

interface Sent {
  size: number;
  files: number[];
}

const FILES = 12;

const message = fc.record({
  size: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 300 }) },
    { weight: 2, arbitrary: fc.integer({ min: 4000, max: 5000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 50_000, max: 600_000 }) },
  ),
  files: fc.array(fc.integer({ min: 0, max: FILES - 1 }), { maxLength: 20 }),
});

/** How the messages are sent: in groups of these sizes, a group of one by send(). */
const groups = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });

/** How many messages the receiver asks for each time. */
const appetites = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 6 });

function* split<Item>(items: Item[], sizes: number[]): Generator<Item[]> {
  for (let at = 0, turn = 0; at < items.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield items.slice(at, at + size);
    at += size;
  }
}

/** Byte n of the whole stream. */
function bytesFrom(position: number, size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => ((position + index) * 31) % 251));
}

async function sendAll(socket: UnixSocket, messages: Sent[], sizes: number[], files: number[]): Promise<void> {
  let position = 0;
  const sends: Promise<void>[] = [];
  for (const group of split(messages, sizes)) {
    const outgoing = group.map(({ size, files: indices }) => {
      const data = bytesFrom(position, size);
      position += size;
      return { data, descriptors: indices.map(index => files[index] ?? -1) };
    });
    const [only] = outgoing;
    sends.push(outgoing.length === 1 && only !== undefined ? socket.send(only.data, only) : socket.sendMany(outgoing));
  }
  await Promise.all(sends);
  socket.end();
}

/** Where in the stream each descriptor may be seen at the latest: with the first byte of its message. */
function deadlines(messages: Sent[], identities: string[]): { identity: string; first: number }[] {
  let position = 0;
  return messages.flatMap(({ size, files }) => {
    const first = position;
    position += size;
    return files.map(index => ({ identity: identities[index] ?? '', first }));
  });
}

test('over a stream, whatever the sizes, groups and reads: every byte and every descriptor once, in order, none late', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 40 }), groups, appetites, (messages, sizes, reads) =>
      expectLevelDescriptors(async () => {
        const files = distinctFiles(FILES);
        const expected = deadlines(messages, files.map(identity));
        const [here, there] = socketPair();
        const sending = sendAll(here, messages, sizes, files);
        let position = 0;
        let seen = 0;
        for (let turn = 0; ; turn++) {
          const batch = await there.receiveMany(reads[turn % reads.length]);
          if (batch.length === 0) break;
          for (const { data, descriptors } of batch) {
            expect(data.equals(bytesFrom(position, data.length))).toBe(true);
            const end = position + data.length;
            for (const descriptor of descriptors) {
              expect(identity(descriptor.fd)).toBe(expected[seen]?.identity);
              expect(expected[seen]?.first).toBeGreaterThanOrEqual(position);
              expect(expected[seen++]?.first).toBeLessThan(end);
              descriptor.close();
            }
            position = end;
          }
        }
        await sending;
        expect(position).toBe(messages.reduce((total, { size }) => total + size, 0));
        expect(seen).toBe(expected.length);
        here.destroy();
        for (const file of files) fs.closeSync(file);
      }),
    ),
    { numRuns: 60 },
  );
});

test('over a stream that is destroyed at any point, on either side: nothing stays open', async () => {
  const plan = fc.record({
    messages: fc.array(message, { minLength: 1, maxLength: 30 }),
    sizes: groups,
    receiveFirst: fc.nat(20),
    who: fc.constantFrom('sender', 'receiver', 'both'),
  });
  await fc.assert(
    fc.asyncProperty(plan, ({ messages, sizes, receiveFirst, who }) =>
      expectLevelDescriptors(async () => {
        const files = distinctFiles(FILES);
        const [here, there] = socketPair();
        for (const socket of [here, there]) socket.on('error', () => {});
        const sending = sendAll(here, messages, sizes, files).catch(() => {});
        for (let count = 0; count < receiveFirst; count++) {
          const received = await there.receive();
          if (received === undefined) break;
          received.close();
        }
        if (who !== 'receiver') here.destroy();
        if (who !== 'sender') there.destroy();
        if (who === 'receiver') await sending;
        here.destroy();
        there.destroy();
        await sending;
        for (const file of files) fs.closeSync(file);
      }),
    ),
    { numRuns: 60 },
  );
});

test.each([
  ['datagram', datagramPair],
  ['seqpacket', seqpacketPair],
] as const)(
  'over %s sockets, whatever the sizes and reads: every message whole, once, with its own descriptors',
  async (_kind, pair) => {
    const short = fc.record({ size: fc.integer({ min: 1, max: 9000 }), files: message.map(({ files }) => files) });
    await fc.assert(
      fc.asyncProperty(fc.array(short, { minLength: 1, maxLength: 40 }), groups, appetites, (messages, sizes, reads) =>
        expectLevelDescriptors(async () => {
          const files = distinctFiles(FILES);
          const identities = files.map(identity);
          const [here, there] = pair();
          const sends = [...split(messages, sizes)].map(group =>
            here.sendMany(
              group.map(({ size, files: indices }) => ({
                data: bytesFrom(size, size),
                descriptors: indices.map(index => files[index] ?? -1),
              })),
            ),
          );
          const received: { data: Buffer; descriptors: readonly OwnedDescriptor[] }[] = [];
          for (let turn = 0; received.length < messages.length; turn++) {
            received.push(...(await there.receiveMany(reads[turn % reads.length])));
          }
          await Promise.all(sends);
          received.forEach(({ data, descriptors }, index) => {
            const { size, files: indices } = messages[index] as Sent;
            expect(data.equals(bytesFrom(size, size))).toBe(true);
            expect(descriptors.map(({ fd }) => identity(fd))).toEqual(indices.map(file => identities[file]));
            for (const descriptor of descriptors) descriptor.close();
          });
          here.close();
          there.close();
          for (const file of files) fs.closeSync(file);
        }),
      ),
      { numRuns: 40 },
    );
  },
);
