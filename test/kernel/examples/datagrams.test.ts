import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { DatagramSocket } from '../../../src/index.js';

const run = promisify(execFile);
const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** An example that goes on, and what it has printed so far. */
function start(name: string, ...args: string[]): { output(): string; child: ChildProcess } {
  const child = spawn(process.execPath, [`examples/${name}.mjs`, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return { output: () => printed, child };
}

const WAIT = { timeout: 20_000 };

test('service discovery finds what is announced', async () => {
  const { output } = start('service-discovery', 'announce', 'the printer');
  await expect.poll(output, WAIT).toContain('announcing the printer');
  const { stdout } = await run(process.execPath, ['examples/service-discovery.mjs', 'find', 'lo']);
  expect(stdout).toMatch(/^the printer is at [\d.]+ on lo$/m);
});

test('the SSM receiver hears its source and no other', async () => {
  const { output } = start('ssm-receiver', '232.77.1.1', '17778', '127.0.0.1', 'lo');
  await expect.poll(output, WAIT).toBe('232.77.1.1 on lo from 127.0.0.1\n');
  using sender = DatagramSocket.open({ multicast: { interface: 'lo', hops: 4 } });
  const destination = { address: '232.77.1.1', port: 17_778 };
  sender.send('of another source', destination, { source: '127.0.0.2' });
  sender.send('of the source', destination, { source: '127.0.0.1' });
  await expect.poll(output, WAIT).toContain('127.0.0.1, 4 hops left: of the source\n');
  expect(output()).not.toContain('another');
});

test.each(['127.0.0.1', '127.5.6.7', '::1'])('the server asked on %s answers from there', async address => {
  const { output } = start('answer-server');
  await expect.poll(output, WAIT).toMatch(/port \d+/);
  const [, port = ''] = /port (\d+)/.exec(output()) ?? [];
  const { stdout } = await run(process.execPath, ['examples/ask-server.mjs', address, port, 'two.example']);
  expect(stdout).toBe(`two.example is 192.0.2.2, says ${address} when asked 1 times\n`);
});

test('what has passed a router is refused, by the kernel and by the program', async () => {
  const { output } = start('hop-limit-security');
  await expect.poll(output, WAIT).toMatch(/guarded \d+ watching \d+/);
  const [, guarded, watching] = /guarded (\d+) watching (\d+)/.exec(output()) ?? [];
  using sender = DatagramSocket.open();
  for (const port of [Number(guarded), Number(watching)]) {
    sender.send('stranger', { address: '127.0.0.1', port }, { hopLimit: 254 });
    sender.send('neighbour', { address: '127.0.0.1', port }, { hopLimit: 255 });
  }
  await expect.poll(() => output().match(/from a neighbour: neighbour/g)?.length, WAIT).toBe(2);
  expect(output()).toContain('refused stranger of 127.0.0.1: 1 hops away');
  expect(output().match(/stranger/g)?.length).toBe(1);
});

test('the time stamps of a datagram follow one another', async () => {
  const { stdout } = await run(process.execPath, ['examples/datagram-time-stamps.mjs', '4']);
  const lines = stdout.trim().split('\n');
  expect(lines.length).toBe(4);
  expect(lines.at(-1)).toMatch(/^4: \d+\.\d us from leaving to arriving$/);
});

test('the receiver in a worker counts what comes', async () => {
  const { output, child } = start('high-rate-receiver', '0', '1.5');
  await expect.poll(output, WAIT).toMatch(/port \d+/);
  const [, port] = /port (\d+)/.exec(output()) ?? [];
  using sender = DatagramSocket.open({ connect: { address: '127.0.0.1', port: Number(port) } });
  const messages = Array.from({ length: 64 }, () => ({ payload: Buffer.alloc(100) }));
  for (let round = 0; round < 50; round++) sender.sendBatch(messages);
  await once(child, 'exit');
  const [, datagrams, bytes, drops] = /(\d+) datagrams, (\d+) bytes, (\d+) dropped/.exec(output()) ?? [];
  expect(Number(datagrams) + Number(drops)).toBe(3200);
  expect(Number(bytes)).toBe(100 * Number(datagrams));
});
