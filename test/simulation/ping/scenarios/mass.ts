import { IpAddress } from '../../../../src/wire/ip-address.js';
import type { PingScenario, Places } from '../ping-scenario.js';
import { back, everywhere, route } from './routes.js';

/** The first addresses of a network, lazily. */
function many(count: number) {
  return function* ({ family }: Places): Iterable<string> {
    let address = IpAddress.parse(family === 4 ? '10.0.0.0' : '2001:db8:aaaa::');
    for (let made = 0; made < count; made++) {
      address = address.next();
      yield address.toString();
    }
  };
}

/** Half of the addresses have nobody. */
function halfSilent(places: Places) {
  const silent = places.family === 4 ? '10.0.0.128/25' : '2001:db8:aaaa::80/121';
  return { routes: [{ to: silent, target: 'none' as const }, { to: everywhere(places) }] };
}

/** Many targets in one run. */
export const MASS: PingScenario[] = [
  {
    name: '100,000 targets, each answered once and no reply credited to another',
    targets: many(100_000),
    options: { count: 1, report: 'total' },
    expect: {
      counts: { sent: 100_000, received: 100_000 },
      targets: 100_000,
      answered: 100_000,
      rtt: { min: 3.998, max: 3.998 },
    },
  },
  {
    name: '200 targets of which 73 are silent',
    targets: many(200),
    options: { count: 1 },
    internet: halfSilent,
    expect: { counts: { sent: 200, received: 127, lost: 73 }, targets: 200, answered: 127, elapsed: 1000 },
  },
  {
    name: 'retries: silent targets are asked again, the others are not',
    targets: many(200),
    options: { count: 1, retries: 2 },
    internet: halfSilent,
    expect: { counts: { sent: 127 + 3 * 73, received: 127, lost: 3 * 73 }, answered: 127, elapsed: 3000 },
  },
  {
    name: 'a retry that is answered: the target has answered, the first probe stays lost',
    targets: many(10),
    options: { count: 1, retries: 3 },
    internet: back({ kind: 'loss', pick: { packets: [1, 2, 3, 11] } }),
    expect: { counts: { sent: 14, received: 10, lost: 4 }, targets: 10, answered: 10 },
  },
  {
    name: 'several probes a target',
    targets: many(1000),
    options: { count: 3, interval: 50 },
    expect: { counts: { sent: 3000, received: 3000 }, targets: 1000, answered: 1000 },
  },
  {
    name: 'only problems are told: silent targets, not those that answer',
    targets: many(200),
    options: { count: 1, report: 'problems' },
    internet: halfSilent,
    expect: { counts: { sent: 200, received: 127, lost: 73 }, events: [] },
  },
  {
    name: 'targets are taken as they can be pinged, not all at once',
    targets: many(5000),
    options: { count: 2, interval: 10, activeTargets: 100, report: 'summaries' },
    expect: { counts: { sent: 10_000, received: 10_000 }, targets: 5000, answered: 5000 },
  },
  {
    name: 'silent targets do not hold up the others for longer than an answer is likely',
    targets: many(4000),
    options: { count: 1, window: 64, timeout: 5000, report: 'summaries' },
    internet: places => ({
      routes: [
        { to: places.family === 4 ? '10.0.0.0/24' : '2001:db8:aaaa::/120', target: 'none' },
        { to: everywhere(places) },
      ],
    }),
    expect: { counts: { sent: 4000, received: 3745, lost: 255 }, answered: 3745 },
  },
  {
    name: 'a receive buffer that is too small: drops are counted as such, and the window narrows',
    targets: many(5000),
    options: { count: 1, retries: 5, window: 1024, report: 'summaries' },
    internet: places => ({ ...route(places, {}), host: { receiveBuffer: 200, stamps: { transmit: false } } }),
    expect: { counts: { sent: 6195, received: 5000, lost: 1195 }, drops: 1195, targets: 5000, answered: 5000 },
  },
  {
    name: 'a multicast group: the first answer counts, those of the other members are duplicates',
    targets: ({ group }) => [group],
    options: { count: 2 },
    internet: places => route(places, { path: [], target: { members: [places.target, places.secondTarget] } }),
    expect: {
      counts: { sent: 2, received: 2, duplicates: 1 },
      events: ['reply 1', 'duplicate 1', 'reply 2'],
      reply: ({ target, group }) => ({ target: group, address: target }),
    },
  },
];
