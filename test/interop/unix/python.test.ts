import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';
import { datagramPair, seqpacketPair, socketPair } from '../../../src/sockets/unix/socket-pair.js';
import type { UnixMessage } from '../../../src/sockets/unix/unix-message.js';
import { expectLevelDescriptors } from '../../kernel/unix/support.js';

const program = fileURLToPath(new URL('programs/peer.py', import.meta.url));

type Kind = 'stream' | 'datagram' | 'seqpacket';

/** Python with the socket as descriptor 3; what it prints. */
async function python(end: OwnedDescriptor, kind: Kind, ...args: string[]): Promise<unknown> {
  const child = spawn('python3', [program, kind, ...args], { stdio: ['ignore', 'pipe', 'inherit', end.fd] });
  end.close();
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', part => {
    text += part;
  });
  await once(child, 'close');
  return JSON.parse(text);
}

/** Writes into each descriptor and closes it. */
function answer(descriptors: readonly OwnedDescriptor[], text: string): void {
  descriptors.forEach((descriptor, index) => {
    fs.writeSync(descriptor.fd, `${text} ${index}`);
    descriptor.close();
  });
}

/** Ends of pipes: what is written into the descriptors that are sent comes out of `read`. */
function pipes(count: number): { writes: number[]; read(): string[] } {
  const files = Array.from({ length: count }, (_, index) => {
    const path = `/tmp/subsocket-python-${process.pid}-${index}`;
    const descriptor = fs.openSync(path, 'w+');
    fs.unlinkSync(path);
    return descriptor;
  });
  const read = () =>
    files.map(descriptor => {
      const bytes = Buffer.alloc(100);
      const length = fs.readSync(descriptor, bytes, 0, 100, 0);
      fs.closeSync(descriptor);
      return bytes.toString('utf8', 0, length);
    });
  return { writes: files, read };
}

const pairs = { stream: socketPair, datagram: datagramPair, seqpacket: seqpacketPair };
const close = (socket: { destroy(): void } | { close(): void }) =>
  'destroy' in socket ? socket.destroy() : socket.close();

describe.each(['stream', 'datagram', 'seqpacket'] as const)('Python over a %s socket', kind => {
  test.each([1, 5, 253])('send_fds of %i descriptors is received', count =>
    expectLevelDescriptors(async () => {
      const [here, there] = pairs[kind]();
      const printed = python(there.detach(), kind, 'send', String(count));
      const message = (await here.receive()) as UnixMessage;
      expect(message.data.toString()).toBe('take these');
      expect(message.descriptors).toHaveLength(count);
      answer(message.descriptors, 'node');
      expect(await printed).toEqual(Array.from({ length: count }, (_, index) => `node ${index}`));
      close(here);
    }),
  );

  test('two SCM_RIGHTS in one message come as one list', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pairs[kind]();
      const printed = python(there.detach(), kind, 'send_two_messages_of_control', '2', '3');
      const message = (await here.receive()) as UnixMessage;
      answer(message.descriptors, 'both');
      expect(await printed).toEqual(['both 0', 'both 1', 'both 2', 'both 3', 'both 4']);
      close(here);
    }));

  test('recv_fds gets what is sent, in order', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pairs[kind]();
      const { writes, read } = pipes(7);
      const printed = python(there.detach(), kind, 'receive', '10', '2');
      await here.send('four', { descriptors: writes.slice(0, 4) });
      await here.send('three', { descriptors: writes.slice(4) });
      expect(await printed).toEqual([
        ['four', 4, false],
        ['three', 3, false],
      ]);
      expect(read()).toEqual([0, 1, 2, 3, 0, 1, 2].map(index => `python ${index}`));
      close(here);
    }));

  test('recv_fds with room for fewer: Python sees MSG_CTRUNC, and nothing stays open here', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pairs[kind]();
      const { writes, read } = pipes(5);
      const printed = python(there.detach(), kind, 'receive', '2');
      await here.send('five', { descriptors: writes });
      // Python asks for CMSG_LEN(2 ints), which the kernel rounds up to a whole word.
      expect(await printed).toEqual([['five', 2, true]]);
      expect(read()).toEqual(['python 0', 'python 1', '', '', '']);
      close(here);
    }));

  test('recvmsg without room for control data loses the descriptors and says so', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pairs[kind]();
      const { writes, read } = pipes(1);
      const printed = python(there.detach(), kind, 'receive_without_control');
      await here.send('one', { descriptors: writes });
      expect(await printed).toEqual(['one', true]);
      expect(read()).toEqual(['']);
      close(here);
    }));
});

test('plain bytes and messages with a descriptor, in turns on a stream, keep their order', () =>
  expectLevelDescriptors(async () => {
    const [here, there] = socketPair();
    const count = 100;
    const printed = python(there.detach(), 'stream', 'send_in_turns', String(count));
    let text = '';
    let seen = 0;
    for (let batch = await here.receiveMany(7); batch.length > 0; batch = await here.receiveMany(7)) {
      for (const { data, descriptors } of batch) {
        text += data.toString();
        for (const descriptor of descriptors) {
          expect(text).toContain(`with ${seen};`);
          expect(text).not.toContain(`with ${seen + 1};`);
          fs.writeSync(descriptor.fd, `pass ${seen++}`);
          descriptor.close();
        }
      }
    }
    expect(text).toBe(Array.from({ length: count }, (_, index) => `plain ${index};with ${index};`).join(''));
    expect(await printed).toEqual(Array.from({ length: count }, (_, index) => `pass ${index}`));
    here.destroy();
  }));

test('a seqpacket message without a byte is not taken for the end', async () => {
  const [here, there] = seqpacketPair();
  const printed = python(there.detach(), 'seqpacket', 'empty_then_last');
  const seen: string[] = [];
  for await (const message of here.messages()) seen.push(message.data.toString());
  expect(seen).toEqual(['', 'last']);
  expect(await printed).toBe('sent');
});
