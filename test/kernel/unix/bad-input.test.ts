import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { setOption } from '../../../src/io/option.js';
import { executeWithListeners } from '../../../src/sockets/unix/activation/execute.js';
import { UnixDatagramSocket } from '../../../src/sockets/unix/datagram-socket.js';
import { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';
import { UnixSeqpacketSocket } from '../../../src/sockets/unix/seqpacket-socket.js';
import { datagramPair, seqpacketPair, socketPair } from '../../../src/sockets/unix/socket-pair.js';
import { UnixBatch } from '../../../src/sockets/unix/unix-batch.js';
import { UnixSeqpacketServer, UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { expectLevelDescriptors, fileWith, socketPath } from './support.js';

/** A value as a program without types may give it. */
function untyped(value: unknown): never {
  return value as never;
}

const REFUSED = { code: 'ERR_SUBSOCKET_ARGUMENT' };

/** Every way to open a socket at an address. */
const openings: [string, (address: never, options?: never) => Promise<unknown>][] = [
  ['UnixServer.listen', (address, options) => UnixServer.listen(address, options)],
  ['UnixSeqpacketServer.listen', (address, options) => UnixSeqpacketServer.listen(address, options)],
  ['UnixSocket.connect', (address, options) => UnixSocket.connect(address, options)],
  ['UnixSeqpacketSocket.connect', (address, options) => UnixSeqpacketSocket.connect(address, options)],
  [
    'UnixDatagramSocket.open bind',
    (bind, options) => UnixDatagramSocket.open({ bind, ...(options as object | undefined) }),
  ],
  [
    'UnixDatagramSocket.open connect',
    (connect, options) => UnixDatagramSocket.open({ connect, ...(options as object | undefined) }),
  ],
];

describe.each(openings)('%s', (_name, open) => {
  const noAddresses = [5, null, {}, [], { family: 'unix' }, { family: 'unix', path: 5 }, { family: 'ip4', port: 80 }];

  test('refuses what is no address by name', () =>
    expectLevelDescriptors(async () => {
      for (const address of noAddresses) {
        await expect(open(untyped(address))).rejects.toMatchObject({ ...REFUSED, argument: 'address' });
      }
    }));
});

describe.each(openings.filter(([name]) => /listen|bind/.test(name)))('%s', (name, open) => {
  const wrong = [{ mode: 0o17777 }, { mode: -1 }, { mode: '600' }, { receiveBatch: 65 }, { lostDescriptors: 'drop' }];
  if (/listen/.test(name)) wrong.push(untyped({ backlog: 'x' }), untyped({ backlog: -1 }), untyped({ backlog: 1.5 }));
  if (!/UnixServer/.test(name)) wrong.push(untyped({ maximumMessageSize: 0 }));

  test.each(wrong)('refuses %j by name, and makes no path', options =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const argument = Object.keys(options)[0];
      await expect(open(untyped(path), untyped(options))).rejects.toMatchObject({ ...REFUSED, argument });
      expect(fs.existsSync(path)).toBe(false);
    }),
  );
});

describe.each([
  ['socketPair', socketPair],
  ['datagramPair', datagramPair],
  ['seqpacketPair', seqpacketPair],
] as const)('%s', (_name, pair) => {
  test('refuses a wrong option, and leaves no end open', () =>
    expectLevelDescriptors(() => {
      expect(() => pair({ receiveBatch: 0 })).toThrow(/^receiveBatch takes/);
    }));

  test('refuses to send what cannot be, and goes on', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = pair();
      const refusals: [unknown, RegExp][] = [
        [here.send(untyped('x'), untyped({ descriptors: 5 })), /^descriptors takes an array, not 5$/],
        [here.send('x', untyped({ descriptors: new Set([0]) })), /^descriptors takes an array/],
        [here.send('x', untyped({ descriptors: ['x'] })), /x is no socket/],
        [here.send('x', untyped({ descriptors: [1.5] })), /1.5 is no descriptor/],
        [here.send('x', { descriptors: Array(254).fill(0) }), /^descriptors is 254; allowed: at most 253/],
        [here.send('x', untyped({ credentials: 'root' })), /^credentials is "root"; allowed: pid, uid and gid/],
        [here.send('x', untyped({ credentials: null })), /^credentials is null/],
        [here.send('x', untyped({ credentials: { pid: 1, uid: -1, gid: 0 } })), /^uid is -1/],
        [here.send(untyped(undefined)), /^data takes a string or a Uint8Array, not undefined/],
        [here.sendMany(untyped(5)), /^messages takes an array, not 5$/],
        [here.sendMany(untyped([null])), /^message takes an object with data, not null$/],
      ];
      for (const [sent, message] of refusals) {
        await expect(sent).rejects.toThrow(message);
        await expect(sent).rejects.toMatchObject({ code: expect.any(String) });
      }
      await here.send('fine');
      expect(String((await there.receive())?.data)).toBe('fine');
      for (const socket of [here, there]) 'destroy' in socket ? socket.destroy() : socket.close();
    }));
});

test('batches take bytes alone, and sockets batches alone', async () => {
  const batch = new UnixBatch();
  for (const data of ['text', undefined, [1]]) {
    expect(() => batch.add(untyped(data))).toThrow(/^data takes a Uint8Array, not /);
  }
  expect(batch.count).toBe(0);
  for (const [here, there] of [datagramPair(), seqpacketPair()]) {
    await here.send('waits');
    await expect(here.sendBatch(untyped(5))).rejects.toThrow(/^batch takes a UnixBatch, not 5$/);
    await expect(there.receiveBatch(untyped([]))).rejects.toThrow(/^batch takes a UnixBatch, not an array$/);
    expect(await there.receiveBatch(batch)).toBe(1);
    here.close();
    there.close();
  }
});

test('accept refuses what is no signal by name', async () => {
  const server = await UnixServer.listen(socketPath());
  await expect(server.accept({ signal: untyped('x') })).rejects.toMatchObject({ ...REFUSED, argument: 'signal' });
  server.close();
});

describe('an owned descriptor', () => {
  test('is made of no number that cannot be one', () =>
    expectLevelDescriptors(() => {
      for (const number of [1.5, -1, 2 ** 31, Number.NaN, '3', null, undefined]) {
        for (const make of [OwnedDescriptor.adopt, (it: never) => new OwnedDescriptor(it)]) {
          expect(() => make(untyped(number))).toThrow(expect.objectContaining({ code: 'NOT_A_SOCKET' }));
        }
      }
    }));

  test('is made of no names that are none', () =>
    expectLevelDescriptors(() => {
      for (const [argument, ...names] of [
        ['family', 'AF_NOTHING', 'SOCK_STREAM'],
        ['family', 'SOCK_STREAM', 'SOCK_STREAM'],
        ['type', 'AF_UNIX', 5],
        ['protocol', 'AF_UNIX', 'SOCK_STREAM', 'tcp'],
        ['protocol', 'AF_UNIX', 'SOCK_STREAM', 1.5],
      ]) {
        const [family, type, protocol] = names.map(untyped);
        expect(() => OwnedDescriptor.socket(untyped(family), untyped(type), protocol)).toThrow(
          expect.objectContaining({ ...REFUSED, argument }),
        );
      }
    }));

  test.each([
    ['AF_INET', 'SOCK_STREAM'],
    ['AF_INET6', 'SOCK_STREAM'],
    ['AF_UNIX', 'SOCK_STREAM'],
  ] as const)('of an %s %s socket that is not connected becomes no net.Socket', (family, type) =>
    expectLevelDescriptors(() => {
      using descriptor = OwnedDescriptor.socket(family, type);
      expect(() => descriptor.toSocket()).toThrow(/^toSocket\(\): descriptor \d+ is a socket that is not connected$/);
      expect(descriptor.closed).toBe(false);
    }),
  );

  test('of a file becomes no net.Socket', () =>
    expectLevelDescriptors(() => {
      using descriptor = fileWith('x');
      const refused = {
        code: 'DESCRIPTOR_KIND',
        message: expect.stringMatching(/^toSocket\(\): descriptor \d+ is no socket/),
      };
      expect(() => descriptor.toSocket()).toThrow(expect.objectContaining(refused));
      expect(descriptor.closed).toBe(false);
    }));

  test('becomes no server where none is given to it', () =>
    expectLevelDescriptors(async () => {
      const listening = (await UnixServer.listen(socketPath())).detach();
      await expect(listening.toServer(untyped('x'))).rejects.toThrow(/^server takes a net.Server, not "x"$/);
      expect(listening.closed).toBe(false);
      listening.close();
    }));

  test('takes no wrong signal, and stays the owner', () =>
    expectLevelDescriptors(() => {
      const [one, other] = socketPair();
      using descriptor = one.detach();
      expect(() => descriptor.toSocket({ signal: untyped('x') })).toThrow(/^signal takes an AbortSignal/);
      expect(descriptor.closed).toBe(false);
      other.destroy();
    }));

  test('of a connection that its peer has reset becomes a net.Socket that tells so', () =>
    expectLevelDescriptors(async () => {
      const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
      const [accepted] = (await once(server, 'connection')) as [net.Socket];
      const [here, there] = socketPair();
      await here.send('take it', { descriptors: [accepted] });
      accepted.destroy();
      await once(accepted, 'close');
      setOption(client, 'SO_LINGER', { onoff: true, linger: 0 });
      client.destroy();
      await once(client, 'close');
      const descriptor = (await there.receive())?.descriptors[0];
      const socket = descriptor?.toSocket() as net.Socket;
      expect((await once(socket, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
      for (const end of [here, there]) end.destroy();
      await new Promise(done => server.close(done));
    }));
});

describe('the sockets of this package', () => {
  test('are made of no number, and of no socket that is not connected', () =>
    expectLevelDescriptors(() => {
      const makers = [UnixSocket, UnixSeqpacketSocket, UnixDatagramSocket, UnixServer, UnixSeqpacketServer];
      for (const Maker of makers) {
        expect(() => new Maker(untyped(3))).toThrow(expect.objectContaining({ ...REFUSED, argument: 'descriptor' }));
      }
      using stream = OwnedDescriptor.socket('AF_UNIX', 'SOCK_STREAM');
      using seqpacket = OwnedDescriptor.socket('AF_UNIX', 'SOCK_SEQPACKET');
      expect(() => new UnixSocket(stream)).toThrow(/^UnixSocket: descriptor \d+ is not connected/);
      expect(() => new UnixSeqpacketSocket(seqpacket)).toThrow(/^UnixSeqpacketSocket: descriptor \d+ is not connected/);
    }));
});

test('a server that is closed has no descriptor to give away', async () => {
  const server = await UnixServer.listen(socketPath());
  server.close();
  expect(() => server.detach()).toThrow(expect.objectContaining({ code: 'DESCRIPTOR_CLOSED' }));
});

test('an environment that promises more sockets than there are has no descriptor of this process owned and closed', () => {
  const program = `
    const { listenFds } = await import(${JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)});
    const { readdirSync } = await import('node:fs');
    const { setTimeout: sleep } = await import('node:timers/promises');
    const before = String(readdirSync('/proc/self/fd'));
    const environment = { LISTEN_PID: String(process.pid), LISTEN_FDS: '100000' };
    const told = (() => { try { listenFds({ environment }); } catch (error) { return error.code; } })();
    for (let round = 0; round < 5; round++) {
      await sleep(1);
      gc();
    }
    console.log(told, String(readdirSync('/proc/self/fd')) === before);`;
  const args = ['--expose-gc', '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
  expect([stdout, stderr]).toEqual(['EBADF true\n', '']);
});

test('nobody at an abstract name is told without talk of a path', async () => {
  const name = `\0subsocket-nobody-${process.pid}`;
  const told = /ECONNREFUSED, Connection refused; nobody in this network namespace has a socket of that name/;
  await expect(UnixSocket.connect(name)).rejects.toThrow(told);
  await expect(UnixDatagramSocket.open({ connect: name })).rejects.toThrow(told);
  const sender = await UnixDatagramSocket.open();
  await expect(sender.send('x', { to: name })).rejects.toThrow(told);
  sender.close();
});

test('what cannot be given to a program is refused before anything is changed', () =>
  expectLevelDescriptors(() => {
    using file = fileWith('x');
    const gone = fileWith('y');
    const closed = gone.fd;
    gone.close();
    const at = (descriptor: unknown) => [{ name: 'web', descriptor: untyped(descriptor) }];
    expect(() => executeWithListeners('true', [], at(1.5))).toThrow(/1.5 is no descriptor/);
    expect(() => executeWithListeners('true', [], at(closed))).toThrow(/EBADF/);
    expect(() => executeWithListeners('tr\0ue', [], at(file.fd))).toThrow(/^command takes text without NUL/);
    expect(() => executeWithListeners('true', ['a\0b'], at(file.fd))).toThrow(/^args takes text without NUL/);
    const options = { environment: { ...process.env, EVIL: 'a\0b' } };
    expect(() => executeWithListeners('true', [], at(file.fd), options)).toThrow(/^environment takes text without NUL/);
  }));
