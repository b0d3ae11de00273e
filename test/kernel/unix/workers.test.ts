import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { openDescriptors, socketPath } from './support.js';

const script = fileURLToPath(new URL('children/transferring-worker.mjs', import.meta.url));

/** Descriptors of this process; a worker's file (opened by Node's fs) is counted apart, because Node does not close that. */
function openSockets(): number {
  return [...openDescriptors().values()].filter(target => target.startsWith('socket:')).length;
}

function openNullDevices(): number {
  return [...openDescriptors().values()].filter(target => target === '/dev/null').length;
}

describe.each(['stream', 'datagram'])('a worker terminated while %s sockets transfer', kind => {
  test('leaves no descriptor open: neither sent, in flight, received nor held', async () => {
    const sockets = openSockets();
    const files = openNullDevices();
    const rounds = 12;
    for (let round = 0; round < rounds; round++) {
      const worker = new Worker(script, { workerData: { kind, path: socketPath() } });
      await once(worker, 'message');
      for (let turn = 0; turn < round; turn++) await new Promise(resolve => setImmediate(resolve));
      await worker.terminate();
    }
    expect(openSockets()).toBe(sockets);
    // The one that each worker opened itself is closed by Node with the worker's environment (trackUnmanagedFds).
    expect(openNullDevices()).toBe(files);
  });
});

test('a descriptor passes between threads, and the sender may end', async () => {
  const { UnixServer } = await import('../../../src/sockets/unix/unix-server.js');
  const path = socketPath();
  const server = await UnixServer.listen(path);
  const code = `
    const { workerData } = require('node:worker_threads');
    const { openSync } = require('node:fs');
    import(workerData.index).then(async ({ UnixSocket }) => {
      const socket = await UnixSocket.connect(workerData.path);
      await socket.send('from a worker', { descriptors: [openSync('/dev/null', 'r')] });
    });`;
  const index = new URL('../../../dist/index.js', import.meta.url).href;
  const worker = new Worker(code, { eval: true, workerData: { path, index } });
  const socket = await server.accept();
  const message = await socket?.receive();
  await worker.terminate();
  expect(message?.data.toString()).toBe('from a worker');
  expect(openDescriptors().get(message?.descriptors[0]?.fd ?? -1)).toBe('/dev/null');
  message?.close();
  socket?.destroy();
  server.close();
});
