import { LINUX } from '../../../../src/wire/constants.generated.js';
import type { PingScenario } from '../ping-scenario.js';
import { back, route } from './routes.js';

const LONG_RUN = 70_000;

/** When probes go out, and when a run ends. */
export const PACING: PingScenario[] = [
  {
    name: 'the interval does not drift: the last of 100 probes goes out after 99 intervals',
    options: { count: 100, interval: 10 },
    expect: { counts: { sent: 100, received: 100 }, elapsed: 994 },
  },
  {
    name: 'a run ends as soon as all replies are in',
    options: { count: 1, timeout: 10_000 },
    expect: { counts: { sent: 1, received: 1 }, elapsed: 4 },
  },
  {
    name: 'a deadline ends a run without a count; what is pending is lost',
    options: { count: Number.POSITIVE_INFINITY, deadline: 3002 },
    expect: {
      counts: { sent: 4, received: 3, lost: 1 },
      elapsed: 3002,
      events: ['reply 1', 'reply 2', 'reply 3', 'timeout 4'],
    },
  },
  {
    name: 'with a deadline, a count may be of answers: lost probes are made up for',
    options: { count: 5, countAnswers: true, deadline: 20_000 },
    internet: back({ kind: 'loss', pick: { packets: [2, 3] } }),
    expect: { counts: { sent: 7, received: 5, lost: 2 }, elapsed: 6004 },
  },
  {
    name: 'and an error then ends the run',
    options: { count: 5, countAnswers: true, deadline: 20_000 },
    internet: places =>
      route(places, { target: { rejects: { type: places.unreachable, code: places.adminProhibited } } }),
    expect: { counts: { sent: 1, lost: 1, errors: 1 }, elapsed: 4 },
  },
  {
    name: 'and so does a probe that is too long',
    options: { count: 5, countAnswers: true, deadline: 20_000 },
    internet: () => ({ host: { refusals: [{ pick: {}, errno: LINUX.EMSGSIZE }] } }),
    expect: { counts: { sent: 1, lost: 1, errors: 1 }, elapsed: 0 },
  },
  {
    name: 'but a route or a queue that this host lacks for a while only costs those probes',
    options: { count: 5, countAnswers: true, deadline: 20_000 },
    internet: () => ({
      host: {
        refusals: [
          { pick: { packets: [2] }, errno: LINUX.ENETUNREACH },
          { pick: { packets: [3] }, errno: LINUX.ENOBUFS },
        ],
      },
    }),
    expect: { counts: { sent: 7, received: 5, lost: 2, errors: 2 }, elapsed: 6004 },
  },
  {
    name: 'adaptive: the next probe goes out with the reply',
    options: { count: 100, adaptive: true, interval: 1000 },
    expect: { counts: { sent: 100, received: 100 }, elapsed: 400 },
  },
  {
    name: 'adaptive, with a least interval',
    options: { count: 11, adaptive: true, interval: 1000, minimumInterval: 20 },
    expect: { counts: { sent: 11, received: 11 }, elapsed: 204 },
  },
  {
    name: 'adaptive: after a lost probe the interval counts',
    options: { count: 4, adaptive: true, interval: 200, timeout: 5000 },
    internet: back({ kind: 'loss', pick: { packets: [2] } }),
    expect: {
      counts: { sent: 4, received: 3, lost: 1 },
      events: ['reply 1', 'reply 3', 'reply 4', 'timeout 2'],
      elapsed: 5004,
    },
  },
  {
    name: 'linger: the end of a run waits for two intervals of silence at most',
    options: { count: 3, timeout: 10_000, linger: true },
    internet: back({ kind: 'loss', pick: { packets: [3] } }),
    expect: { counts: { sent: 3, received: 2, lost: 1 }, elapsed: 3000 },
  },
  {
    name: 'linger: where nothing ever came back, the timeout counts',
    options: { count: 2, timeout: 4000, linger: true },
    internet: places => route(places, { target: 'none' }),
    expect: { counts: { sent: 2, lost: 2 }, elapsed: 5000 },
  },
  {
    name: 'a rate over all targets',
    targets: ({ target, secondTarget }) => [target, secondTarget],
    options: { count: 50, interval: 0, rate: 100, burst: 1 },
    expect: { counts: { sent: 100, received: 100 }, elapsed: 994, targets: 2, answered: 2 },
  },
  {
    name: 'a send buffer that is full holds back and loses nothing',
    options: { count: 500, interval: 0 },
    internet: places => ({ ...back()(places), host: { sendRate: 10 } }),
    expect: { counts: { sent: 500, received: 500 }, elapsed: 53 },
  },
  {
    name: `${LONG_RUN} probes: the sequence wraps on the wire, and no reply is credited to another probe`,
    options: { count: LONG_RUN, interval: 0.1, report: 'summaries' },
    internet: back({ kind: 'delay', by: 30, pick: { every: 7 } }),
    expect: { counts: { sent: LONG_RUN, received: LONG_RUN }, rtt: { min: 3.998, max: 33.998 } },
  },
  {
    name: 'more probes in flight than there are sequences: id, sequence and cookie together tell them apart',
    options: { count: 80_000, interval: 0, window: 100_000, timeout: 60_000, report: 'summaries' },
    internet: places => route(places, { link: { delay: 5000 } }),
    expect: { counts: { sent: 80_000, received: 80_000 }, rtt: { min: 10_001.998 } },
  },
  ...[0, 1, 4, 7, 8, 9, 1472, 65_507].map(
    (payloadSize): PingScenario => ({
      name: `a payload of ${payloadSize} bytes`,
      options: { payloadSize, count: 2 },
      expect: { counts: { sent: 2, received: 2 }, reply: () => ({ size: payloadSize + 8 }) },
    }),
  ),
  {
    name: 'without a cookie, sequence and source decide',
    options: { payloadSize: 4, count: 3 },
    internet: places =>
      back(
        { kind: 'forge', pick: { packets: [2] }, alterations: [], source: places.stranger },
        { kind: 'forge', pick: { packets: [4] }, alterations: [{ field: 'sequence', xor: 64 }] },
      )(places),
    expect: { counts: { sent: 3, received: 3, foreign: 2 } },
  },
  {
    name: 'a pattern',
    options: { payloadSize: 20, pattern: new Uint8Array([0xab, 0xcd, 0xef]), count: 1 },
    internet: back({ kind: 'alter', alterations: [{ field: 'byte', at: 8 + 19, xor: 1 }] }),
    expect: { counts: { sent: 1, lost: 1, corrupted: 1 }, corrupt: { reason: 'payload', offset: 19 } },
  },
];
