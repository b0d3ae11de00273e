import type { MtuScenario } from '../mtu-scenario.js';

/** Routers that turn packets away for another reason than their size: no fit, and no word about sizes. */
export const REFUSALS: MtuScenario[] = [
  {
    name: 'a firewall that refuses everything as if the port were closed: nothing has arrived',
    routers: ({ closed }) => ({ 3: { rejects: closed } }),
    expect: { pathMtu: null, bounds: [0, 1500], limits: [], refused: [3, 'port-unreachable'], elapsed: 20_000 },
  },
  {
    name: 'a firewall that prohibits everything',
    routers: ({ prohibited }) => ({ 3: { rejects: prohibited } }),
    expect: { pathMtu: null, bounds: [0, 1500], limits: [], refused: [3, 'admin-prohibited'], elapsed: 20_000 },
  },
  {
    name: 'a firewall that refuses large packets as if the port were closed',
    routers: ({ closed }) => ({ 4: { rejects: { ...closed, pick: { largerThan: 1300 } } } }),
    expect: { pathMtu: 1300, method: 'searched', hole: { ttl: 4, mtu: 1300 }, limits: [[1300, 4, 'silent']] },
  },
  {
    name: 'somebody says of every packet that its port is closed, and lets it pass to a narrower link',
    mtus: { 6: 1400 },
    routers: ({ closed }) => ({ 4: { forges: closed } }),
    expect: { pathMtu: 1400, limits: [[1400, 6, 'reported']] },
  },
];
