import { spawn } from 'node:child_process';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { TraceEvent, TraceHop, TraceResult } from '../../../src/engine/trace/trace-event.js';
import { discoverPathMtu } from '../../../src/tools/mtu.js';
import { ping } from '../../../src/tools/ping.js';
import type { TracerouteOptions } from '../../../src/tools/trace-options.js';
import { traceroute } from '../../../src/tools/traceroute.js';
import { watchPath } from '../../../src/tools/watch-path.js';

async function trace(
  target: string,
  options: TracerouteOptions = {},
): Promise<{ hops: TraceHop[]; result: TraceResult }> {
  const events: TraceEvent[] = [];
  for await (const event of traceroute(target, { names: false, sockets: 'unprivileged', ...options }))
    events.push(event);
  const result = events.find(event => event.type === 'result');
  if (result === undefined) throw new Error('no result');
  return { hops: events.filter(event => event.type === 'hop'), result };
}

describe('a trace to this host, without privilege', () => {
  test.each(['127.0.0.1', '::1'])('reaches %s at the first hop by UDP', async target => {
    const { hops, result } = await trace(target);
    expect(result).toMatchObject({ reached: true, hops: 1, protocol: 'udp', address: target });
    expect(hops[0]?.probes).toHaveLength(3);
    expect(hops[0]?.probes[0]).toMatchObject({ address: target, clock: 'kernel' });
  });

  test.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ])('takes %s for this host, as the kernel does', async (target, address) => {
    expect((await trace(target)).result).toMatchObject({ target, address, protocol: 'udp', reached: true, hops: 1 });
  });

  test.each(['127.0.0.1', '::1'])('reaches a closed TCP port of %s', async target => {
    const { hops, result } = await trace(target, { protocol: 'tcp', port: 1 });
    expect(result).toMatchObject({ reached: true, hops: 1, protocol: 'tcp', port: 1 });
    expect(hops[0]?.probes[0]).toMatchObject({ reply: 'reset' });
  });
});

describe('wrong arguments', () => {
  const wrong: [TracerouteOptions, string][] = [
    [{ maxTtl: 0 }, 'maxTtl takes'],
    [{ maxTtl: 256 }, 'maxTtl takes'],
    [{ firstTtl: 9, maxTtl: 3 }, 'firstTtl takes'],
    [{ probes: 0 }, 'probes takes'],
    [{ probes: 11 }, 'probes takes'],
    [{ packetLength: 31 }, 'packetLength takes 32 to 65535 bytes'],
    [{ packetLength: 65_536 }, 'packetLength takes'],
    [{ port: 0 }, 'port takes'],
    [{ timeout: -1 }, 'timeout takes'],
    [{ inFlight: 0 }, 'inFlight takes'],
    [{ trafficClass: 256 }, 'trafficClass takes'],
    [{ source: 'here' }, 'source takes'],
    [{ multipath: { confidence: 1 } }, 'confidence takes'],
    [{ protocol: 'sctp' as 'udp' }, 'protocol takes'],
    [{ family: 5 as 4 }, 'family takes'],
    [{ lookupTimeout: -1 }, 'lookupTimeout takes 0 to 60000 ms'],
  ];

  test.each(wrong)('%j is refused by name', async (options, message) => {
    await expect(trace('127.0.0.1', options)).rejects.toThrow(message);
  });

  test('an address of the other family is refused', async () => {
    await expect(trace('127.0.0.1', { family: 6 })).rejects.toMatchObject({ code: 'EAI_ADDRFAMILY' });
  });

  test('an address that is not of this host is refused as source', async () => {
    await expect(trace('127.0.0.1', { source: '192.0.2.77' })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});

/** RFC 1035 section 4.1: the header and question as they came, with one record or NXDOMAIN. */
function answerTo(query: Buffer, name: string, text: string): Buffer {
  const labels = name.split('.').flatMap(label => [label.length, ...Buffer.from(label)]);
  const question = Buffer.from([...labels, 0, 0, 16, 0, 1]);
  const known = query.subarray(12, 12 + question.length).equals(question);
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(known ? 1 : 0, 6);
  header.writeUInt16BE(0, 10);
  const record = Buffer.from([
    0xc0,
    12,
    0,
    16,
    0,
    1,
    0,
    0,
    0,
    60,
    0,
    text.length + 1,
    text.length,
    ...Buffer.from(text),
  ]);
  const asked = query.subarray(12, query.indexOf(0, 12) + 5);
  return Buffer.concat([header, asked, ...(known ? [record] : [])]);
}

describe('AS numbers', () => {
  /** Answers every TXT question about `name` with `text`, and no other. */
  async function dnsServer(name: string, text: string): Promise<Socket> {
    const server = createSocket('udp4');
    server.on('message', (query, peer) => server.send(answerTo(query, name, text), peer.port, peer.address));
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  test('come from the zone and the server that were asked for', async () => {
    const server = await dnsServer('1.0.0.127.origin.example', '64500 64501 | 127.0.0.0/8 | ZZ | example | 2026-01-01');
    const servers = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
    try {
      const { hops } = await trace('127.0.0.1', { as: { zone: { 4: 'origin.example' }, servers } });
      expect(hops[0]?.probes[0]).toMatchObject({ as: [64_500, 64_501] });
    } finally {
      server.close();
    }
  });

  test('are left out where DNS knows none', async () => {
    const server = await dnsServer('elsewhere.example', 'x');
    const servers = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
    try {
      const { hops } = await trace('127.0.0.1', { as: { zone: { 4: 'origin.example' }, servers } });
      expect(hops[0]?.probes[0]).not.toHaveProperty('as');
    } finally {
      server.close();
    }
  });
});

describe('look-ups that DNS leaves unanswered', () => {
  /** Keeps every question, until it is let answer. */
  async function silentServer() {
    const server = createSocket('udp4');
    const questions: { query: Buffer; peer: RemoteInfo }[] = [];
    server.on('message', (query, peer) => questions.push({ query, peer }));
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const as = { zone: { 4: 'origin.example' }, servers: [`127.0.0.1:${server.address().port}`] };
    return { server, questions, as };
  }

  test('hold no hop back: what comes later is in the result', async () => {
    const { server, questions, as } = await silentServer();
    try {
      const events: TraceEvent[] = [];
      for await (const event of traceroute('127.0.0.1', { names: false, sockets: 'unprivileged', as })) {
        events.push(event);
        for (const { query, peer } of questions.splice(0)) {
          server.send(answerTo(query, '1.0.0.127.origin.example', '64500 | 127.0.0.0/8'), peer.port, peer.address);
        }
      }
      expect(events[0]).toMatchObject({ type: 'hop', probes: [{ address: '127.0.0.1' }, {}, {}] });
      expect(events[0]).not.toHaveProperty('probes.0.as');
      expect(events[1]).toMatchObject({ type: 'result', learned: [{ address: '127.0.0.1', as: [64_500] }] });
    } finally {
      server.close();
    }
  });

  test('are not made where nobody sees the hops', async () => {
    const { server, questions, as } = await silentServer();
    try {
      await traceroute('127.0.0.1', { names: false, sockets: 'unprivileged', as }).result();
      expect(questions).toEqual([]);
    } finally {
      server.close();
    }
  });
});

describe('a run that is ended before anything was sent', () => {
  const reason = new Error('not today');
  const aborted = AbortSignal.abort(reason);
  const first = async (run: AsyncIterable<unknown>) => run[Symbol.asyncIterator]().next();
  const runs = {
    ping: (options: { signal?: AbortSignal }, target = '127.0.0.1') => ping(target, options),
    traceroute: (options: { signal?: AbortSignal }, target = '127.0.0.1') => traceroute(target, options),
    watchPath: (options: { signal?: AbortSignal }, target = '127.0.0.1') => watchPath(target, options),
    discoverPathMtu: (options: { signal?: AbortSignal }, target = '127.0.0.1') => discoverPathMtu(target, options),
  };

  describe.each(Object.entries(runs))('%s', (_, start) => {
    test('rejects with the reason of a signal that was aborted before', async () => {
      await expect(first(start({ signal: aborted }))).rejects.toBe(reason);
    });

    test('rejects with the reason while a name is being looked up', async () => {
      const controller = new AbortController();
      const event = first(start({ signal: controller.signal }, 'localhost'));
      controller.abort(reason);
      await expect(event).rejects.toBe(reason);
    });

    test('rejects with an AbortError after stop()', async () => {
      const run = start({});
      run.stop();
      await expect(first(run)).rejects.toMatchObject({ name: 'AbortError' });
    });
  });

  test('has no result, and opens no socket: of one target or of many', async () => {
    await expect(traceroute('127.0.0.1', { signal: aborted }).result()).rejects.toBe(reason);
    await expect(traceroute(['127.0.0.1'], { signal: aborted }).result()).rejects.toBe(reason);
  });
});

test('no targets have no result', async () => {
  expect(await traceroute([]).result()).toBeUndefined();
});

describe('the command', () => {
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, ['bin/subsocket.js', 'trace', '--unprivileged', ...args]);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', text => {
      output.stdout += text;
    });
    child.stderr.on('data', text => {
      output.stderr += text;
    });
    const [status] = await once(child, 'close');
    return { ...output, status };
  };

  const refusals: [string[], string][] = [
    [['-m', '0', '127.0.0.1'], '-m takes 1 to 255 hops, not 0'],
    [['-m', '256', '127.0.0.1'], '-m takes 1 to 255 hops, not 256'],
    [['-q', '0', '127.0.0.1'], '-q takes 1 to 10 probes, not 0'],
    [['-p', '65536', '127.0.0.1'], '-p takes 1 to 65535, not 65536'],
    [['127.0.0.1', '31'], 'PACKET_LENGTH takes 32 to 65535 bytes, not 31'],
    [['::1', '40'], 'PACKET_LENGTH takes 52 to 65535 bytes, not 40'],
    [['-f', '7', '-m', '5', '127.0.0.1'], '-f takes 1 to 5, the last hop, not 7'],
    [['--live', '-f', '7', '-m', '5', '127.0.0.1'], '-f takes 1 to 5, the last hop, not 7'],
    [['-I', '-T', '127.0.0.1'], 'exclude one another'],
    [['-i', 'nothere', '127.0.0.1'], 'there is no interface nothere'],
    [['-s', 'x', '127.0.0.1'], '-s takes an address of this host, not x'],
    [['-6', '127.0.0.1'], 'is an IPv4 address'],
    [[], 'name a target'],
  ];

  test.each(refusals)('%j is refused in one line, with status 2', async (args, message) => {
    const { stderr, stdout, status } = await run(...args);
    expect(stderr).toMatch(/^subsocket trace: .*\n$/);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('prints the address after the name', async () => {
    const { stdout, status } = await run('127.0.0.1');
    expect(stdout).toMatch(
      /^traceroute to 127\.0\.0\.1 \(127\.0\.0\.1\), 30 hops max, 60 byte packets\n 1 {2}\S+ \(127\.0\.0\.1\)(?: {2}\d+\.\d{3} ms){3}\n$/,
    );
    expect(status).toBe(0);
  });
});
