import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../../src/io/argument-error.js';
import { discoverPathMtu } from '../../../src/tools/mtu.js';
import { ping } from '../../../src/tools/ping.js';
import { traceroute } from '../../../src/tools/traceroute.js';
import { watchPath } from '../../../src/tools/watch-path.js';

/** What TypeScript refuses and a program in JavaScript may give. */
type Run = (target?: unknown, options?: unknown) => AsyncIterable<unknown>;
const runs: Record<string, Run> = {
  ping: ping as Run,
  traceroute: traceroute as Run,
  watchPath: watchPath as Run,
  discoverPathMtu: discoverPathMtu as Run,
};

/** The error of a run that must not begin. */
async function refusalOf(run: AsyncIterable<unknown>): Promise<unknown> {
  try {
    const { value } = await run[Symbol.asyncIterator]().next();
    return value;
  } catch (error) {
    return error;
  }
}

const functions = () => {};
const bad: Record<string, readonly unknown[]> = {
  interface: [null, '', 5, {}, 'a-name-of-17-bytes', 'a\0b'],
  source: [null, '', 5, {}, 'here', '192.0.2.256'],
  family: [null, 5, '4'],
  mark: [null, -1, '1', 2 ** 32],
  signal: [null, {}, 5],
  timeout: [null, 0, '1', Number.NaN],
};
const badOfTraces: Record<string, readonly unknown[]> = {
  protocol: [null, 'sctp', 6],
  port: [null, 0, 65_536, '80'],
  sockets: [null, 'both', true],
  onStart: [null, 'log', {}],
};
const badOfPaths: Record<string, readonly unknown[]> = {
  as: [null, 5, 'yes', [], functions],
  names: [null, 0, 'no'],
  firstTtl: [null, 0, 256, 1.5],
  maxTtl: [null, 0, 256],
  sourcePort: [null, 0],
  trafficClass: [null, 256],
  packetLength: [null, 20],
};

const badOptions: Record<string, Record<string, readonly unknown[]>> = {
  ping: {
    ...bad,
    ...{ size: [null, -1], rate: [null, -1], pattern: [5, 'f'], timestamp: [null, {}, { prespecified: [5] }] },
    ...{ flood: [null, 1], sockets: [null, 'raw'], onProgress: [null, 5], count: [null, 0] },
  },
  traceroute: {
    ...{ ...bad, ...badOfTraces, ...badOfPaths },
    ...{ classic: [null, 1], mtu: [null, 1], multipath: [null, 1, 'yes'], probes: [null, 0], inFlight: [null, 0] },
    ...{ lookupTimeout: [null, -1], rate: [null, 0], concurrency: [null, 0] },
  },
  watchPath: { ...bad, ...badOfTraces, ...badOfPaths, interval: [null, 9], rounds: [null, 0] },
  discoverPathMtu: { ...bad, ...badOfTraces, min: [null, 67], max: [null, 70_000], budget: [null, 9] },
};

describe.each(Object.entries(runs))('%s refuses by name', (name, run) => {
  test.each([[null], [5], [[]], ['x'], [functions]])('the options %j', async options => {
    expect(await refusalOf(run('127.0.0.1', options))).toMatchObject({ name: 'ArgumentError', argument: 'options' });
  });

  test.each([[null], [undefined], [5], [{}], [functions]])('the target %j, and leaves nothing open', async target => {
    await refusalOf(run(target));
    const before = readdirSync('/proc/self/fd').length;
    const refusal = await refusalOf(run(target));
    expect(refusal).toBeInstanceOf(ArgumentError);
    expect(refusal).toMatchObject({ code: 'ERR_SUBSOCKET_ARGUMENT', argument: expect.stringMatching(/^targets?$/) });
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  const values = Object.entries(badOptions[name] ?? {}).flatMap(([option, list]) =>
    list.map(value => ({ option, value })),
  );
  test.each(values)('$option: $value', async ({ option, value }) => {
    const refusal = await refusalOf(run('192.0.2.1', { [option]: value }));
    expect(refusal).toBeInstanceOf(ArgumentError);
    expect(refusal).toMatchObject({ argument: option });
  });
});

describe.each(['traceroute', 'watchPath'])('%s refuses by name where AS numbers are looked up:', name => {
  const places: [string, unknown[]][] = [
    ['servers', ['192.0.2.53', null, [], [5], ['foo'], ['192.0.2.53:'], ['192.0.2.53:65536'], ['[2001:db8::1']]],
    ['zone', ['origin.example', null, { 4: 5 }, { 4: '' }, { 6: 'a..b' }, { 4: 'a b' }]],
  ];
  const values = places.flatMap(([option, list]) => list.map(value => ({ option, value })));
  test.each(values)('$option $value', async ({ option, value }) => {
    const refusal = await refusalOf(runs[name]?.('127.0.0.1', { as: { [option]: value } }) as AsyncIterable<unknown>);
    expect(refusal).toMatchObject({ name: 'ArgumentError', argument: `as.${option}` });
  });

  test('all that a DNS resolver takes is taken', async () => {
    const servers = ['192.0.2.53', '192.0.2.53:5353', '2001:db8::53', '[2001:db8::53]', '[2001:db8::53]:5353'];
    const run = runs[name]?.('127.0.0.1', { as: { servers }, sockets: 'raw or so' });
    expect(await refusalOf(run as AsyncIterable<unknown>)).toMatchObject({ argument: 'sockets' });
  });
});
