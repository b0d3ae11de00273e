import type { MtuAnomalyKind, MtuLimit } from '../../../src/engine/mtu/mtu-event.js';
import type { Family } from '../../../src/wire/ip-address.js';
import type { LinkSpec, PathElement, RouterSpec, Scenario, TargetSpec } from '../../support/simulation/scenario.js';
import type { Privilege } from '../trace/trace-harness.js';
import type { MtuSetting } from './run-mtu.js';

/** Addresses by their part in a scenario. */
export interface Places {
  family: Family;
  host: string;
  target: string;
  stranger: string;
  /** The router at a hop, from 1. */
  router: (hop: number) => string;
  /** ICMP's word for what is too big. */
  tooBig: { type: number; code: number };
  /** What firewalls say that pretend to be a host without a taker, and what honest ones say. */
  closed: { type: number; code: number };
  prohibited: { type: number; code: number };
}

export const PLACES: Readonly<Record<Family, Places>> = {
  4: {
    family: 4,
    host: '192.0.2.1',
    target: '198.51.100.7',
    stranger: '203.0.113.66',
    router: hop => `10.0.${hop}.1`,
    tooBig: { type: 3, code: 4 },
    closed: { type: 3, code: 3 },
    prohibited: { type: 3, code: 13 },
  },
  6: {
    family: 6,
    host: '2001:db8::1',
    target: '2001:db8:51::7',
    stranger: '2001:db8:66::66',
    router: hop => `fd00:${hop}::1`,
    tooBig: { type: 2, code: 0 },
    closed: { type: 1, code: 4 },
    prohibited: { type: 1, code: 1 },
  },
};

/** A path of ten routers, 50 ms there and back, on which links and routers differ from the plain as a scenario says. */
export interface MtuScenario {
  name: string;
  /** Default: both. */
  families?: Family[];
  /** raw: raw sockets; none: UDP and ping sockets. Default: both. */
  privileges?: Privilege[];
  /** MTU of the link behind a hop; 0 is the host's own. Default: 1500. */
  mtus?: Readonly<Record<number, number>>;
  /** What else is special about the link behind a hop. */
  links?: Readonly<Record<number, LinkSpec>>;
  /** What is special about routers, by hop. */
  routers?: (places: Places) => Readonly<Record<number, Partial<RouterSpec>>>;
  /** Instead of the router at a hop. */
  instead?: (places: Places) => Readonly<Record<number, PathElement>>;
  target?: TargetSpec | 'none';
  intruders?: (places: Places) => Scenario['intruders'];
  host?: Scenario['host'];
  setting?: MtuSetting;
  seed?: number;
  expect: {
    pathMtu: number | null;
    bounds?: [lower: number, upper: number];
    method?: 'reported' | 'searched';
    /** Hop at which, and size above which, packets vanish. Default: nowhere. */
    hole?: { ttl: number; mtu: number };
    /** MTU, hop, evidence. */
    limits?: [mtu: number, ttl: number | null, evidence: MtuLimit['evidence']][];
    anomalies?: MtuAnomalyKind[];
    /** Who is to blame for the first anomaly. */
    blamed?: (places: Places) => string;
    /** Hop of the router that turned packets away, and why. */
    refused?: [ttl: number, error: string];
    roundTripMtu?: number;
    offeredMss?: number;
    /** At most. */
    probes?: number;
    /** At most, milliseconds. */
    elapsed?: number;
  };
}

const HOPS = 10;
/** 11 links there and back make 50 ms. */
const DELAY = 50 / 22;

/** The internet of a scenario. */
export function internetOf(scenario: MtuScenario, places: Places): Scenario {
  const { mtus = {}, links = {}, target, host } = scenario;
  const routers = scenario.routers?.(places) ?? {};
  const instead = scenario.instead?.(places) ?? {};
  const link = (hop: number): LinkSpec => ({ delay: DELAY, mtu: mtus[hop] ?? 1500, ...links[hop] });
  const path = Array.from({ length: HOPS }, (_, index): PathElement => {
    const hop = index + 1;
    return instead[hop] ?? { address: places.router(hop), link: link(index), ...routers[hop] };
  });
  return {
    seed: scenario.seed,
    routes: [{ to: places.family === 4 ? '0.0.0.0/0' : '::/0', path, link: link(HOPS), target }],
    intruders: scenario.intruders?.(places),
    ...(host && { host }),
  };
}
