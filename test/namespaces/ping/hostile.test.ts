import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines } from '../../support/cli/command.js';
import { describeNeeding, type Host, Lab, TunInternet } from '../../support/lab/index.js';
import type { Alteration, Fault, RouteSpec, TargetSpec } from '../../support/simulation/scenario.js';

type Family = 4 | 6;

interface Way {
  family: Family;
  /** Without privilege by ping sockets, or as root by raw sockets. */
  unprivileged: boolean;
}

const ways: readonly (Way & { socket: string })[] = [
  { family: 4, unprivileged: false, socket: 'raw' },
  { family: 6, unprivileged: false, socket: 'raw' },
  { family: 4, unprivileged: true, socket: 'ping' },
  { family: 6, unprivileged: true, socket: 'ping' },
];

const WAY = 'IPv$family, $socket socket';

/** Of three probes each, by raw and then by ping sockets, the first: targets count through both. */
const FIRST_OF_THREE = { packets: [1, 4] };

/** Targets by what they do, each at an address of its own. */
const targets = {
  slow: {},
  honest: {},
  elsewhere: { answersFrom: 'elsewhere' },
  twice: answers({ kind: 'duplicate', copies: 2 }),
  late: answers({ kind: 'delay', by: 400, pick: FIRST_OF_THREE }),
  reordered: answers({ kind: 'delay', by: 60, pick: FIRST_OF_THREE }),
  otherPayload: alters({ field: 'byte', at: 30, xor: 0xff }),
  otherCookie: alters({ field: 'byte', at: 9, xor: 0xff }),
  otherIdentifier: alters({ field: 'identifier', xor: 0x0101 }),
  otherSequence: alters({ field: 'sequence', xor: 0x4000 }),
  badChecksum: alters({ field: 'checksum', xor: 0x1234 }),
  cut: alters({ field: 'length', bytes: 30 }),
  cutToHeader: alters({ field: 'length', bytes: 8 }),
  cutToNothing: alters({ field: 'length', bytes: 3, stale: true }),
  forgedBefore: answers({ kind: 'forge', alterations: [{ field: 'byte', at: 9, xor: 1 }] }),
  spoofedBefore: answers({ kind: 'forge', alterations: [], source: 'elsewhere' }),
} satisfies Record<string, TargetSpec>;

type TargetName = keyof typeof targets;

function answers(...faults: Fault[]): TargetSpec {
  return { faults };
}

function alters(...alterations: Alteration[]): TargetSpec {
  return answers({ kind: 'alter', alterations });
}

const addressAt = (number: number, family: Family): string =>
  family === 4 ? `198.51.100.${number}` : `2001:db8:1::${number}`;
const addressOf = (name: TargetName, family: Family): string =>
  addressAt(Object.keys(targets).indexOf(name) + 1, family);
const elsewhere = (family: Family): string => addressAt(200, family);

/** The target with 'elsewhere' put as an address. */
function inFamily(target: TargetSpec, family: Family): TargetSpec {
  return JSON.parse(JSON.stringify(target).replaceAll('"elsewhere"', JSON.stringify(elsewhere(family))));
}

const routes: RouteSpec[] = ([4, 6] as const).flatMap(family =>
  (Object.keys(targets) as TargetName[]).map(name => ({
    to: addressOf(name, family),
    link: { delay: name === 'slow' ? 25 : 0.1 },
    target: inFamily(targets[name], family),
  })),
);

describeNeeding(['namespaces', 'tun'], 'ping on a hostile internet', () => {
  const lab = new Lab();
  let host: Host;

  beforeAll(() => {
    host = lab.host('client');
    host.allowPingSockets();
    new TunInternet(host, routes);
  });
  afterAll(() => lab.close());

  async function ping(name: TargetName, { family, unprivileged }: Way, ...args: string[]) {
    const words = ['ping', '--json', '-n', '-i', '0.02', '-W', '0.2', ...args, addressOf(name, family)];
    const { stdout, stderr, status } = await host.subsocket(words, { unprivileged });
    const events = jsonLines(stdout);
    expect(stderr).toBe('');
    return { events, types: events.map(event => event.type), summary: events.at(-1) ?? {}, status };
  }

  test.each(ways)(`measures a path of 50 ms by the kernel's stamps, ${WAY}`, async way => {
    const { events, summary } = await ping('slow', way, '-c', '5');
    expect(events[0]).toMatchObject({ type: 'start', socket: way.unprivileged ? 'ping' : 'raw' });
    expect(events[1]).toMatchObject({ type: 'reply', clock: 'kernel' });
    expect(summary).toMatchObject({ sent: 5, received: 5 });
    expect((summary.rtt as { min: number }).min).toBeGreaterThanOrEqual(50);
  });

  test.each(ways)(`does not count an answer from another address, ${WAY}`, async way => {
    const { summary, status } = await ping('elsewhere', way, '-c', '2');
    expect(summary).toMatchObject({ sent: 2, received: 0, lost: 2, rtt: null });
    expect(status).toBe(1);
  });

  test.each(ways)(`counts a reply once and names its duplicates, ${WAY}`, async way => {
    const { summary, types } = await ping('twice', way, '-c', '3', '-i', '0.3');
    expect(summary).toMatchObject({ sent: 3, received: 3, lost: 0 });
    // Those of the last reply may come when all is said.
    expect(summary.duplicates).toBeGreaterThanOrEqual(4);
    expect(types.filter(type => type === 'duplicate')).toHaveLength(summary.duplicates as number);
  });

  test.each(ways)(`tells a late reply from a lost one, ${WAY}`, async way => {
    const { summary, types } = await ping('late', way, '-c', '3', '-i', '0.25');
    expect(types).toContain('late');
    expect(summary).toMatchObject({ sent: 3, late: 1 });
  });

  test.each(ways)(`credits replies to their own probes when they come in another order, ${WAY}`, async way => {
    const { summary, events } = await ping('reordered', way, '-c', '3');
    const replies = events.filter(event => event.type === 'reply').map(event => event.sequence);
    expect([...replies].sort()).toEqual([1, 2, 3]);
    expect(replies.at(-1)).toBe(1);
    expect(summary).toMatchObject({ received: 3, lost: 0, duplicates: 0 });
  });

  test.each(ways)(`names an altered payload as corrupt, and does not count it, ${WAY}`, async way => {
    const { summary, types } = await ping('otherPayload', way, '-c', '2');
    expect(types.filter(type => type === 'corrupt')).toHaveLength(2);
    expect(summary).toMatchObject({ sent: 2, received: 0, corrupted: 2 });
  });

  const impostors = [
    'otherCookie',
    'otherIdentifier',
    'otherSequence',
    'badChecksum',
    'cutToHeader',
    'cutToNothing',
  ] as const;
  test.each(impostors.flatMap(name => ways.map(way => ({ name, ...way }))))(
    `does not take $name for an answer, ${WAY}`,
    async ({ name, ...way }) => {
      const { summary, types, status } = await ping(name, way, '-c', '2');
      expect(summary).toMatchObject({ sent: 2, received: 0, lost: 2, rtt: null });
      expect(types).not.toContain('reply');
      expect(status).toBe(1);
    },
  );

  test.each(ways)(`does not count a reply that was cut, ${WAY}`, async way => {
    const { summary, types } = await ping('cut', way, '-c', '2');
    expect(summary).toMatchObject({ sent: 2, received: 0 });
    expect(types).not.toContain('reply');
  });

  test.each((['forgedBefore', 'spoofedBefore'] as const).flatMap(name => ways.map(way => ({ name, ...way }))))(
    `finds the true reply behind one that is $name, ${WAY}`,
    async ({ name, ...way }) => {
      const { summary, status } = await ping(name, way, '-c', '3');
      expect(summary).toMatchObject({ sent: 3, received: 3, lost: 0, duplicates: 0 });
      expect(status).toBe(0);
    },
  );
});
