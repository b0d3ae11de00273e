import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { UnixDatagramSocket } from '../../../src/sockets/unix/datagram-socket.js';
import { handOver } from '../../../src/sockets/unix/handover/hand-over.js';
import type { HandOverOptions } from '../../../src/sockets/unix/handover/hand-over-options.js';
import { takeOver } from '../../../src/sockets/unix/handover/take-over.js';
import type { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';
import { UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { expectLevelDescriptors, socketPath } from './support.js';

const library = new URL('../../../dist/index.js', import.meta.url).href;

/** A value as a program without types may give it. */
function untyped(value: unknown): never {
  return value as never;
}

/** Runs `action` with a server on loopback, which serves when it is called and must do so still at the end. */
function whileServing(action: (server: net.Server, path: string) => Promise<void>): Promise<void> {
  return expectLevelDescriptors(async () => {
    const server = net.createServer(socket => socket.end('old')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await action(server, socketPath());
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    expect(String((await once(client, 'data'))[0])).toBe('old');
    await once(client, 'close');
    await new Promise(done => server.close(done));
  });
}

describe('a visitor who says nothing', () => {
  test('does not keep the process alive', async () => {
    const path = socketPath();
    const program = `
      import net from 'node:net';
      import { handOver } from ${JSON.stringify(library)};
      const server = net.createServer().listen(0, '127.0.0.1', async () => {
        await handOver({ web: server }, ${JSON.stringify(path)});
        process.stdout.write('offered');
      });
      process.stdin.once('data', () => {
        server.close();
        process.stdin.destroy();
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    const visitor = await UnixSocket.connect(path);
    visitor.on('error', () => {});
    (await visitor.receive())?.close();
    child.stdin.write('end');
    expect(await ended).toEqual([0, null]);
    visitor.destroy();
  });

  test('is let go after the time-out, and the offer stands for the next', () =>
    whileServing(async (server, path) => {
      const offer = await handOver({ web: server }, path, { readyTimeout: 20 });
      const taken = await takeOver(path);
      const visitor = await UnixSocket.connect(path);
      (await visitor.receive())?.close();
      expect(await visitor.receive()).toBeUndefined();
      await expect(taken?.ready()).rejects.toMatchObject({ code: 'TAKEN_BY_ANOTHER' });
      (await takeOver(path))?.close();
      offer.close();
    }));
});

describe('a state that cannot be told', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  test.each([
    ['a BigInt', 1n, /^state takes what JSON can say \(.*BigInt.*\), not 1$/],
    ['a circle', circular, /^state takes what JSON can say \(.*circular/],
    ['more than 1 MiB', 'x'.repeat(1024 * 1024), /^state takes at most 1048576 bytes as JSON.*, not 1048\d+$/],
  ])('is refused before anything is offered: %s', (_what, state, message) =>
    whileServing(async (server, path) => {
      const offered = handOver({ web: server }, path, { state });
      await expect(offered).rejects.toThrow(message);
      await expect(offered).rejects.toMatchObject({ code: 'ERR_SUBSOCKET_ARGUMENT' });
      expect(fs.existsSync(path)).toBe(false);
    }),
  );

  test.each([
    ['throws', () => JSON.parse('{'), /JSON/],
    ['rejects', () => Promise.reject(new Error('no state yet')), /no state yet/],
    ['gives a BigInt', () => 1n, /state takes what JSON can say/],
    ['gives more than 1 MiB', () => 'x'.repeat(2 ** 21), /state takes at most 1048576 bytes/],
  ])('of a function that %s is told on both sides, and the offer stands', (_what, state, message) =>
    whileServing(async (server, path) => {
      const errors: Error[] = [];
      let next: () => unknown = state;
      const options = { state: () => next(), onError: (error: Error) => errors.push(error) };
      const offer = await handOver({ web: server }, path, options);
      const refused = takeOver(path);
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toMatchObject({ code: 'NO_OFFER' });
      expect(errors.map(error => error.message)).toEqual([expect.stringMatching(message)]);
      next = async () => 'now';
      const taken = await takeOver(path);
      expect(taken?.state).toBe('now');
      taken?.close();
      offer.close();
    }),
  );

  test('is a process warning where nobody asked to be told', () =>
    whileServing(async (server, path) => {
      const warned = once(process, 'warning');
      const state = () => {
        throw new Error('no state yet');
      };
      const offer = await handOver({ web: server }, path, { state });
      await expect(takeOver(path)).rejects.toMatchObject({ code: 'NO_OFFER' });
      expect((await warned)[0]).toMatchObject({ name: 'HandOverWarning', message: /no state yet/ });
      offer.close();
    }));
});

describe('allow and trust', () => {
  test('may be asynchronous', () =>
    whileServing(async (server, path) => {
      const offer = await handOver({ web: server }, path, { allow: async () => false });
      await expect(takeOver(path)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      await expect(takeOver(path, { trust: async () => false })).rejects.toThrow(/belongs to user/);
      offer.close();
    }));

  test('that throws allows nobody, and is told', () =>
    whileServing(async (server, path) => {
      const errors: Error[] = [];
      const allow = () => {
        throw new Error('cannot tell');
      };
      const offer = await handOver({ web: server }, path, { allow, onError: error => errors.push(error) });
      await expect(takeOver(path)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      expect(errors.map(error => error.message)).toEqual(['cannot tell']);
      offer.close();
    }));
});

test('a Unix-domain datagram socket goes over with its path, once what waits in it has been sent', () =>
  expectLevelDescriptors(async () => {
    const [path, own, slowPath] = [socketPath(), socketPath(), socketPath()];
    const slow = await UnixDatagramSocket.open({ bind: slowPath });
    const local = await UnixDatagramSocket.open({ bind: own });
    const sends = Array.from({ length: 200 }, (_, index) => local.send(String(index), { to: slowPath }));
    const offer = await handOver({ local }, path);
    const taken = await takeOver(path);
    const successor = new UnixDatagramSocket(taken?.take('local') as OwnedDescriptor);
    await taken?.ready();
    for (let index = 0; index < sends.length; index++) expect(String((await slow.receive())?.data)).toBe(String(index));
    await Promise.all(sends);
    expect(await offer.drained).toBe(true);
    expect(local.closed).toBe(true);
    await slow.send('to the new one', { to: own });
    expect(String((await successor.receive())?.data)).toBe('to the new one');
    slow.close();
    successor.close();
  }));

test('an aborted signal ends takeOver before it connects', () =>
  expectLevelDescriptors(async () => {
    const path = socketPath();
    const server = await UnixServer.listen(path);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(takeOver(path, { signal })).rejects.toThrow('enough');
    await expect(takeOver(socketPath(), { signal })).rejects.toThrow('enough');
    await expect(takeOver(path, { signal: untyped('x') })).rejects.toThrow(/^signal takes an AbortSignal, not "x"$/);
    const waiting = server.accept();
    server.close();
    expect(await waiting).toBeUndefined();
  }));

test('what is no server, and options that cannot be, are refused by name', () =>
  whileServing(async (server, path) => {
    for (const servers of [null, 5, { web: 5 }, { web: null }, { web: {} }]) {
      await expect(handOver(untyped(servers), path)).rejects.toMatchObject({ code: 'ERR_SUBSOCKET_ARGUMENT' });
    }
    const wrong = [
      { allow: true },
      { onError: 'x' },
      { readyTimeout: -1 },
      { drainTimeout: 'x' },
      { readyTimeout: NaN },
    ];
    for (const options of wrong) {
      const refused = { code: 'ERR_SUBSOCKET_ARGUMENT', argument: Object.keys(options)[0] };
      await expect(handOver({ web: server }, path, untyped(options) as HandOverOptions)).rejects.toMatchObject(refused);
    }
    await expect(handOver({ web: net.createServer() }, path)).rejects.toMatchObject({ code: 'NO_DESCRIPTOR' });
    expect(fs.existsSync(path)).toBe(false);
  }));

test('a dgram socket that was closed after it was offered does not stop the others from being handed over', () =>
  expectLevelDescriptors(async () => {
    const path = socketPath();
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const udp = dgram.createSocket('udp4').bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const offer = await handOver({ udp, web: server }, path);
    const taken = await takeOver(path);
    await new Promise<void>(done => udp.close(done));
    await taken?.ready();
    expect(await offer.drained).toBe(true);
    expect(server.listening).toBe(false);
    taken?.close();
  }));

describe('ready', () => {
  test('called again gives what it gave', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const server = net.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const offer = await handOver({ web: server }, path);
      const taken = await takeOver(path);
      const first = taken?.ready();
      await Promise.all([first, taken?.ready()]);
      taken?.close();
      await expect(taken?.ready()).resolves.toBeUndefined();
      expect(await offer.handedOver).toMatchObject({ pid: process.pid });
      await offer.drained;
    }));

  test('that failed fails again with the same error', () =>
    whileServing(async (server, path) => {
      const offer = await handOver({ web: server }, path);
      const taken = await takeOver(path);
      offer.close();
      const failure: unknown = await taken?.ready().catch(error => error);
      expect(failure).toMatchObject({ name: 'HandOverError', code: 'TAKEN_BY_ANOTHER' });
      await expect(taken?.ready()).rejects.toBe(failure);
    }));

  test('says that it was given up, after close() and where close() comes between', () =>
    whileServing(async (server, path) => {
      const offer = await handOver({ web: server }, path);
      const given = { name: 'HandOverError', code: 'GIVEN_UP' };
      const first = await takeOver(path);
      first?.close();
      await expect(first?.ready()).rejects.toMatchObject(given);
      offer.close();
      const visited = await UnixServer.listen(path);
      const second = takeOver(path);
      const visitor = await visited.accept();
      const line = { protocol: 'subsocket-hand-over', version: 1, listeners: [] };
      await visitor?.send(`${JSON.stringify(line)}\n`);
      const taken = await second;
      const ready = taken?.ready();
      taken?.close();
      await expect(ready).rejects.toMatchObject(given);
      visitor?.destroy();
      visited.close();
    }));
});
