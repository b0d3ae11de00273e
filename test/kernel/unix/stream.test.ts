import { once } from 'node:events';
import net from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { socketPair } from '../../../src/sockets/unix/socket-pair.js';
import { UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { expectLevelDescriptors, socketPath } from './support.js';

/** Bytes that tell their position. */
function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

/** All bytes to the end. (Iteration would destroy the socket then, and with it the other half.) */
async function collect(socket: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', chunk => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

describe('a stream', () => {
  test('carries bytes whole and in order, as any Duplex', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const sent = pattern(5_000_000);
      const received = collect(there);
      const closed = once(here, 'close');
      for (let at = 0; at < sent.length; at += 70_001) here.write(sent.subarray(at, at + 70_001));
      here.end();
      expect((await received).equals(sent)).toBe(true);
      await closed;
    }));

  test('says false when its buffer is full, and drains when the peer reads', async () => {
    const [here, there] = socketPair();
    let accepted = 0;
    while (here.write(Buffer.alloc(65_536))) accepted++;
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(100);
    there.resume();
    await once(here, 'drain');
    expect(here.writableLength).toBe(0);
    here.destroy();
    there.destroy();
  });

  test('does not read while nobody wants bytes: they wait in the kernel', async () => {
    const [here, there] = socketPair();
    there.on('data', () => {});
    there.pause();
    while (here.write(Buffer.alloc(65_536)));
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
    expect(here.writableNeedDrain).toBe(true);
    expect(there.readableLength).toBeLessThan(1_000_000);
    here.destroy();
    there.destroy();
  });

  test('half-closed, still carries the other way', async () => {
    const [here, there] = socketPair({ allowHalfOpen: true });
    here.end('question');
    const question = await collect(there);
    there.end(`answer to ${question}`);
    expect((await collect(here)).toString()).toBe('answer to question');
  });

  test('ends for who receives messages: undefined, then closed', async () => {
    const [here, there] = socketPair();
    await here.send('last');
    here.end();
    expect((await there.receive())?.data.toString()).toBe('last');
    const closed = once(there, 'close');
    expect(await there.receive()).toBeUndefined();
    expect(await there.receive()).toBeUndefined();
    await closed;
  });

  test('emits messages while somebody listens, holds them while it is paused', async () => {
    const [here, there] = socketPair();
    const seen: string[] = [];
    there.on('message', message => seen.push(message.data.toString()));
    await here.send('a');
    while (seen.length < 1) await once(there, 'message');
    there.pause();
    await here.send('b');
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
    expect(seen).toEqual(['a']);
    there.resume();
    while (seen.length < 2) await once(there, 'message');
    expect(seen).toEqual(['a', 'b']);
    here.destroy();
    there.destroy();
  });

  test('tells a writer that the peer has gone', async () => {
    const [here, there] = socketPair();
    there.destroy();
    const failed = once(here, 'error');
    await expect(here.send('x')).rejects.toMatchObject({ code: 'EPIPE', syscall: 'sendmsg' });
    expect((await failed)[0]).toMatchObject({ code: 'EPIPE' });
  });

  test('tells a reader that the peer went with bytes unread', async () => {
    const [here, there] = socketPair();
    await here.send('never read');
    there.destroy();
    here.on('error', () => {});
    await expect(here.receive()).rejects.toMatchObject({ code: 'ECONNRESET', syscall: 'recvmsg' });
    expect(here.destroyed).toBe(true);
  });

  test('destroyed, it ends who waits for a message', async () => {
    const [here, there] = socketPair();
    const waiting = there.receive();
    there.destroy();
    expect(await waiting).toBeUndefined();
    here.destroy();
  });

  test('detached, its descriptor goes on elsewhere', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const again = new UnixSocket(there.detach());
      await here.send('hello');
      expect((await again.receive())?.data.toString()).toBe('hello');
      expect(there.destroyed).toBe(true);
      here.destroy();
      again.destroy();
    }));

  test('unref() lets the process end, ref() keeps it', async () => {
    const [here, there] = socketPair();
    const waiting = there.unref().receive();
    there.ref();
    await here.send('x');
    expect((await waiting)?.data.toString()).toBe('x');
    here.destroy();
    there.destroy();
  });

  test('pipes both ways through a server', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const server = await UnixServer.listen(path);
      server.on('connection', (socket: UnixSocket) => void pipeline(socket, socket).catch(() => {}));
      const client = await UnixSocket.connect(path, { allowHalfOpen: true });
      const sent = pattern(1_000_000);
      const echoed = collect(client);
      client.end(sent);
      expect((await echoed).equals(sent)).toBe(true);
      server.close();
      await once(server, 'close');
    }));

  test("talks to Node's own net over the same path, either side", () =>
    expectLevelDescriptors(async () => {
      const ours = socketPath();
      const server = await UnixServer.listen(ours);
      const nodeClient = net.connect(ours);
      const accepted = await server.accept();
      nodeClient.write('from net');
      expect((await accepted?.receive())?.data.toString()).toBe('from net');
      await accepted?.send('to net');
      expect(String((await once(nodeClient, 'data'))[0])).toBe('to net');
      accepted?.destroy();
      nodeClient.destroy();
      server.close();

      const theirs = socketPath();
      const nodeServer = net.createServer(socket => socket.end('welcome')).listen(theirs);
      await once(nodeServer, 'listening');
      const client = await UnixSocket.connect(theirs);
      expect((await collect(client)).toString()).toBe('welcome');
      await new Promise(done => nodeServer.close(done));
    }));
});
