import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PingEvent } from '../../../src/engine/ping/ping-event.js';
import { ArgumentError } from '../../../src/io/argument-error.js';
import { native } from '../../../src/io/native.js';
import { ping } from '../../../src/tools/ping.js';
import type { PingOptions } from '../../../src/tools/ping-options.js';
import { ResolveError } from '../../../src/tools/resolve.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { describeNeeding } from '../../support/lab/index.js';

const LOOPBACKS = [
  { family: 4, address: '127.0.0.1' },
  { family: 6, address: '::1' },
] as const;

async function collect(run: AsyncIterable<PingEvent>): Promise<PingEvent[]> {
  const events: PingEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function* loopbackAddresses(count: number): Generator<IpAddress> {
  let address = IpAddress.parse('127.0.0.1');
  for (let index = 0; index < count; index++, address = address.next()) yield address;
}

describeNeeding('rawSockets', 'ping on loopback', () => {
  test.each(LOOPBACKS)(
    'IPv$family: tells start, replies with kernel stamps, and a summary',
    async ({ family, address }) => {
      const events = await collect(ping(address, { count: 3, interval: 5 }));
      expect(events.map(event => event.type)).toEqual(['start', 'reply', 'reply', 'reply', 'summary']);
      const source = address;
      expect(events[0]).toEqual({ type: 'start', target: address, address, family, socket: 'raw', size: 56, source });
      expect(events[1]).toMatchObject({ target: address, address, sequence: 1, size: 64, ttl: 64, clock: 'kernel' });
      expect(events.at(-1)).toMatchObject({
        sent: 3,
        received: 3,
        lost: 0,
        loss: 0,
        duplicates: 0,
        foreign: 0,
        errors: 0,
      });
    },
  );

  test.each([0, 1, 7, 8, 9, 1400, 40_000, 65_507])('a payload of %i bytes comes back whole', async size => {
    const summary = await ping('127.0.0.1', { count: 2, interval: 0, size }).summary();
    expect(summary).toMatchObject({ sent: 2, received: 2, corrupted: 0, foreign: 0 });
  });

  test('the longest IPv6 payload comes back whole, and one byte more is refused by name', async () => {
    await expect(ping('::1', { count: 1, size: 65_527 }).summary()).resolves.toMatchObject({ received: 1 });
    await expect(ping('::1', { count: 1, size: 65_528 }).summary()).rejects.toThrow(/size takes 0 to 65527/);
  });

  test('times are true: without transmit stamps a reply says that user space took one', async () => {
    const events = await collect(ping('127.0.0.1', { count: 1, transmitStamps: false }));
    expect(events[1]).toMatchObject({ type: 'reply', clock: 'user' });
  });

  test('a probe that leaves in fragments has its transmit stamp too', async () => {
    const events = await collect(ping('::1', { count: 1, size: 65_527 }));
    expect(events[1]).toMatchObject({ type: 'reply', clock: 'kernel' });
  });

  test('a TTL and a traffic class are set on every probe', async () => {
    await expect(ping('127.0.0.1', { count: 1, ttl: 7, trafficClass: 0xb8 }).summary()).resolves.toMatchObject({
      received: 1,
    });
  });

  test('an IPv4-mapped address stands for the IPv4 address in it', async () => {
    const target = '::ffff:127.0.0.1';
    const summary = { target, address: '127.0.0.1', received: 1 };
    await expect(ping(target, { count: 1 }).summary()).resolves.toMatchObject(summary);
    await expect(ping([target]).summary()).resolves.toMatchObject({ targets: 1, answered: 1 });
  });

  test('more than 65,536 probes to one target are all answered', async () => {
    const summary = await ping('127.0.0.1', { count: 70_000, interval: 0, timeout: 1000 }).summary();
    expect(summary).toMatchObject({ sent: 70_000, received: 70_000, duplicates: 0, foreign: 0 });
  });

  test('many pings at once keep their replies apart', async () => {
    const runs = Array.from({ length: 50 }, (_, index) =>
      ping(`127.0.1.${index + 1}`, { count: 4, interval: 2 }).summary(),
    );
    for (const summary of await Promise.all(runs)) {
      expect(summary).toMatchObject({ sent: 4, received: 4, foreign: 0, duplicates: 0 });
    }
  });
});

describeNeeding('rawSockets', 'a mass ping on loopback', () => {
  test('takes a generator, keeps nothing of it, and counts every target', async () => {
    const total = await ping(loopbackAddresses(20_000), { rate: 0 }).summary();
    expect(total).toMatchObject({
      type: 'total',
      targets: 20_000,
      answered: 20_000,
      sent: 20_000,
      received: 20_000,
      drops: 0,
    });
  });

  test('takes both families and names in one run; a bad name does not end it', async () => {
    const targets = ['127.0.0.1', '::1', 'localhost', 'no-such-host.invalid', '127.0.0.2'];
    const events = await collect(ping(targets, { count: 2, interval: 1 }));
    const summaries = events.filter(event => event.type === 'summary');
    expect(new Set(summaries.map(event => event.target))).toEqual(
      new Set(['127.0.0.1', '::1', 'localhost', '127.0.0.2']),
    );
    expect(events.filter(event => event.type === 'unresolved')).toMatchObject([{ target: 'no-such-host.invalid' }]);
    expect(events.at(-1)).toMatchObject({ type: 'total', answered: 4, unresolved: 1, sent: 8, received: 8 });
  });

  test('takes an asynchronous generator', async () => {
    async function* targets() {
      for (const address of loopbackAddresses(300)) yield address;
    }
    await expect(ping(targets()).summary()).resolves.toMatchObject({ targets: 300, answered: 300 });
  });

  test('a generator that throws ends the run with its error and closes the sockets', async () => {
    const before = openDescriptors();
    function* targets() {
      yield '127.0.0.1';
      throw new Error('the list broke off');
    }
    await expect(ping(targets()).summary()).rejects.toThrow('the list broke off');
    expect(openDescriptors()).toBe(before);
  });

  test('tells how far it is', async () => {
    const reports: number[] = [];
    await ping(loopbackAddresses(3000), {
      rate: 10_000,
      onProgress: ({ finished }) => reports.push(finished),
    }).summary();
    expect(reports.length).toBeGreaterThan(1);
    expect([...reports].sort((left, right) => left - right)).toEqual(reports);
  });
});

describeNeeding('rawSockets', 'the end of a ping', () => {
  test('an abort ends the run with its summary', async () => {
    const controller = new AbortController();
    const types: string[] = [];
    for await (const event of ping('127.0.0.1', { interval: 1, signal: controller.signal })) {
      types.push(event.type);
      if (types.length === 4) controller.abort();
    }
    expect(types.at(-1)).toBe('summary');
  });

  test('an abort before the beginning rejects with its reason', async () => {
    const signal = AbortSignal.abort(new Error('not today'));
    await expect(ping('127.0.0.1', { signal }).summary()).rejects.toThrow('not today');
  });

  test('leaving the loop closes the sockets', async () => {
    const before = openDescriptors();
    for await (const event of ping('127.0.0.1', { interval: 1 })) if (event.type === 'reply') break;
    await expect.poll(openDescriptors).toBe(before);
  });

  test('a deadline ends a run without a count', async () => {
    const summary = await ping('127.0.0.1', { interval: 10, deadline: 100 }).summary();
    expect(summary.received).toBeGreaterThan(2);
    expect(summary.received).toBe(summary.sent);
  });

  test('an error leaves no descriptor open', async () => {
    const before = openDescriptors();
    await expect(ping('127.0.0.1', { interface: 'no-such-if' }).summary()).rejects.toThrow(/no-such-if/);
    await expect(ping('127.0.0.1', { source: '203.0.113.9' }).summary()).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
    expect(openDescriptors()).toBe(before);
  });

  test('exhausted descriptors are an error and no leak', async () => {
    const before = openDescriptors();
    const taken = takeAllDescriptors();
    const refused = await ping('127.0.0.1', { count: 1 })
      .summary()
      .catch((error: unknown) => error);
    for (const descriptor of taken) native().close(descriptor);
    expect(refused).toMatchObject({ name: 'SystemCallError', code: 'EMFILE', syscall: 'socket' });
    expect(openDescriptors()).toBe(before);
  });
});

function takeAllDescriptors(): number[] {
  const taken: number[] = [];
  for (;;) {
    const descriptor = native().socket(LINUX.AF_INET, LINUX.SOCK_DGRAM, 0);
    if (descriptor < 0) return taken;
    taken.push(descriptor);
  }
}

describe('bad arguments are refused by name before any system call', () => {
  const wrong: [keyof PingOptions, unknown, RegExp][] = [
    ['size', 65_508, /size takes 0 to 65507 bytes, not 65508/],
    ['size', -1, /size takes 0 to 65507/],
    ['size', 1.5, /size takes a whole number/],
    ['ttl', 0, /ttl takes 1 to 255, not 0/],
    ['ttl', 256, /ttl takes 1 to 255/],
    ['interval', -1, /interval takes 0 to 86400000 ms, not -1/],
    ['interval', Number.NaN, /interval takes/],
    ['count', 0, /count takes 1 to/],
    ['count', 'x', /count takes a whole number .* not "x"/],
    ['timeout', 0, /timeout takes 1 to/],
    ['trafficClass', 256, /trafficClass takes 0 to 255/],
    ['mtuDiscover', 'maybe', /mtuDiscover takes 'do', 'want', 'dont' or 'probe'/],
    ['pattern', 'xyz', /pattern takes/],
    ['family', 5, /family takes 4 or 6/],
    ['source', 'here', /source takes an IP address/],
    ['mark', -1, /mark takes 0 to/],
    ['rate', -1, /rate takes 0 to/],
    ['retries', 101, /retries takes 0 to 100/],
    ['events', 'some', /events takes 'all', 'summaries'/],
    ['transmitStamps', 1, /transmitStamps takes true or false, not 1/],
    ['sockets', 5, /sockets takes an array/],
    ['onProgress', 5, /onProgress takes a function/],
  ];

  test.each(wrong)('%s: %s', async (name, value, message) => {
    const refused = ping('127.0.0.1', { [name]: value } as PingOptions).summary();
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(ArgumentError);
  });

  test('an address of the other family', async () => {
    await expect(ping('::1', { family: 4 }).summary()).rejects.toBeInstanceOf(ResolveError);
    await expect(ping('127.0.0.1', { family: 6 }).summary()).rejects.toThrow(/IPv4 address, and IPv6 was asked for/);
  });

  test('a link-local address without its interface', async () => {
    await expect(ping('fe80::1', { count: 1 }).summary()).rejects.toThrow(/name its interface: fe80::1%eth0/);
  });

  test('a text too long for a name is refused without asking a name server', async () => {
    await expect(ping('x'.repeat(254)).summary()).rejects.toThrow(/^not a host name: "x{40}\.\.\."$/);
  });

  test('a name that no host has', async () => {
    await expect(ping('no-such-host.invalid', { count: 1 }).summary()).rejects.toMatchObject({ name: 'ResolveError' });
  });
});
