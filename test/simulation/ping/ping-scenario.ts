import type { PingEngineOptions } from '../../../src/engine/ping/ping-options.js';
import type { Family } from '../../../src/wire/ip-address.js';
import type { Scenario } from '../../support/simulation/scenario.js';

/** Addresses by their part in a scenario. */
export interface Places {
  family: Family;
  host: string;
  target: string;
  secondTarget: string;
  stranger: string;
  router: string;
  secondRouter: string;
  group: string;
  /** ICMP types of the family. */
  echoReply: number;
  unreachable: number;
  timeExceeded: number;
  /** Code of `unreachable`. */
  hostUnreachable: number;
  portUnreachable: number;
  adminProhibited: number;
  tooBig: { type: number; code: number };
}

export const PLACES: Readonly<Record<Family, Places>> = {
  4: {
    family: 4,
    host: '192.0.2.1',
    target: '198.51.100.7',
    secondTarget: '198.51.100.8',
    stranger: '203.0.113.66',
    router: '192.0.2.254',
    secondRouter: '198.51.100.254',
    group: '224.0.0.1',
    echoReply: 0,
    unreachable: 3,
    timeExceeded: 11,
    hostUnreachable: 1,
    portUnreachable: 3,
    adminProhibited: 13,
    tooBig: { type: 3, code: 4 },
  },
  6: {
    family: 6,
    host: '2001:db8::1',
    target: '2001:db8:51::7',
    secondTarget: '2001:db8:51::8',
    stranger: '2001:db8:66::66',
    router: '2001:db8::fe',
    secondRouter: '2001:db8:51::fe',
    group: 'ff02::1',
    echoReply: 129,
    unreachable: 1,
    timeExceeded: 3,
    hostUnreachable: 3,
    portUnreachable: 4,
    adminProhibited: 1,
    tooBig: { type: 2, code: 0 },
  },
};

/** What a run ends with; what is not named is 0. */
export interface Counts {
  sent: number;
  received?: number;
  lost?: number;
  duplicates?: number;
  late?: number;
  corrupted?: number;
  foreign?: number;
  errors?: number;
}

type EngineOptions = Partial<Omit<PingEngineOptions, 'targets' | 'lanes' | 'seed' | 'drops'>>;

/** One ping in one simulated internet, and what has to come of it: for IPv4 and IPv6 both. Times are milliseconds. */
export interface PingScenario {
  name: string;
  /** Families it is run for. Default: both. */
  families?: Family[];
  seed?: number;
  /** Default: the target, once. */
  targets?: (places: Places) => Iterable<string>;
  /** Times in milliseconds. Default: count 5, interval 1000, timeout 1000. */
  options?: Omit<EngineOptions, 'interval' | 'timeout' | 'deadline' | 'minimumInterval'> & {
    interval?: number;
    timeout?: number;
    deadline?: number;
    minimumInterval?: number;
  };
  /** Default: raw sockets. */
  socket?: 'raw' | 'ping';
  /** Default: one router, 1 ms a link, so that a round trip takes 4 ms. */
  internet?: (places: Places) => Partial<Scenario>;
  expect: {
    counts: Counts;
    /** `reply 1`, `timeout 2`, ...: every event about a probe, in order. */
    events?: string[];
    /** Milliseconds, exact to a nanosecond. */
    rtt?: { min?: number; max?: number; mean?: number; jitter?: number } | null;
    clocks?: ('kernel' | 'user')[];
    /** Simulated milliseconds at the end. */
    elapsed?: number;
    answered?: number;
    targets?: number;
    drops?: number;
    /** Fields of the first error. */
    error?: (places: Places) => Record<string, unknown>;
    /** Fields of the first corrupt reply. */
    corrupt?: Record<string, unknown>;
    /** Fields of the first reply. */
    reply?: (places: Places) => Record<string, unknown>;
  };
}
