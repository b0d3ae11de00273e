import { encodeIpv4Options } from '../../../../src/wire/ipv4-options.js';
import type { PingScenario } from '../ping-scenario.js';
import { back, route } from './routes.js';

/** What networks do to honest packets. */
export const PATHS: PingScenario[] = [
  {
    name: 'a clean path: every probe is answered, and the round-trip time is that of the path',
    expect: {
      counts: { sent: 5, received: 5 },
      events: ['reply 1', 'reply 2', 'reply 3', 'reply 4', 'reply 5'],
      rtt: { min: 3.998, max: 3.998, mean: 3.998, jitter: 0 },
      clocks: ['kernel', 'kernel', 'kernel', 'kernel', 'kernel'],
      elapsed: 4004,
      reply: ({ target }) => ({ target, address: target, size: 64, ttl: 63, rtt: 3.998 }),
    },
  },
  {
    name: 'a ping socket, whose errors come over the error queue',
    socket: 'ping',
    expect: { counts: { sent: 5, received: 5 }, rtt: { min: 3.998, max: 3.998 } },
  },
  {
    name: 'loss of 10 %: exactly the lost probes time out',
    seed: 7,
    options: { count: 1000, interval: 10 },
    internet: back({ kind: 'loss', pick: { every: 10 } }),
    expect: { counts: { sent: 1000, received: 900, lost: 100 }, rtt: { min: 3.998, max: 3.998 } },
  },
  {
    name: 'a burst of loss',
    options: { count: 10, interval: 100 },
    internet: back({ kind: 'loss', pick: { packets: [4, 5, 6] } }),
    expect: {
      counts: { sent: 10, received: 7, lost: 3 },
      events: [1, 2, 3, 7, 8, 9, 10].map(n => `reply ${n}`).concat(['timeout 4', 'timeout 5', 'timeout 6']),
    },
  },
  {
    name: 'a silent target: every probe times out, and there is no round-trip time',
    internet: places => route(places, { target: 'none' }),
    options: { count: 3 },
    expect: { counts: { sent: 3, lost: 3 }, rtt: null, answered: 0, events: ['timeout 1', 'timeout 2', 'timeout 3'] },
  },
  {
    name: 'duplicates: counted beside the reply, which counts once',
    options: { count: 3 },
    internet: back({ kind: 'duplicate', pick: { packets: [2] }, copies: 2, after: 5 }),
    expect: {
      counts: { sent: 3, received: 3, duplicates: 2 },
      events: ['reply 1', 'reply 2', 'duplicate 2', 'duplicate 2', 'reply 3'],
    },
  },
  {
    name: 'a late reply does not undo the loss',
    options: { count: 4 },
    internet: back({ kind: 'delay', by: 1500, pick: { packets: [2] } }),
    expect: {
      counts: { sent: 4, received: 3, lost: 1, late: 1 },
      events: ['reply 1', 'timeout 2', 'reply 3', 'late 2', 'reply 4'],
    },
  },
  {
    name: 'a late reply that comes twice is late once and a duplicate once',
    options: { count: 4 },
    internet: back(
      { kind: 'delay', by: 1500, pick: { packets: [2] } },
      { kind: 'duplicate', pick: { packets: [3] }, after: 10 },
    ),
    expect: { counts: { sent: 4, received: 3, lost: 1, late: 1, duplicates: 1 } },
  },
  {
    name: 'reordered replies are credited to their own probes',
    options: { count: 4, interval: 10 },
    internet: back({ kind: 'delay', by: 25, pick: { packets: [2] } }),
    expect: {
      counts: { sent: 4, received: 4 },
      events: ['reply 1', 'reply 3', 'reply 4', 'reply 2'],
      rtt: { min: 3.998, max: 28.998 },
    },
  },
  {
    name: 'a recorded route: every router there and back, and the target',
    families: [4],
    options: { count: 1 },
    internet: places => ({
      ...route(places, {}),
      host: { ipOptions: encodeIpv4Options([{ kind: 'record-route', recorded: [], free: 9 }]) },
    }),
    expect: {
      counts: { sent: 1, received: 1 },
      reply: ({ router, target }) => ({ options: { recordRoute: [router, target, router] } }),
    },
  },
  {
    name: 'jitter: minimum and maximum stay within what the path does',
    seed: 3,
    options: { count: 500, interval: 20 },
    internet: places =>
      route(places, { path: [{ address: places.router, link: { delay: 5, jitter: { kind: 'uniform', up: 10 } } }] }),
    expect: { counts: { sent: 500, received: 500 } },
  },
];
