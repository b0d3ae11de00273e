import { type ChildProcess, fork } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { handOver } from '../../../src/sockets/unix/handover/hand-over.js';
import { takeOver } from '../../../src/sockets/unix/handover/take-over.js';
import type { OwnedDescriptor } from '../../../src/sockets/unix/owned-descriptor.js';
import { UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { expectLevelDescriptors, socketPath } from './support.js';

const script = fileURLToPath(new URL('children/generation.mjs', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Told {
  type: string;
  ports: [number, number, number];
  state?: { from: number };
  to?: number;
  ended?: boolean;
}

/** What a child tells, in order. */
function tellings(child: ChildProcess): () => Promise<Told> {
  const told: Told[] = [];
  child.on('message', message => told.push(message as Told));
  return async () => {
    while (told.length === 0) await once(child, 'message');
    return told.shift() as Told;
  };
}

function generation(...args: string[]): { child: ChildProcess; next: () => Promise<Told> } {
  const child = fork(script, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  return { child, next: tellings(child) };
}

/** Requests, each after the other, until told to stop; whom they reached, and what failed. */
class Load {
  readonly reached = new Map<string, number>();
  readonly failures: unknown[] = [];
  #stopped = false;
  readonly #loops: Promise<void>[];

  constructor(concurrency: number, request: () => Promise<string>) {
    this.#loops = Array.from({ length: concurrency }, () => this.#run(request));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  async reach(pid: number | undefined): Promise<void> {
    while (!this.reached.has(String(pid))) await new Promise(resolve => setImmediate(resolve));
  }

  async #run(request: () => Promise<string>): Promise<void> {
    while (!this.#stopped) {
      await request().then(
        pid => this.reached.set(pid, (this.reached.get(pid) ?? 0) + 1),
        error => this.failures.push(error),
      );
    }
  }
}

function get(options: http.RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(options, response => {
      let text = '';
      response.setEncoding('utf8').on('data', part => {
        text += part;
      });
      response.on('end', () => resolve(text)).on('error', reject);
    });
    request.on('error', reject);
  });
}

function dial(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
    socket.on('data', part => {
      text += part;
    });
    socket.on('error', reject).on('end', () => (text === '' ? reject(new Error('no answer')) : resolve(text)));
  });
}

test('a load that runs across two changes loses no connection and no request', async () => {
  const meeting = socketPath();
  const serverPath = socketPath();
  const first = generation(meeting, serverPath);
  const { ports } = await first.next();
  const [web, raw, udp] = ports;
  const agent = new http.Agent({ keepAlive: true });
  const pathAgent = new http.Agent({ keepAlive: true });
  const loads = [
    new Load(8, () => get({ port: web, host: '127.0.0.1', agent })),
    new Load(4, () => get({ port: web, host: '127.0.0.1', agent: false })),
    new Load(4, () => get({ socketPath: serverPath, agent: pathAgent })),
    new Load(4, () => get({ socketPath: serverPath, agent: false })),
    new Load(4, () => dial(raw)),
  ];
  for (const load of loads) await load.reach(first.child.pid);

  let before = first;
  for (let change = 0; change < 2; change++) {
    const after = generation(meeting, serverPath);
    const serving = await after.next();
    expect(serving).toMatchObject({ type: 'serving', ports, state: { from: before.child.pid } });
    expect(await before.next()).toEqual({ type: 'handed-over', to: after.child.pid });
    for (const load of loads) await load.reach(after.child.pid);
    expect(await before.next()).toEqual({ type: 'drained', ended: true });
    if (before.child.exitCode === null) await once(before.child, 'exit');
    expect(before.child.exitCode).toBe(0);
    before = after;
  }
  for (const load of loads) await load.stop();
  agent.destroy();
  pathAgent.destroy();
  expect(loads.flatMap(load => load.failures)).toEqual([]);
  const client = dgram.createSocket('udp4');
  client.send('who', udp, '127.0.0.1');
  expect(String((await once(client, 'message'))[0])).toBe(String(before.child.pid));
  client.close();
  expect(fs.existsSync(serverPath)).toBe(true);
});

describe('a hand-over', () => {
  const serve = async () => {
    const server = net.createServer(socket => socket.end('old'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { server, port: (server.address() as net.AddressInfo).port };
  };

  test('gives names, addresses, options and state', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const { server, port } = await serve();
      const offer = await handOver({ web: server }, path, { state: () => ({ since: 1 }) });
      const taken = await takeOver(path);
      expect(taken?.listeners.map(({ name }) => name)).toEqual(['web']);
      expect(taken?.listeners[0]?.address).toMatchObject({ family: 'ip4', port });
      expect(taken?.state).toEqual({ since: 1 });
      expect(taken?.predecessor.pid).toBe(process.pid);
      expect(() => taken?.take('mail')).toThrow('offers no "mail"; it offers: web');
      const successor = await taken?.take('web').toServer();
      await taken?.ready();
      expect(await offer.handedOver).toMatchObject({ pid: process.pid });
      expect(await offer.drained).toBe(true);
      expect(server.listening).toBe(false);
      expect(fs.existsSync(path)).toBe(false);
      successor?.on('connection', socket => socket.end('new'));
      expect(await dial(port)).toBe('new');
      await new Promise(done => successor?.close(done));
    }));

  test('is as if it had not been where the new process gives up, or dies, before it is ready', () =>
    expectLevelDescriptors(async () => {
      const path = socketPath();
      const { server, port } = await serve();
      const offer = await handOver({ web: server }, path);
      (await takeOver(path))?.close();
      expect(await dial(port)).toBe('old');
      const second = await takeOver(path);
      const started = await second?.take('web').toServer();
      second?.close();
      await new Promise(done => started?.close(done));
      expect(server.listening).toBe(true);
      offer.close();
      expect(await offer.handedOver).toBeUndefined();
      expect(fs.existsSync(path)).toBe(false);
      await new Promise(done => server.close(done));
    }));

  test('succeeds although the path of a server has been removed', () =>
    expectLevelDescriptors(async () => {
      const [path, own] = [socketPath(), socketPath()];
      const server = net.createServer();
      await once(server.listen(own), 'listening');
      const offer = await handOver({ app: server }, path);
      fs.unlinkSync(own);
      const taken = await takeOver(path);
      await taken?.ready();
      expect(await offer.drained).toBe(true);
      expect(server.listening).toBe(false);
      taken?.close();
    }));

  test('goes to one of several; the others hear that they were late', async () => {
    const path = socketPath();
    const { server } = await serve();
    await handOver({ web: server }, path);
    const [first, second] = [await takeOver(path), await takeOver(path)];
    await first?.ready();
    await expect(second?.ready()).rejects.toMatchObject({ code: expect.stringMatching(/TAKEN_BY_ANOTHER|EPIPE/) });
  });

  test('where nobody offers anything, there is nothing to take', async () => {
    expect(await takeOver(socketPath())).toBeUndefined();
  });

  test('is refused to whom it is not allowed, and taken from nobody who is not trusted', async () => {
    const path = socketPath();
    const { server } = await serve();
    const offer = await handOver({ web: server }, path, { allow: () => false });
    await expect(takeOver(path)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(takeOver(path, { trust: () => false })).rejects.toThrow(/belongs to user/);
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    offer.close();
    await new Promise(done => server.close(done));
  });

  test('a peer that speaks something else is told apart, and does no harm', async () => {
    const path = socketPath();
    const stranger = await UnixServer.listen(path);
    stranger.on('connection', (socket: UnixSocket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(takeOver(path)).rejects.toMatchObject({ code: 'PROTOCOL' });
    stranger.close();

    const { server, port } = await serve();
    const offer = await handOver({ web: server }, path);
    const visitor = await UnixSocket.connect(path);
    visitor.on('error', () => {});
    visitor.resume();
    await visitor.send('garbage\n', { descriptors: [0] });
    await once(visitor, 'close');
    expect(await dial(port)).toBe('old');
    offer.close();
    await new Promise(done => server.close(done));
  });

  test('of an http2 server lets a session end with its streams', async () => {
    const meeting = socketPath();
    const server = http2.createServer((_request, response) => setImmediate(() => response.end('old')));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const session = http2.connect(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
    const ask = () => {
      const stream = session.request({ ':path': '/' }).setEncoding('utf8');
      return once(stream, 'data').then(([text]) => text);
    };
    expect(await ask()).toBe('old');
    const offer = await handOver({ web: server }, meeting);
    const taken = await takeOver(meeting);
    const successor = http2.createServer((_request, response) => response.end('new'));
    await taken?.take('web').toServer(successor);
    await taken?.ready();
    expect(await ask()).toBe('old');
    expect(await offer.drained).toBe(true);
    const next = http2.connect(`http://127.0.0.1:${(successor.address() as net.AddressInfo).port}`);
    expect(String((await once(next.request({ ':path': '/' }), 'data'))[0])).toBe('new');
    next.close();
    successor.close();
  });

  test('tells where connections outlast the drain time-out', async () => {
    const meeting = socketPath();
    const { server, port } = await serve();
    server.removeAllListeners('connection');
    const idle = net.connect(port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [net.Socket];
    const offer = await handOver({ web: server }, meeting, { drainTimeout: 20 });
    const taken = await takeOver(meeting);
    await taken?.ready();
    expect(await offer.drained).toBe(false);
    accepted.destroy();
    idle.destroy();
  });

  test("of this package's servers: they serve on after ready()", async () => {
    const [meeting, path] = [socketPath(), socketPath()];
    const server = await UnixServer.listen(path);
    await handOver({ local: server }, meeting);
    const taken = await takeOver(meeting);
    const successor = new UnixServer(taken?.take('local') as OwnedDescriptor);
    await taken?.ready();
    const client = await UnixSocket.connect(path);
    const accepted = await successor.accept();
    await accepted?.send('new');
    expect(String((await client.receive())?.data)).toBe('new');
    for (const end of [client, accepted]) end?.destroy();
    successor.close();
  });

  test('keeps the path of a server that Node bound itself', async () => {
    const meeting = socketPath();
    const path = socketPath();
    const server = net.createServer(socket => socket.end('old')).listen(path);
    await once(server, 'listening');
    await handOver({ local: server }, meeting);
    const taken = await takeOver(meeting);
    const successor = await taken?.take('local').toServer();
    successor?.on('connection', socket => socket.end('new'));
    await taken?.ready();
    expect(fs.lstatSync(path).isSocket()).toBe(true);
    expect(String((await once(net.connect(path), 'data'))[0])).toBe('new');
    await new Promise(done => successor?.close(done));
  });
});
