import { IpAddress } from '../../../../src/wire/ip-address.js';
import { icmpErrorPacket } from '../../../support/simulation/icmp-answer.js';
import { encodePacket } from '../../../support/simulation/ip-packet.js';
import type { IntruderSpec } from '../../../support/simulation/scenario.js';
import type { MtuScenario, Places } from '../mtu-scenario.js';

/** Reports of somebody off the path, who knows whom we talk to, but not what we send. */
function guessedReports(places: Places, mtu: number): IntruderSpec[] {
  const source = IpAddress.parse(places.host);
  const destination = IpAddress.parse(places.target);
  const message = new Uint8Array(64).fill(0x55);
  const packet = encodePacket({ source, destination, protocol: 17, hopLimit: 60 }, message);
  const error = icmpErrorPacket(IpAddress.parse(places.stranger), packet, { ...places.tooBig, mtu }, {});
  const icmp = error?.subarray(places.family === 4 ? 20 : 40) ?? new Uint8Array(0);
  return [5, 30, 55, 80].map(at => ({ at, from: places.stranger, message: icmp }));
}

/** Reports that are wrong. */
export const HOSTILE: MtuScenario[] = [
  {
    name: 'a router from before RFC 1191 reports an MTU of 0: it is searched for, and the router named',
    mtus: { 3: 1400 },
    routers: () => ({ 3: { reportsMtu: 0 } }),
    expect: {
      pathMtu: 1400,
      method: 'searched',
      limits: [[1400, 3, 'nonsense']],
      anomalies: ['absurd'],
      blamed: ({ router }) => router(3),
    },
  },
  {
    name: 'a report of more than the packet has',
    mtus: { 3: 1400 },
    routers: () => ({ 3: { reportsMtu: 9000 } }),
    expect: { pathMtu: 1400, method: 'searched', limits: [[1400, 3, 'nonsense']], anomalies: ['absurd'] },
  },
  {
    name: 'a report of exactly the packet',
    mtus: { 3: 1400 },
    routers: () => ({ 3: { reportsMtu: 1500 } }),
    expect: { pathMtu: 1400, method: 'searched', limits: [[1400, 3, 'nonsense']], anomalies: ['absurd'] },
  },
  {
    name: 'a report of too much: the claim fails its trial',
    mtus: { 3: 1400 },
    routers: () => ({ 3: { reportsMtu: 1450 } }),
    expect: { pathMtu: 1400, method: 'searched', limits: [[1400, 3, 'nonsense']], anomalies: ['absurd'] },
  },
  {
    name: 'a report of too little: more gets through',
    mtus: { 3: 1400 },
    routers: () => ({ 3: { reportsMtu: 1290 } }),
    expect: { pathMtu: 1400, method: 'searched', limits: [[1400, 3, 'nonsense']], anomalies: ['understated'] },
  },
  {
    name: 'IPv4: a report of 68, where 1400 bytes get through',
    families: [4],
    mtus: { 3: 1400 },
    routers: () => ({ 3: { reportsMtu: 68 } }),
    expect: { pathMtu: 1400, method: 'searched', anomalies: ['understated'] },
  },
  {
    name: 'IPv6: a report of less than 1280 bytes (RFC 8201 section 4)',
    families: [6],
    mtus: { 3: 1400 },
    routers: () => ({ 3: { reportsMtu: 1000 } }),
    expect: { pathMtu: 1400, method: 'searched', limits: [[1400, 3, 'nonsense']], anomalies: ['absurd'] },
  },
  {
    name: 'IPv6: a link that takes less than 1280 bytes',
    families: [6],
    mtus: { 3: 1200 },
    expect: { pathMtu: null, anomalies: ['absurd', 'below-minimum'] },
  },
  {
    name: 'somebody on the path reports every large packet, and lets it pass',
    routers: ({ tooBig }) => ({ 4: { forges: { ...tooBig, mtu: 1300, pick: { largerThan: 1000 } } } }),
    expect: { pathMtu: 1500, limits: [], anomalies: ['forged'], blamed: ({ router }) => router(4) },
  },
  {
    name: 'somebody reports in the name of a stranger, once',
    mtus: { 6: 1400 },
    routers: ({ tooBig, stranger }) => ({
      2: { forges: { ...tooBig, mtu: 1290, from: stranger, pick: { packets: [1], largerThan: 1000 } } },
    }),
    expect: { pathMtu: 1400, limits: [[1400, 6, 'reported']], anomalies: ['understated'] },
  },
  {
    name: 'two black holes, and reports of every large packet in the name of a stranger: the hole is found all the same',
    mtus: { 2: 1400, 4: 1280 },
    routers: ({ tooBig, stranger }) => ({
      1: { forges: { ...tooBig, mtu: 576, from: stranger, pick: { largerThan: 1000 } } },
      2: { blackHole: true },
      4: { blackHole: true },
    }),
    families: [4],
    expect: {
      pathMtu: 1280,
      method: 'searched',
      hole: { ttl: 4, mtu: 1280 },
      limits: [[1280, 4, 'silent']],
      anomalies: ['forged', 'understated'],
      blamed: ({ stranger }) => stranger,
    },
  },
  {
    name: 'a black hole, and reports of what it drops in the name of a stranger, none of which the target refutes',
    mtus: { 4: 1300 },
    routers: ({ tooBig, stranger }) => ({
      2: { forges: { ...tooBig, mtu: 1290, from: stranger, pick: { largerThan: 1300 } } },
      4: { blackHole: true },
    }),
    expect: {
      pathMtu: 1300,
      method: 'searched',
      hole: { ttl: 4, mtu: 1300 },
      limits: [[1300, 4, 'silent']],
      anomalies: ['understated'],
      blamed: ({ stranger }) => stranger,
    },
  },
  {
    name: 'reports by somebody who can only guess what we send are counted, and named',
    privileges: ['raw'],
    mtus: { 4: 1400 },
    intruders: places => guessedReports(places, 1300),
    expect: {
      pathMtu: 1400,
      method: 'reported',
      limits: [[1400, 4, 'reported']],
      anomalies: ['mismatched'],
      blamed: ({ stranger }) => stranger,
      probes: 40,
      elapsed: 200,
    },
  },
  {
    name: 'quotes of eight bytes (RFC 792) are enough',
    families: [4],
    privileges: ['raw'],
    mtus: { 4: 1400 },
    routers: () => ({ 4: { quote: { payload: 8 } } }),
    expect: { pathMtu: 1400, method: 'reported', limits: [[1400, 4, 'reported']], probes: 40, elapsed: 200 },
  },
];
