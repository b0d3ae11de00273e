import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { native } from '../../../src/io/native.js';
import { getOption } from '../../../src/io/option.js';
import { peerCredentials, peerPidfd } from '../../../src/sockets/unix/peer-credentials.js';
import { UnixSeqpacketSocket } from '../../../src/sockets/unix/seqpacket-socket.js';
import { NAME_BYTES } from '../../../src/sockets/unix/shared-batch.js';
import { datagramPair, seqpacketPair, socketPair } from '../../../src/sockets/unix/socket-pair.js';
import { UnixBatch } from '../../../src/sockets/unix/unix-batch.js';
import { UnixSeqpacketServer, UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { describeNeeding, lackOf } from '../../support/lab/index.js';
import { expectLevelDescriptors, socketPath } from './support.js';

const self = { pid: process.pid, uid: process.geteuid?.() ?? -1, gid: process.getegid?.() ?? -1 };

const close = (socket: { destroy(): void } | { close(): void }) =>
  'destroy' in socket ? socket.destroy() : socket.close();

describe('credentials of a peer', () => {
  test('name the process that made a pair', () => {
    const [here, there] = socketPair();
    expect(peerCredentials(here)).toMatchObject(self);
    const groups = /^Groups:(.*)$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
    expect(peerCredentials(here).groups.join(' ')).toBe(groups.trim());
    here.destroy();
    there.destroy();
  });

  test("name the client of a server, and are had from Node's own sockets too", async () => {
    const path = socketPath();
    const server = net.createServer().listen(path);
    await once(server, 'listening');
    const program = 'import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.recv(1)';
    const child = spawn('python3', ['-c', program, path]);
    const [socket] = (await once(server, 'connection')) as [net.Socket];
    expect(peerCredentials(socket)).toMatchObject({ ...self, pid: child.pid });
    using pidfd = peerPidfd(socket);
    expect(fs.readFileSync(`/proc/self/fdinfo/${pidfd.fd}`, 'utf8')).toMatch(new RegExp(`^Pid:\\s*${child.pid}$`, 'm'));
    socket.end('x');
    await once(child, 'exit');
    await new Promise(done => server.close(done));
  });

  test('are refused for what has no peer that the kernel could vouch for', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    expect(() => peerCredentials(client)).toThrow(/SO_PEERCRED/);
    client.destroy();
    expect(() => peerCredentials(client)).toThrow(/closed/);
    await new Promise(done => server.close(done));
  });
});

describe.each([
  ['stream', socketPair],
  ['datagram', datagramPair],
  ['seqpacket', seqpacketPair],
] as const)('credentials with each message of a %s', (_kind, pair) => {
  test('are those of the sender, where the receiver asks', async () => {
    const [here, there] = pair({ credentials: true });
    await here.send('x');
    expect((await there.receive())?.credentials).toEqual(self);
    close(here);
    close(there);
  });

  test('are not told where nobody asks', async () => {
    const [here, there] = pair();
    await here.send('x');
    expect((await there.receive())?.credentials).toBeUndefined();
    close(here);
    close(there);
  });

  const sendAndReceive = (credentials: typeof self) =>
    expectLevelDescriptors(async () => {
      const [here, there] = pair({ credentials: true });
      await here.send('x', { credentials, descriptors: [0, 1] });
      const message = await there.receive();
      expect(message?.credentials).toEqual(credentials);
      expect(message?.descriptors).toHaveLength(2);
      message?.close();
      close(here);
      close(there);
    });

  test('can be sent, with descriptors beside them', () => sendAndReceive(self));

  describeNeeding('otherUsers', 'from root', () => {
    test('may be those of any user and group', () => sendAndReceive({ ...self, uid: 12_345, gid: 54_321 }));
  });

  test('of a process that is not there are refused, and the socket goes on', async () => {
    const [here, there] = pair({ credentials: true });
    // The kernel looks for it only for somebody who may name other processes than its own (unix(7)).
    const code = lackOf('realRoot') === undefined ? 'ESRCH' : 'EPERM';
    await expect(here.send('x', { credentials: { ...self, pid: 2 ** 31 - 2 } })).rejects.toMatchObject({ code });
    await here.send('y');
    expect((await there.receive())?.data.toString()).toBe('y');
    close(here);
    close(there);
  });

  test('come as a pidfd in a batch, which closes those that nobody took', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = seqpacketPair({ pidfds: true });
      using batch = new UnixBatch();
      for (let round = 0; round < 3; round++) {
        await here.send('x');
        await there.receiveBatch(batch);
        expect(batch.descriptors(0)).toEqual([]);
      }
      const pidfd = batch.pidfd(0);
      expect(fs.readFileSync(`/proc/self/fdinfo/${pidfd?.fd}`, 'utf8')).toContain(`Pid:\t${process.pid}`);
      expect(batch.pidfd(0)).toBeUndefined();
      pidfd?.close();
      batch.clear();
      close(here);
      close(there);
    }));

  test('come as a pidfd, which is closed with the message', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pair({ pidfds: true });
      await here.send('x');
      const message = await there.receive();
      expect(fs.readFileSync(`/proc/self/fdinfo/${message?.pidfd?.fd}`, 'utf8')).toContain(`Pid:\t${process.pid}`);
      message?.close();
      expect(message?.pidfd?.closed).toBe(true);
      close(here);
      close(there);
    }));
});

test.each([
  ['stream', UnixServer, UnixSocket],
  ['seqpacket', UnixSeqpacketServer, UnixSeqpacketSocket],
] as const)(
  'a %s connection inherits what comes beside messages: the first could come too early',
  async (_kind, server, client) => {
    const path = socketPath();
    using listening = await server.listen(path, { credentials: true, pidfds: true });
    const connecting = await client.connect(path);
    const accepted = native().accept(Number(listening.descriptor), new Uint8Array(NAME_BYTES), new Uint32Array(1));
    expect([getOption(accepted, 'SO_PASSCRED'), getOption(accepted, 'SO_PASSPIDFD')]).toEqual([true, true]);
    native().close(accepted);
    close(connecting);
  },
);

test('messages of different senders on one stream are never glued together where credentials are told', async () => {
  const path = socketPath();
  const server = await UnixServer.listen(path, { credentials: true });
  const program = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
s.send(b'parent')
if os.fork() == 0:
    s.send(b'child')
    os._exit(0)
os.wait()
s.send(b'parent again')
`;
  const child = spawn('python3', ['-c', program, path]);
  // Everything was sent before the connection is accepted.
  await once(child, 'exit');
  const socket = await server.accept();
  const seen: [string, boolean][] = [];
  for await (const message of socket?.messages() ?? []) {
    seen.push([message.data.toString(), message.credentials?.pid === child.pid]);
  }
  expect(seen).toEqual([
    ['parent', true],
    ['child', false],
    ['parent again', true],
  ]);
  server.close();
});
