import type { PingScenario } from '../ping-scenario.js';
import { back } from './routes.js';

/** Round-trip times, whatever the clocks and the program do. */
export const CLOCKS: PingScenario[] = [
  {
    name: 'a wall clock stepped forth between a probe and its reply: the monotonic clock measures',
    options: { count: 3 },
    internet: places => ({ ...back()(places), host: { clockSteps: [{ at: 1002, by: 3_600_000 }] } }),
    expect: {
      counts: { sent: 3, received: 3 },
      clocks: ['kernel', 'user', 'kernel'],
      rtt: { min: 3.998, max: 4 },
    },
  },
  {
    name: 'stepped back',
    options: { count: 3 },
    internet: places => ({ ...back()(places), host: { clockSteps: [{ at: 1002, by: -3_600_000 }] } }),
    expect: { counts: { sent: 3, received: 3 }, clocks: ['kernel', 'user', 'kernel'], rtt: { min: 3.998, max: 4 } },
  },
  {
    name: 'a step forth that the channel has not noticed: longer than user space saw',
    options: { count: 3 },
    internet: places => ({ ...back()(places), host: { clockSteps: [{ at: 1002, by: 500, noticed: false }] } }),
    expect: { counts: { sent: 3, received: 3 }, clocks: ['kernel', 'user', 'kernel'], rtt: { min: 3.998, max: 4 } },
  },
  {
    name: 'a step back that the channel has not noticed: less than nothing',
    options: { count: 3 },
    internet: places => ({ ...back()(places), host: { clockSteps: [{ at: 1002, by: -500, noticed: false }] } }),
    expect: { counts: { sent: 3, received: 3 }, clocks: ['kernel', 'user', 'kernel'], rtt: { min: 3.998, max: 4 } },
  },
  {
    name: 'no transmit stamps',
    options: { count: 2 },
    internet: places => ({ ...back()(places), host: { stamps: { transmit: false } } }),
    expect: { counts: { sent: 2, received: 2 }, clocks: ['user', 'user'], rtt: { min: 4, max: 4 } },
  },
  {
    name: 'no receive stamps',
    options: { count: 2 },
    internet: places => ({ ...back()(places), host: { stamps: { receive: false } } }),
    expect: { counts: { sent: 2, received: 2 }, clocks: ['user', 'user'], rtt: { min: 4, max: 4 } },
  },
  {
    name: 'a transmit stamp that comes after the reply',
    options: { count: 2 },
    internet: places => ({ ...back()(places), host: { stampDelay: 10 } }),
    expect: { counts: { sent: 2, received: 2 }, clocks: ['user', 'user'], rtt: { min: 4, max: 4 } },
  },
  {
    name: 'a program that does not get to run for 50 ms at a time: the stamps know better',
    options: { count: 20, interval: 100 },
    internet: places => ({
      ...back()(places),
      host: { pauses: Array.from({ length: 20 }, (_, index) => ({ at: 100 * index + 0.1, for: 50 })) },
    }),
    expect: { counts: { sent: 20, received: 20 }, rtt: { min: 3.998, max: 3.998, jitter: 0 } },
  },
  {
    name: 'the same without stamps: the round-trip time is what the program saw',
    options: { count: 3, interval: 100 },
    internet: places => ({
      ...back()(places),
      host: { stamps: { transmit: false }, pauses: [{ at: 100.1, for: 50 }] },
    }),
    expect: { counts: { sent: 3, received: 3 }, rtt: { min: 4, max: 50.1 } },
  },
  {
    name: 'replies that lie in the socket buffer when their time is up are in time',
    options: { count: 5, interval: 10, timeout: 100 },
    internet: places => ({ ...back()(places), host: { pauses: [{ at: 41, for: 300 }] } }),
    expect: { counts: { sent: 5, received: 5 } },
  },
];
