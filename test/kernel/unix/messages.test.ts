import { once } from 'node:events';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { connectDescriptor } from '../../../src/sockets/unix/connecting.js';
import { UnixDatagramSocket } from '../../../src/sockets/unix/datagram-socket.js';
import { UnixSeqpacketSocket } from '../../../src/sockets/unix/seqpacket-socket.js';
import { datagramPair, seqpacketPair } from '../../../src/sockets/unix/socket-pair.js';
import type { UnixMessage } from '../../../src/sockets/unix/unix-message.js';
import { UnixSeqpacketServer } from '../../../src/sockets/unix/unix-server.js';
import { expectLevelDescriptors, fileWith, identity, socketPath } from './support.js';

describe.each([
  ['datagram', datagramPair],
  ['seqpacket', seqpacketPair],
] as const)('%s sockets', (_kind, pair) => {
  test('keep the boundaries of messages and give each its own descriptors', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pair();
      using one = fileWith('1');
      using two = fileWith('2');
      await here.sendMany([
        { data: 'a', descriptors: [one] },
        { data: 'bb' },
        { data: 'ccc', descriptors: [two, one] },
        { data: Buffer.alloc(100_000, 1) },
      ]);
      const messages: UnixMessage[] = [];
      while (messages.length < 4) messages.push(...(await there.receiveMany()));
      expect(messages.map(({ data }) => data.length)).toEqual([1, 2, 3, 100_000]);
      expect(messages.map(({ descriptors }) => descriptors.map(({ fd }) => identity(fd)))).toEqual([
        [identity(one.fd)],
        [],
        [identity(two.fd), identity(one.fd)],
        [],
      ]);
      for (const message of messages) message.close();
      here.close();
      there.close();
    }));

  test('wait while the receiver does not read, and lose nothing', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pair();
      using file = fileWith('x');
      const count = 2000;
      const sends = Array.from({ length: count }, (_, index) =>
        here.send(`message ${index}`, { descriptors: index % 3 === 0 ? [file] : [] }),
      );
      for (let index = 0; index < count; index++) {
        using message = await there.receive();
        expect(message?.data.toString()).toBe(`message ${index}`);
        expect(message?.descriptors.length).toBe(index % 3 === 0 ? 1 : 0);
      }
      await Promise.all(sends);
      here.close();
      there.close();
    }));

  test('tell that a message was longer than what may be received', async () => {
    const [here, there] = pair({ maximumMessageSize: 10 });
    await here.send('0123456789abcdef');
    const message = await there.receive();
    expect(message?.data.toString()).toBe('0123456789');
    expect(message?.length).toBe(16);
    here.close();
    there.close();
  });

  test('refuse a message that no send buffer could hold, and go on', async () => {
    const [here, there] = pair();
    await expect(here.send(Buffer.alloc(10_000_000))).rejects.toMatchObject({ code: 'EMSGSIZE' });
    await here.send('small');
    expect((await there.receive())?.data.toString()).toBe('small');
    here.close();
    there.close();
  });

  test('give messages as events while somebody listens', async () => {
    const [here, there] = pair();
    const seen: string[] = [];
    there.on('message', (message: UnixMessage) => seen.push(message.data.toString()));
    await here.sendMany(['a', 'b', 'c'].map(data => ({ data })));
    while (seen.length < 3) await once(there, 'message');
    expect(seen).toEqual(['a', 'b', 'c']);
    here.close();
    there.close();
  });

  test('end a wait with its signal, without losing the message that comes after', async () => {
    const [here, there] = pair();
    const controller = new AbortController();
    const waiting = there.receive({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await here.send('later');
    expect((await there.receive())?.data.toString()).toBe('later');
    here.close();
    there.close();
  });

  test('closed, they end who waits and refuse to send', async () => {
    const [here, there] = pair();
    const waiting = there.receive();
    there.close();
    there.close();
    expect(await waiting).toBeUndefined();
    await expect(there.send('x')).rejects.toMatchObject({ code: 'DESCRIPTOR_CLOSED' });
    expect(there.descriptor).toBeUndefined();
    here.close();
  });
});

describe('datagram sockets with addresses', () => {
  test('answer to where a message came from, by path and by abstract name', async () => {
    const path = socketPath();
    const abstract = `\0subsocket-test-${process.pid}`;
    const server = await UnixDatagramSocket.open({ bind: path });
    const client = await UnixDatagramSocket.open({ bind: abstract, connect: path });
    await client.send('question');
    const question = await server.receive();
    expect(question?.from).toEqual({ family: 'unix', abstract: abstract.slice(1) });
    if (question?.from !== undefined) await server.send('answer', { to: question.from });
    const answer = await client.receive();
    expect(answer?.data.toString()).toBe('answer');
    expect(answer?.from).toEqual({ family: 'unix', path });
    client.close();
    server.close();
    expect(fs.existsSync(path)).toBe(false);
  });

  test('a receiver who does not read holds up nobody else', () =>
    expectLevelDescriptors(async () => {
      const [slowPath, quickPath] = [socketPath(), socketPath()];
      const slow = await UnixDatagramSocket.open({ bind: slowPath });
      const quick = await UnixDatagramSocket.open({ bind: quickPath });
      const sender = await UnixDatagramSocket.open();
      const toSlow = Array.from({ length: 200 }, (_, index) => sender.send(`slow ${index}`, { to: slowPath }));
      await sender.send('quick', { to: quickPath });
      expect((await quick.receive())?.data.toString()).toBe('quick');
      for (let index = 0; index < 200; index++) {
        expect((await slow.receive())?.data.toString()).toBe(`slow ${index}`);
      }
      await Promise.all(toSlow);
      for (const socket of [slow, quick, sender]) socket.close();
    }));

  test('messages without a byte arrive', async () => {
    const [here, there] = datagramPair();
    await here.sendMany([{ data: '' }, { data: 'x' }, { data: '' }]);
    const messages: UnixMessage[] = [];
    while (messages.length < 3) messages.push(...(await there.receiveMany()));
    expect(messages.map(({ data }) => data.length)).toEqual([0, 1, 0]);
    here.close();
    there.close();
  });

  test('a receiver that goes while messages wait for it fails them', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const receiver = await UnixDatagramSocket.open({ bind: path });
      const sender = await UnixDatagramSocket.open();
      using file = fileWith('x');
      const sends = Array.from({ length: 100 }, () => sender.send('x', { to: path, descriptors: [file] }));
      const outcomes = Promise.allSettled(sends);
      receiver.close();
      const rejected = (await outcomes).filter(({ status }) => status === 'rejected');
      expect(rejected.length).toBeGreaterThan(0);
      for (const { reason } of rejected as PromiseRejectedResult[]) expect(reason.code).toMatch(/ECONNREFUSED|ENOENT/);
      sender.close();
    }));

  test('a peer that connects to another with messages unread is told to who waits, and the socket goes on', async () => {
    const [here, there] = datagramPair();
    const path = socketPath();
    const other = await UnixDatagramSocket.open({ bind: path });
    await here.send('never read');
    const waiting = here.receive();
    connectDescriptor(there.descriptor ?? -1, path);
    await expect(waiting).rejects.toMatchObject({ code: 'ECONNRESET', syscall: 'recvmsg' });
    expect(here.closed).toBe(false);
    for (const socket of [here, there, other]) socket.close();
  });

  test('nobody there, a stream there, no address at all: each is told', async () => {
    const sender = await UnixDatagramSocket.open();
    await expect(sender.send('x', { to: socketPath() })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(sender.send('x')).rejects.toThrow(/ENOTCONN.*not connected; give an address/);
    const path = socketPath();
    const server = await UnixSeqpacketServer.listen(path);
    await expect(sender.send('x', { to: path })).rejects.toThrow(/EPROTOTYPE.*another type/);
    server.close();
    sender.close();
  });
});

describe('seqpacket connections', () => {
  test('are accepted, and tell the end', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const server = await UnixSeqpacketServer.listen(path);
      const client = await UnixSeqpacketSocket.connect(path);
      const accepted = await server.accept();
      if (accepted === undefined) throw new Error('nobody was accepted');
      await client.sendMany([{ data: 'one' }, { data: 'two' }]);
      client.close();
      const seen: string[] = [];
      for await (const message of accepted.messages()) seen.push(message.data.toString());
      expect(seen).toEqual(['one', 'two']);
      expect(accepted.closed).toBe(true);
      server.close();
    }));

  test('refuse a message without a byte, which would look like the end', async () => {
    const [here, there] = seqpacketPair();
    await expect(here.send('')).rejects.toThrow(/at least one byte/);
    here.close();
    there.close();
  });

  test('sending to a peer that has gone rejects with EPIPE', async () => {
    const [here, there] = seqpacketPair();
    there.close();
    await expect(here.send('x')).rejects.toMatchObject({ code: 'EPIPE' });
    here.close();
  });
});
