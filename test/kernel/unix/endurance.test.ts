import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { setOption } from '../../../src/io/option.js';
import { socketPair } from '../../../src/sockets/unix/socket-pair.js';
import type { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { expectLevelDescriptors, fileWith } from './support.js';

const script = fileURLToPath(new URL('children/receiver.mjs', import.meta.url));

interface Receiver {
  socket: UnixSocket;
  child: ChildProcess;
  output: () => string;
}

/** A process that receives what `socket` sends, `each` descriptors a message, under the limit of open descriptors. */
async function startReceiver(each: number, limit?: number): Promise<Receiver> {
  const [socket, theirs] = socketPair();
  // Some thousands on their way at a time, rather than some hundreds: on a machine with much else to do, each turn has to wait.
  // Not more for larger messages: an ordinary user may have no more on their way than may be open (RLIMIT_NOFILE).
  setOption(socket, 'SO_SNDBUF', Math.floor(4_000_000 / each));
  using end = theirs.detach();
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit', end.fd] });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', part => {
    text += part;
  });
  while (!text.startsWith('ready')) await new Promise(resolve => setImmediate(resolve));
  if (limit !== undefined) {
    await once(spawn('prlimit', ['--pid', String(child.pid), `--nofile=${limit}:${limit}`]), 'exit');
  }
  return { socket, child, output: () => text };
}

async function passAll(receiver: Receiver, total: number, each: number): Promise<unknown> {
  using file = fileWith('passed');
  const message = { data: 'x', descriptors: Array(each).fill(file) };
  for (let sent = 0; sent < total; sent += 64 * each) {
    const count = Math.min(64, (total - sent) / each);
    await receiver.socket.sendMany(Array(count).fill(message));
  }
  const exited = once(receiver.child, 'close');
  receiver.socket.end();
  await exited;
  receiver.socket.destroy();
  return JSON.parse(receiver.output().split('\n')[1] ?? '');
}

test(
  'a million descriptors pass to another process, and both tables stay level',
  () =>
    expectLevelDescriptors(async () => {
      expect(await passAll(await startReceiver(1), 1_000_000, 1)).toEqual({ count: 1_000_000, level: true });
    }),
  240_000,
);

test('a hundred thousand pass to a process that may open no more than a few hundred', () =>
  expectLevelDescriptors(async () => {
    expect(await passAll(await startReceiver(2, 200), 102_400, 2)).toEqual({ count: 102_400, level: true });
  }));

test('receivers that are killed in the middle leave nothing open here, and sends say so', () =>
  expectLevelDescriptors(async () => {
    using file = fileWith('passed');
    const message = { data: 'x', descriptors: [file, file, file] };
    for (let round = 0; round < 8; round++) {
      const receiver = await startReceiver(3);
      receiver.socket.on('error', () => {});
      let batches = 0;
      const died = once(receiver.child, 'exit');
      let failure: unknown;
      while (failure === undefined) {
        await receiver.socket.sendMany(Array(64).fill(message)).catch(error => {
          failure = error;
        });
        if (++batches === round * 7 + 1) receiver.child.kill('SIGKILL');
      }
      expect(failure).toMatchObject({ code: expect.stringMatching(/EPIPE|ECONNRESET/) });
      await died;
      receiver.socket.destroy();
    }
  }));
