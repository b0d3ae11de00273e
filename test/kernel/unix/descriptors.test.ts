import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { UnixDatagramSocket } from '../../../src/sockets/unix/datagram-socket.js';
import { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';
import { datagramPair, socketPair } from '../../../src/sockets/unix/socket-pair.js';
import type { UnixMessage } from '../../../src/sockets/unix/unix-message.js';
import { UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { expectLevelDescriptors, fileWith, identity, openDescriptors } from './support.js';

async function received(socket: UnixSocket): Promise<UnixMessage> {
  const message = await socket.receive();
  if (message === undefined) throw new Error('the stream has ended');
  return message;
}

describe('descriptors over a stream', () => {
  test('arrive in order, with their data, as descriptors of the same files', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const files = ['a', 'b', 'c'].map(fileWith);
      await here.send('three', { descriptors: files });
      const message = await received(there);
      expect(message.data.toString()).toBe('three');
      expect(message.descriptors.map(({ fd }) => identity(fd))).toEqual(files.map(({ fd }) => identity(fd)));
      expect(message.descriptors.map(({ fd }) => fs.readFileSync(fd, 'utf8'))).toEqual(['a', 'b', 'c']);
      message.close();
      for (const file of files) file.close();
      here.destroy();
      there.destroy();
    }));

  test('253 go in one message, 254 are refused by name before any call', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      using file = fileWith('many');
      await expect(here.send('x', { descriptors: Array(254).fill(file) })).rejects.toThrow(
        'descriptors is 254; allowed: at most 253 in one message',
      );
      await here.send('x', { descriptors: Array(253).fill(file) });
      using message = await received(there);
      expect(message.descriptors).toHaveLength(253);
      here.destroy();
      there.destroy();
    }));

  test('may be closed by the sender as soon as send() has returned, though the message must wait', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      here.write(Buffer.alloc(1 << 20));
      expect(here.writableLength).toBeGreaterThan(0);
      const file = fileWith('kept');
      const sent = here.send('late', { descriptors: [file] });
      file.close();
      using _reused = fileWith('somebody else');
      let bytes = 0;
      let last: UnixMessage | undefined;
      while (bytes < (1 << 20) + 4) {
        last = await received(there);
        bytes += last.data.length;
      }
      await sent;
      expect(last?.descriptors.map(({ fd }) => fs.readFileSync(fd, 'utf8'))).toEqual(['kept']);
      last?.close();
      here.destroy();
      there.destroy();
    }));

  test('go once, with the first byte, where a long message is taken in parts', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      using file = fileWith('once');
      const size = 3_000_000;
      const sent = here.send(Buffer.alloc(size, 7), { descriptors: [file] });
      const first = await received(there);
      expect(first.descriptors).toHaveLength(1);
      first.close();
      let bytes = first.data.length;
      while (bytes < size) {
        const part = await received(there);
        expect(part.descriptors).toHaveLength(0);
        bytes += part.data.length;
      }
      await sent;
      here.destroy();
      there.destroy();
    }));

  test('are taken from every kind of object that has one', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const server = net.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
      const [accepted] = (await once(server, 'connection')) as [net.Socket];
      const udp = dgram.createSocket('udp4').bind(0, '127.0.0.1');
      await once(udp, 'listening');
      const handle = await fs.promises.open('/dev/null', 'r');
      const [ours, theirs] = socketPair();
      using owned = fileWith('owned');
      const sources = [0, handle, accepted, server, udp, ours, owned];
      await here.send('x', { descriptors: sources });
      using message = await received(there);
      expect(message.descriptors).toHaveLength(sources.length);
      expect(identity(message.descriptors[1]?.fd ?? -1)).toBe(identity(handle.fd));
      expect(identity(message.descriptors[5]?.fd ?? -1)).toBe(identity(ours.descriptor ?? -1));
      for (const socket of [client, accepted, ours, theirs, here, there]) socket.destroy();
      await Promise.all([handle.close(), new Promise(done => udp.close(() => done(null)))]);
      await new Promise(done => server.close(done));
    }));

  test('close on exec: a program started later does not have them', async () => {
    const [here, there] = socketPair();
    using file = fileWith('secret');
    await here.send('x', { descriptors: [file] });
    using message = await received(there);
    const flags = fs.readFileSync(`/proc/self/fdinfo/${message.descriptors[0]?.fd}`, 'utf8');
    expect(Number.parseInt(/flags:\s*(\d+)/.exec(flags)?.[1] ?? '', 8) & 0o2000000).not.toBe(0);
    here.destroy();
    there.destroy();
  });

  test('that were queued and never read are closed with the socket', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      using file = fileWith('unread');
      await here.sendMany(Array.from({ length: 100 }, () => ({ data: 'x', descriptors: [file, file] })));
      const messages = await there.receiveMany(4);
      expect(messages).toHaveLength(4);
      for (const message of messages) message.close();
      there.destroy();
      here.destroy();
    }));

  test('that wait to be sent are closed with the socket, and their sends reject', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      using file = fileWith('unsent');
      here.on('error', () => {});
      const sends = Array.from({ length: 500 }, () => here.send(Buffer.alloc(4096), { descriptors: [file] }));
      const settled = Promise.allSettled(sends);
      here.destroy();
      const outcomes = await settled;
      expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
      there.destroy();
    }));

  test('come before the bytes they belong to where the socket is read as bytes, and are closed where nobody listens', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      using file = fileWith('x');
      const events: string[] = [];
      there.on('data', data => events.push(`data ${data}`));
      await here.send('unheard', { descriptors: [file] });
      while (events.length < 1) await once(there, 'data');
      there.once('descriptors', (descriptors: OwnedDescriptor[]) => {
        events.push(`descriptors ${descriptors.length}`);
        for (const descriptor of descriptors) descriptor.close();
      });
      await here.send('heard', { descriptors: [file] });
      while (events.length < 3) await once(there, 'data');
      expect(events).toEqual(['data unheard', 'descriptors 1', 'data heard']);
      here.destroy();
      there.destroy();
    }));

  test('a zero-length send with descriptors is refused, because the kernel would drop them', async () => {
    const [here, there] = socketPair();
    await expect(here.send('', { descriptors: [0] })).rejects.toThrow(/at least one byte/);
    here.destroy();
    there.destroy();
  });

  test('a number that is no descriptor fails alone, and the stream goes on', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const closed = fileWith('gone');
      const number = closed.fd;
      closed.close();
      await expect(here.send('x', { descriptors: [number] })).rejects.toMatchObject({
        code: 'EBADF',
        syscall: 'sendmsg',
      });
      await expect(here.send('x', { descriptors: [-1] })).rejects.toThrow(/-1 is no descriptor/);
      await expect(here.send('x', { descriptors: [closed] })).rejects.toThrow(/closed or released/);
      await here.send('fine');
      expect((await received(there)).data.toString()).toBe('fine');
      here.destroy();
      there.destroy();
    }));

  test('one bad message of many fails; the others are sent, in order', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      using file = fileWith('ok');
      const good = (data: string) => ({ data, descriptors: [file] });
      const sent = here.sendMany([good('a'), { data: 'b', descriptors: [99_999] }, good('c')]);
      await expect(sent).rejects.toMatchObject({ code: 'EBADF' });
      const messages = [await received(there), await received(there)];
      expect(messages.map(({ data }) => data.toString())).toEqual(['a', 'c']);
      for (const message of messages) message.close();
      here.destroy();
      there.destroy();
    }));
});

describe('an owned descriptor', () => {
  test('closes once, and what it named is open no more', () => {
    const file = fileWith('x');
    const { fd } = file;
    file.close();
    file.close();
    expect(file.closed).toBe(true);
    expect(openDescriptors().has(fd)).toBe(false);
    expect(() => file.fd).toThrow(/closed or released/);
  });

  test('released, it is left to who has the number', () => {
    const file = fileWith('x');
    const number = file.release();
    expect(file.closed).toBe(true);
    expect(fs.readFileSync(number, 'utf8')).toBe('x');
    fs.closeSync(number);
  });

  test('adopting a number that is not open is refused', () => {
    expect(() => OwnedDescriptor.adopt(99_999)).toThrow(/EBADF/);
  });

  test('becomes a net.Socket that talks to the peer', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const [one, other] = socketPair();
      await here.send('x', { descriptors: [one] });
      one.destroy();
      const message = await received(there);
      const socket = message.descriptors[0]?.toSocket();
      if (socket === undefined) throw new Error('no descriptor came');
      expect(socket).toBeInstanceOf(net.Socket);
      socket.write('ping');
      expect((await received(other)).data.toString()).toBe('ping');
      other.write('pong');
      expect(String((await once(socket, 'data'))[0])).toBe('pong');
      const closed = once(socket, 'close');
      for (const end of [socket, other, here, there]) end.destroy();
      await closed;
    }));

  test('of a pipe becomes a net.Socket: what a program prints is read by whom the pipe was passed to', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const child = spawn('sh', ['-c', 'read line; echo "it read $line"'], { stdio: ['pipe', 'pipe', 'inherit'] });
      await here.send('both ends', { descriptors: [child.stdin, child.stdout] as net.Socket[] });
      child.stdin.destroy();
      child.stdout.destroy();
      const [input, output] = (await received(there)).descriptors.map(descriptor => descriptor.toSocket());
      input?.end('a line\n');
      expect(String((await once(output as net.Socket, 'data'))[0])).toBe('it read a line\n');
      const closed = Promise.all([once(output as net.Socket, 'close'), once(child, 'exit')]);
      for (const end of [output, input, here, there]) end?.destroy();
      await closed;
    }));

  test('becomes a net.Server that accepts', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const original = net.createServer().listen(0, '127.0.0.1');
      await once(original, 'listening');
      const { port } = original.address() as net.AddressInfo;
      await here.send('x', { descriptors: [original] });
      await new Promise(done => original.close(done));
      const server = await (await received(there)).descriptors[0]?.toServer();
      if (server === undefined) throw new Error('no descriptor came');
      expect((server.address() as net.AddressInfo).port).toBe(port);
      const client = net.connect(port, '127.0.0.1');
      const [accepted] = (await once(server, 'connection')) as [net.Socket];
      for (const end of [client, accepted, here, there]) end.destroy();
      await new Promise(done => server.close(done));
    }));

  test('becomes a dgram.Socket that receives', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const original = dgram.createSocket('udp6').bind(0, '::1');
      await once(original, 'listening');
      const { port } = original.address();
      await here.send('x', { descriptors: [original] });
      await new Promise(done => original.close(() => done(null)));
      const socket = await (await received(there)).descriptors[0]?.toDatagram();
      if (socket === undefined) throw new Error('no descriptor came');
      const sender = dgram.createSocket('udp6');
      sender.send('hello', port, '::1');
      expect(String((await once(socket, 'message'))[0])).toBe('hello');
      await Promise.all([socket, sender].map(end => new Promise(done => end.close(() => done(null)))));
      here.destroy();
      there.destroy();
    }));

  test('becomes a FileHandle of the same open file description: the offset is shared', () =>
    expectLevelDescriptors(async () => {
      const file = fileWith('0123456789');
      using copy = file.duplicate();
      const handle = await file.toFileHandle();
      const { buffer } = await handle.read(Buffer.alloc(4), 0, 4);
      expect(buffer.toString()).toBe('0123');
      const rest = Buffer.alloc(6);
      fs.readSync(copy.fd, rest);
      expect(rest.toString()).toBe('456789');
      await handle.close();
    }));

  test('closed while it becomes a FileHandle, it leaves nothing open', () =>
    expectLevelDescriptors(async () => {
      const file = fileWith('x');
      const becoming = file.toFileHandle();
      file.close();
      await expect(becoming).rejects.toMatchObject({ code: 'EBADF' });
    }));

  test('refuses to become what it is not, and says what it is', async () => {
    using file = fileWith('x');
    await expect(file.toServer()).rejects.toMatchObject({ code: 'DESCRIPTOR_KIND' });
    const [one, other] = socketPair();
    using descriptor = one.detach();
    await expect(descriptor.toServer()).rejects.toThrow(/is a Unix-domain stream socket/);
    await expect(descriptor.toDatagram()).rejects.toThrow(/is a Unix-domain stream socket/);
    other.destroy();
  });
});

describe('an owned descriptor given to a socket of this package', () => {
  test("is that socket's from then on, whatever becomes of the message that brought it", () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      const [one, other] = socketPair();
      const [two, another] = datagramPair();
      const listening = (await UnixServer.listen(`\0subsocket-owned-${process.pid}`)).detach();
      await here.send('x', { descriptors: [one, two, listening] });
      for (const end of [one, listening]) 'destroy' in end ? end.destroy() : end.close();
      two.close();
      const message = await received(there);
      const [streamEnd, datagramEnd, listener] = message.descriptors as OwnedDescriptor[];
      const stream = new UnixSocket(streamEnd as OwnedDescriptor);
      const datagram = new UnixDatagramSocket(datagramEnd as OwnedDescriptor);
      const server = new UnixServer(listener as OwnedDescriptor);
      expect(message.descriptors.every(({ closed }) => closed)).toBe(true);
      message.close();
      await stream.send('over the stream');
      expect((await received(other)).data.toString()).toBe('over the stream');
      await datagram.send('over datagrams');
      expect(String((await another.receive())?.data)).toBe('over datagrams');
      const client = await UnixSocket.connect(`\0subsocket-owned-${process.pid}`);
      (await server.accept())?.destroy();
      for (const end of [client, stream, other, here, there]) end.destroy();
      for (const end of [server, datagram, another]) end.close();
    }));

  test('that refuses it stays with its owner', () =>
    expectLevelDescriptors(() => {
      using file = fileWith('x');
      expect(() => new UnixSocket(file)).toThrow(/no socket/);
      expect(file.closed).toBe(false);
    }));
});
