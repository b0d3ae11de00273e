import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { handOver } from '../../../src/sockets/unix/handover/hand-over.js';
import { takeOver } from '../../../src/sockets/unix/handover/take-over.js';
import { expectLevelDescriptors, socketPath } from '../../kernel/unix/support.js';

const program = fileURLToPath(new URL('programs/hand_over.py', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function python(...args: string[]): ChildProcess {
  const child = spawn('python3', [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  child.stdout?.setEncoding('utf8');
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  return String((await once(child.stdout as NodeJS.ReadableStream, 'data'))[0]).trim();
}

async function dial(port: number): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  return String((await once(socket, 'data'))[0]);
}

test('Python takes a server over', async () => {
  const path = socketPath();
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const offer = await handOver({ web: server }, path, { state: { version: 1 } });
  const child = python('take', path);
  const listener = { name: 'web', type: 'stream', address: `127.0.0.1:${port}` };
  expect(JSON.parse(await firstLine(child))).toEqual([[listener], { version: 1 }]);
  expect(await offer.handedOver).toMatchObject({ pid: child.pid });
  expect(await offer.drained).toBe(true);
  expect(await dial(port)).toBe('served by Python');
});

test('Python gives a server', () =>
  expectLevelDescriptors(async () => {
    const probe = net.createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as net.AddressInfo;
    await new Promise(done => probe.close(done));
    const path = socketPath();
    const child = python('give', path, String(port));
    expect(await firstLine(child)).toBe('offered');
    const exited = once(child, 'exit');
    const taken = await takeOver(path);
    expect(taken?.state).toBe('old');
    const server = await taken?.take('web').toServer();
    server?.on('connection', socket => socket.end('served by Node'));
    await taken?.ready();
    expect((await exited)[0]).toBe(0);
    expect(await dial(port)).toBe('served by Node');
    await new Promise(done => server?.close(done));
  }));
