import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { check } from '../../../src/io/errors.js';
import { native } from '../../../src/io/native.js';
import { encodeUnixAddress } from '../../../src/sockets/unix/address.js';
import { UnixDatagramSocket } from '../../../src/sockets/unix/datagram-socket.js';
import { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';
import { UnixSeqpacketSocket } from '../../../src/sockets/unix/seqpacket-socket.js';
import { UnixSeqpacketServer, UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { AS_NOBODY, describeNeeding } from '../../support/lab/index.js';
import { expectLevelDescriptors, scratch, socketPath } from './support.js';

/** A path at which a process listened that has gone. */
function stalePath(): string {
  const path = socketPath();
  const program = 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()';
  expect(spawnSync('python3', ['-c', program, path]).status).toBe(0);
  expect(fs.lstatSync(path).isSocket()).toBe(true);
  return path;
}

describe('a server', () => {
  test('accepts by await, by iteration and by event', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const server = await UnixServer.listen(path);
      const clients = await Promise.all([UnixSocket.connect(path), UnixSocket.connect(path), UnixSocket.connect(path)]);
      const accepted = [await server.accept()];
      for await (const socket of server) {
        accepted.push(socket);
        break;
      }
      const next = once(server, 'connection') as Promise<UnixSocket[]>;
      accepted.push((await next)[0]);
      for (const socket of [...clients, ...accepted]) socket?.destroy();
      server.close();
    }));

  test('listens at abstract names', async () => {
    const name = `\0subsocket-server-${process.pid}`;
    const server = await UnixServer.listen(name);
    expect(server.address).toEqual({ family: 'unix', abstract: name.slice(1) });
    const client = await UnixSocket.connect(name);
    expect(client.remoteAddress).toEqual(server.address);
    expect(client.address).toEqual({ family: 'unix', unnamed: true });
    client.destroy();
    server.close();
  });

  test('unlinks its path when it is closed, and only its own', async () => {
    const path = socketPath();
    const server = await UnixServer.listen(path);
    server.close();
    expect(fs.existsSync(path)).toBe(false);

    const other = await UnixServer.listen(path);
    fs.unlinkSync(path);
    const successor = await UnixServer.listen(path);
    other.close();
    expect(fs.existsSync(path)).toBe(true);
    successor.close();
  });

  test('replaces a path that a dead process left, and says so where it may not', async () => {
    const path = stalePath();
    await expect(UnixServer.listen(path, { replaceStale: false })).rejects.toThrow(
      /EADDRINUSE.*; nobody has it open: it is left, and replaceStale is false$/,
    );
    const server = await UnixServer.listen(path);
    const client = await UnixSocket.connect(path);
    client.destroy();
    server.close();
  });

  test('never takes the path of a live socket, of any type, or of what is no socket', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const server = await UnixServer.listen(path);
      await expect(UnixServer.listen(path)).rejects.toThrow(/EADDRINUSE.*somebody has a socket open there/);
      await expect(UnixSeqpacketServer.listen(path)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      await expect(UnixDatagramSocket.open({ bind: path })).rejects.toMatchObject({ code: 'EADDRINUSE' });
      server.close();

      const datagram = await UnixDatagramSocket.open({ bind: path });
      await expect(UnixServer.listen(path)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      datagram.close();

      fs.writeFileSync(path, 'a file');
      await expect(UnixServer.listen(path)).rejects.toThrow(/the path is a file and no socket/);
      expect(fs.readFileSync(path, 'utf8')).toBe('a file');
    }));

  test('a live one with a full backlog is not taken for stale', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const server = await UnixServer.listen(path, { backlog: 0 });
      const waiting = await UnixSocket.connect(path);
      await expect(UnixSocket.connect(path)).rejects.toThrow(/EAGAIN.*backlog of the listener is full/);
      await expect(UnixServer.listen(path)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      waiting.destroy();
      server.close();
    }));

  test.each(['stream', 'seqpacket'] as const)(
    'a live %s socket that is bound and does not listen yet keeps its path',
    type =>
      expectLevelDescriptors(async () => {
        const path = socketPath();
        using bound = OwnedDescriptor.socket('AF_UNIX', type === 'stream' ? 'SOCK_STREAM' : 'SOCK_SEQPACKET');
        check(native().bind(bound.fd, encodeUnixAddress(path)), 'bind');
        await expect(UnixServer.listen(path)).rejects.toThrow(/EADDRINUSE.*somebody has a socket open there/);
        await expect(UnixSeqpacketServer.listen(path)).rejects.toMatchObject({ code: 'EADDRINUSE' });
        await expect(UnixDatagramSocket.open({ bind: path })).rejects.toMatchObject({ code: 'EADDRINUSE' });
        check(native().listen(bound.fd, 1), 'listen');
        const connect = type === 'stream' ? UnixSocket.connect(path) : UnixSeqpacketSocket.connect(path);
        await expect(connect).resolves.toBeDefined();
        const client = await connect;
        'destroy' in client ? client.destroy() : client.close();
      }),
  );

  test('a live datagram socket that is connected to somebody else keeps its path', () =>
    expectLevelDescriptors(async () => {
      const [path, other] = [socketPath(), socketPath()];
      const receiver = await UnixDatagramSocket.open({ bind: other });
      const live = await UnixDatagramSocket.open({ bind: path, connect: other });
      await expect(UnixDatagramSocket.open({ bind: path })).rejects.toMatchObject({ code: 'EADDRINUSE' });
      live.close();
      receiver.close();
    }));

  test('looking whether a path is stale, it bothers nobody who listens there', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const server = await UnixServer.listen(path);
      await expect(UnixServer.listen(path)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      const client = await UnixSocket.connect(path);
      const accepted = await server.accept();
      await client.send('the first');
      expect(String((await accepted?.receive())?.data)).toBe('the first');
      client.destroy();
      accepted?.destroy();
      server.close();
    }));

  test('of several processes that find the same stale path at once, one has it, and keeps it', async () => {
    const script = fileURLToPath(new URL('children/bind-when-told.mjs', import.meta.url));
    for (let round = 0; round < 3; round++) {
      const path = stalePath();
      const children = Array.from({ length: 4 }, () => fork(script, [path]));
      await Promise.all(children.map(child => once(child, 'message')));
      const outcomes = Promise.all(children.map(async child => String((await once(child, 'message'))[0])));
      for (const child of children) child.send('now');
      expect((await outcomes).sort()).toEqual([...Array(3).fill('EADDRINUSE'), 'listening']);
      const client = await UnixSocket.connect(path);
      client.destroy();
      const ended = Promise.all(children.map(child => once(child, 'exit')));
      for (const child of children) child.send('end');
      await ended;
    }
  });

  test('gives its path the mode that was asked for, whatever the umask', async () => {
    const umask = process.umask(0o022);
    try {
      for (const mode of [0o600, 0o660, 0o777]) {
        const path = socketPath();
        const server = await UnixServer.listen(path, { mode });
        expect(fs.statSync(path).mode & 0o777).toBe(mode);
        server.close();
      }
    } finally {
      process.umask(umask);
    }
  });

  test('tells who waits that it was closed', async () => {
    const server = await UnixServer.listen(socketPath());
    const waiting = server.accept();
    server.close();
    expect(await waiting).toBeUndefined();
    expect(server.closed).toBe(true);
  });
});

describe('addresses that cannot be', () => {
  test('a path of more than 108 bytes is refused with the limit, before any call', () =>
    expectLevelDescriptors(async () => {
      const long = `${scratch()}/${'x'.repeat(120)}`;
      await expect(UnixServer.listen(long)).rejects.toThrow(/allowed: 1 to 108 bytes/);
      await expect(UnixSocket.connect(long)).rejects.toThrow(/allowed: 1 to 108 bytes/);
      await expect(UnixSocket.connect('')).rejects.toThrow(/1 to 108 bytes/);
      await expect(UnixSocket.connect('a\0b')).rejects.toThrow(/without NUL/);
    }));

  test('a path that is no UTF-8 is bound, reached, recognised as stale and unlinked as any other', () =>
    expectLevelDescriptors(async () => {
      const path = Buffer.concat([Buffer.from(`${scratch()}/`), Buffer.from([0xff, 0xfe])]);
      const address = { family: 'unix', path } as const;
      const left = (await UnixServer.listen(address, { mode: 0o600 })).detach();
      await expect(UnixServer.listen(address)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      left.close();
      const server = await UnixServer.listen(address);
      const client = await UnixSocket.connect(address);
      expect(client.remoteAddress).toEqual({ family: 'unix', path: new Uint8Array(path) });
      client.destroy();
      server.close();
      expect(fs.existsSync(path)).toBe(false);
    }));

  test('a relative path is unlinked where it was made, whatever the directory by then', async () => {
    const before = process.cwd();
    const absolute = socketPath();
    process.chdir(scratch());
    const server = await UnixServer.listen(absolute.slice(scratch().length + 1));
    process.chdir(before);
    server.close();
    expect(fs.existsSync(absolute)).toBe(false);
  });

  test('108 bytes fit', async () => {
    const path = `${scratch()}/`.padEnd(108, 'x');
    const server = await UnixServer.listen(path);
    const client = await UnixSocket.connect(path);
    expect(client.remoteAddress).toEqual({ family: 'unix', path });
    client.destroy();
    server.close();
    expect(fs.existsSync(path)).toBe(false);
  });

  test('a directory, a file, nothing, a socket that nobody has, one of another type: each is told', () =>
    expectLevelDescriptors(async () => {
      await expect(UnixServer.listen(scratch())).rejects.toThrow(/the path is a directory and no socket/);
      await expect(UnixSocket.connect(scratch())).rejects.toThrow(
        /ECONNREFUSED.*the path is a directory and no socket/,
      );
      const link = `${socketPath()}.link`;
      fs.symlinkSync(socketPath(), link);
      await expect(UnixServer.listen(link)).rejects.toThrow(/EADDRINUSE.*the path is a symbolic link/);
      await expect(UnixSocket.connect(socketPath())).rejects.toThrow(/ENOENT.*there is no such path/);
      await expect(UnixServer.listen(`${scratch()}/none/x.sock`)).rejects.toThrow(/ENOENT.*no such directory/);
      await expect(UnixSocket.connect(stalePath())).rejects.toThrow(/ECONNREFUSED.*left from a process that has gone/);
      const path = socketPath();
      const server = await UnixSeqpacketServer.listen(path);
      await expect(UnixSocket.connect(path)).rejects.toThrow(/EPROTOTYPE.*another type/);
      server.close();
    }));
});

describeNeeding('projectForNobody', 'somebody else', () => {
  test('who may not is told: EACCES for connecting and for binding', async () => {
    const path = socketPath();
    fs.chmodSync(scratch(), 0o755);
    const server = await UnixServer.listen(path, { mode: 0o600 });
    const index = new URL('../../../dist/index.js', import.meta.url).href;
    const program = `
    const { UnixServer, UnixSocket } = await import(${JSON.stringify(index)});
    const path = ${JSON.stringify(path)};
    const told = [UnixSocket.connect(path), UnixServer.listen(path + '.other')].map(call => call.catch(error => error.message));
    console.log(JSON.stringify(await Promise.all(told)));`;
    const args = [...AS_NOBODY, process.execPath, '--input-type=module', '-e', program];
    const { stdout } = spawnSync('env', args, { encoding: 'utf8', cwd: '/' });
    expect(JSON.parse(stdout)).toEqual([
      `connect ${path}: EACCES, Permission denied; the path may not be entered, or its socket not be written to`,
      `bind ${path}.other: EACCES, Permission denied; the directory may not be written to`,
    ]);
    server.close();
  });
});

describeNeeding('otherUsers', 'a process that changed its user', () => {
  test('closes its server, and leaves the path that it may not remove', () => {
    const path = socketPath();
    const index = new URL('../../../dist/index.js', import.meta.url).href;
    const program = `
    const { UnixServer } = await import(${JSON.stringify(index)});
    const server = await UnixServer.listen(${JSON.stringify(path)});
    server.on('close', () => console.log('closed', server.closed));
    process.setuid(65534);
    server.close();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['closed true\n', '']);
    expect(fs.existsSync(path)).toBe(true);
  });
});

describeNeeding('namespaces', 'a path of another network namespace', () => {
  test('is not taken while somebody has it there, and is stale when nobody has', async () => {
    const path = socketPath();
    const program = `
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
print('bound', flush=True)
sys.stdin.read()`;
    const child = spawn('unshare', ['--net', 'python3', '-c', program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await expect(UnixServer.listen(path)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(fs.existsSync(path)).toBe(true);
    child.stdin.end();
    await once(child, 'exit');
    (await UnixServer.listen(path)).close();
  });
});
