import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { listen } from '../../../src/sockets/listen.js';
import { LoopbackServer, portOf } from '../../support/kernel/servers.js';

const run = promisify(execFile);

async function example(name: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [`examples/${name}.mjs`, ...args]);
  expect(stderr).toBe('');
  return stdout;
}

describe('the examples of socket options', () => {
  it('dscp-per-request marks each kind of request', async () => {
    const server = await listen(
      createServer((_request, response) => response.end()),
      { host: '127.0.0.1' },
    );
    const output = await example('dscp-per-request', `http://127.0.0.1:${portOf(server)}/`);
    expect(output.trim().split('\n').sort()).toEqual(['200 with CS1', '200 with EF']);
    server.close();
  });

  it('connection-dashboard shows a connection', async () => {
    await using server = await LoopbackServer.open(peer => peer.resume().on('end', () => peer.end()));
    const output = await example('connection-dashboard', '127.0.0.1', String(server.port));
    const line = /^established rtt [\d.]+ \+- [\d.]+ ms, window \d+ x \d+ bytes, [\d.]+ MB\/s, \d+ again$/;
    for (const shown of output.trim().split('\n')) expect(shown).toMatch(line);
  });

  it('spread-by-program gives each datagram to the worker that it names', async () => {
    const expected = [0, 1, 2, 3].map(worker => `worker ${worker} got ${worker}\n`).join('');
    expect(await example('spread-by-program')).toBe(expected);
  });

  it('urgent-data overtakes what was sent before', async () => {
    expect(await example('urgent-data')).toBe('urgent: !\nordinary: a long listing\n');
  });

  it('abort-connection is an error for the peer', async () => {
    expect(await example('abort-connection')).toBe('28 bytes came\nand ECONNRESET\n');
  });

  it('new-kinds-of-tcp makes a connection of Multipath TCP', async () => {
    const multipath = 'multipath: true\na subflow from 127.0.0.1 to 127.0.0.1\n';
    expect(await example('new-kinds-of-tcp')).toBe(`congestion control: bbr\n${multipath}`);
  });
});
