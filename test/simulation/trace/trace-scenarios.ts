import type { PathOptions } from '../../../src/engine/trace/path-options.js';
import type { TraceHop, TraceResult } from '../../../src/engine/trace/trace-event.js';
import type { PathElement, RouterSpec, RouteSpec, Scenario } from '../../support/simulation/scenario.js';
import type { Privilege } from './trace-harness.js';

/** A trace in a simulated internet, and what has to come of it. */
export interface TraceScenario {
  name: string;
  /** Default: 198.51.100.1. */
  to?: string;
  scenario: Scenario;
  options?: Partial<PathOptions>;
  /** Default: both. */
  privileges?: readonly Privilege[];
  /** Addresses hop by hop, `*` for silence: as `pathOf` has them. */
  path: readonly string[];
  result?: Partial<TraceResult>;
  /** By hop limit. */
  hops?: Readonly<Record<number, Partial<TraceHop>>>;
  /** Of the first answer of a hop. */
  answers?: Readonly<Record<number, object>>;
  /** Simulated milliseconds, at most. */
  within?: number;
  /** Probes sent, at most. */
  sentAtMost?: number;
  /** Packets that are no answers and have to be counted as such, at least. */
  foreignAtLeast?: number;
  stopAt?: number;
}

export const TARGET = '198.51.100.1';
export const TARGET6 = '2001:db8:ff::1';

/** A router with an address of each family; 2.5 ms behind the one before. */
export const router = (n: number, more: Partial<RouterSpec> = {}): RouterSpec => ({
  address: { 4: `10.0.${n}.1`, 6: `2001:db8:${n}::1` },
  link: { delay: 2.5 },
  ...more,
});

export const routers = (count: number, more: (n: number) => Partial<RouterSpec> = () => ({})): RouterSpec[] =>
  Array.from({ length: count }, (_, index) => router(index + 1, more(index + 1)));

/** What answers on the way past so many routers. */
export const addresses = (count: number, to = TARGET): string[] => [
  ...Array.from({ length: count }, (_, index) => (to === TARGET ? `10.0.${index + 1}.1` : `2001:db8:${index + 1}::1`)),
  to,
];

export const route = (path: PathElement[], more: Partial<RouteSpec> = {}): Scenario => ({
  routes: [{ to: TARGET, path, ...more }],
});

const route6 = (path: PathElement[], more: Partial<RouteSpec> = {}): Scenario => ({
  routes: [{ to: TARGET6, path, ...more }],
});

/** 30 routers, 150 ms there and back at the end. */
const LONG = (silent: readonly number[] = []): Scenario =>
  route(
    routers(29, n => ({ link: { delay: 2.5 }, answers: !silent.includes(n) })),
    { link: { delay: 2.5 } },
  );
const LONGEST_RTT = 150;

const silences = (length: number): string[] => new Array<string>(length).fill('*');

export const SCENARIOS: readonly TraceScenario[] = [
  { name: 'a target that is one hop away', scenario: route([]), path: [TARGET], result: { hops: 1, reached: true } },
  {
    name: 'a plain path of four routers',
    scenario: route(routers(4)),
    path: addresses(4),
    result: { reached: true, hops: 5, loop: false, protocol: 'udp', port: 33_434 },
    answers: { 1: { icmpType: 11, icmpCode: 0, flow: 1 }, 5: { icmpType: 3, icmpCode: 3 } },
    within: 60,
  },
  {
    name: 'a plain path over IPv6',
    to: TARGET6,
    scenario: route6(routers(4)),
    options: { packetLength: 80 },
    path: addresses(4, TARGET6),
    result: { reached: true, hops: 5 },
    answers: { 1: { icmpType: 3, icmpCode: 0 }, 5: { icmpType: 1, icmpCode: 4 } },
  },
  {
    name: 'ICMP echo probes, answered by an echo reply',
    scenario: route(routers(3)),
    options: { protocol: 'icmp' },
    path: addresses(3),
    result: { protocol: 'icmp', reached: true },
    answers: { 4: { reply: 'echo-reply', replyTtl: 61, returnHops: 4 } },
  },
  {
    name: 'ICMPv6 echo probes',
    to: TARGET6,
    scenario: route6(routers(3)),
    options: { protocol: 'icmp', packetLength: 80 },
    path: addresses(3, TARGET6),
    result: { protocol: 'icmp', reached: true },
  },
  {
    name: 'TCP probes to a closed port, answered by a reset',
    scenario: route(routers(3)),
    options: { protocol: 'tcp' },
    path: addresses(3),
    result: { protocol: 'tcp', port: 80, reached: true },
    answers: { 4: { reply: 'reset' } },
  },
  {
    name: 'TCP probes to an open port, answered by SYN and ACK',
    scenario: route(routers(3), { target: { tcp: 'open' } }),
    options: { protocol: 'tcp', ports: { udp: 33_434, tcp: 443 } },
    path: addresses(3),
    result: { protocol: 'tcp', port: 443, reached: true },
    answers: { 4: { reply: 'syn-ack' } },
  },
  {
    name: 'TCP probes over IPv6',
    to: TARGET6,
    scenario: route6(routers(3)),
    options: { protocol: 'tcp', packetLength: 80 },
    path: addresses(3, TARGET6),
    result: { protocol: 'tcp', reached: true },
  },
  {
    name: 'thirty hops, all answering, within two round trips',
    scenario: LONG(),
    path: addresses(29),
    result: { hops: 30, reached: true },
    within: 2 * LONGEST_RTT,
  },
  {
    name: 'thirty hops, five of them silent, within three and a half round trips',
    scenario: LONG([4, 9, 15, 22, 28]),
    path: addresses(29).map((address, index) => ([4, 9, 15, 22, 28].includes(index + 1) ? '*' : address)),
    result: { hops: 30, reached: true },
    within: 3.5 * LONGEST_RTT,
  },
  {
    name: 'five silent hops in a row',
    scenario: LONG([11, 12, 13, 14, 15]),
    path: addresses(29).map((address, index) => (index >= 10 && index < 15 ? '*' : address)),
    result: { reached: true },
    within: 3.5 * LONGEST_RTT,
  },
  {
    name: 'a first hop that is silent',
    scenario: route(routers(4, n => ({ answers: n !== 1 }))),
    path: ['*', ...addresses(4).slice(1)],
    result: { reached: true, hops: 5 },
  },
  {
    name: 'a last router that is silent',
    scenario: route(routers(4, n => ({ answers: n !== 4 }))),
    path: [...addresses(4).slice(0, 3), '*', TARGET],
    result: { reached: true, hops: 5 },
  },
  {
    name: 'a target silent to UDP that answers echo requests',
    scenario: route(routers(4), { target: { udp: 'silent' } }),
    path: addresses(4),
    result: { reached: true, hops: 5, protocol: 'icmp', switched: true },
    answers: { 5: { protocol: 'icmp', reply: 'echo-reply' }, 4: { protocol: 'udp' } },
    within: 1500,
  },
  {
    name: 'a target that answers nothing but TCP',
    scenario: route(routers(4), { target: { udp: 'silent', echo: 'silent', tcp: 'open' } }),
    path: addresses(4),
    result: { reached: true, hops: 5, protocol: 'tcp', port: 443, switched: true },
  },
  {
    name: 'a target silent to everything',
    scenario: route(routers(4), { target: { udp: 'silent', echo: 'silent', tcp: 'silent' } }),
    path: [...addresses(4).slice(0, 4), ...silences(26)],
    result: { reached: false, hops: 4, protocol: 'udp' },
    within: 2000,
  },
  {
    name: 'nobody at the end of the path',
    scenario: route(routers(2), { target: 'none' }),
    options: { maxTtl: 6 },
    path: [...addresses(2).slice(0, 2), ...silences(4)],
    result: { reached: false, hops: 2 },
  },
  {
    name: 'a protocol that was asked for and is not answered is kept to',
    scenario: route(routers(2), { target: { udp: 'silent' } }),
    options: { protocol: 'udp', maxTtl: 8 },
    path: [...addresses(2).slice(0, 2), ...silences(6)],
    result: { reached: false, protocol: 'udp', hops: 2 },
    sentAtMost: 8 * 3,
  },
  {
    name: 'a router that answers once a second is asked again more slowly, and labelled',
    scenario: route(routers(4, n => (n === 2 ? { rateLimit: { perSecond: 1, burst: 1 } } : {}))),
    path: addresses(4),
    result: { reached: true, hops: 5 },
    hops: { 2: { rateLimited: true } },
    within: 10_000,
  },
  {
    name: 'a target that limits its errors shows no loss: probes sent too far came to it too',
    scenario: route(routers(4), { target: { faults: [{ kind: 'police', perSecond: 1, burst: 6 }] } }),
    path: addresses(4),
    result: { reached: true, hops: 5 },
    within: 1000,
  },
  {
    name: 'probes lost on a link are sent again, and the hop is not called rate-limited',
    scenario: route(
      routers(4, n => (n === 2 ? { link: { delay: 2.5, forward: [{ kind: 'loss', pick: { every: 4 } }] } } : {})),
    ),
    path: addresses(4),
    result: { reached: true, hops: 5 },
  },
  {
    name: 'a path with a tenth of its packets lost',
    scenario: {
      seed: 7,
      ...route(routers(4, () => ({ link: { delay: 2.5, forward: [{ kind: 'loss', pick: { rate: 0.1 } }] } }))),
    },
    path: addresses(4),
    result: { reached: true, hops: 5 },
  },
  {
    name: 'balancing by flow: one flow sees one path',
    scenario: route([
      router(1),
      { balance: 'flow', paths: [[router(2)], [router(3)], [router(4)], [router(5)]] },
      router(6),
    ]),
    options: { probes: 10 },
    path: ['10.0.1.1', expect4of('10.0.2.1', '10.0.3.1', '10.0.4.1', '10.0.5.1'), '10.0.6.1', TARGET],
    result: { reached: true, hops: 4 },
  },
  {
    name: 'balancing packet by packet: the change of addresses is named',
    scenario: route([router(1), { balance: 'packet', paths: [[router(2)], [router(3)]] }, router(6)]),
    options: { probes: 10, protocol: 'udp' },
    path: ['10.0.1.1', '10.0.3.1 10.0.2.1', '10.0.6.1', TARGET],
    hops: { 2: { addressChanged: true } },
  },
  {
    name: 'MPLS labels in extensions',
    scenario: route(
      routers(3, n =>
        n === 2
          ? {
              extensions: [
                { kind: 'mpls', label: 16_001, trafficClass: 0, bottom: false, ttl: 1 },
                { kind: 'mpls', label: 16_002, trafficClass: 5, bottom: true, ttl: 1 },
              ],
            }
          : {},
      ),
    ),
    path: addresses(3),
    answers: {
      2: {
        extensions: [
          { kind: 'mpls', label: 16_001, trafficClass: 0, bottom: false, ttl: 1 },
          { kind: 'mpls', label: 16_002, trafficClass: 5, bottom: true, ttl: 1 },
        ],
      },
    },
  },
  {
    name: 'interface information in extensions',
    scenario: route(
      routers(3, n =>
        n === 2 ? { extensions: [{ kind: 'interface', role: 'incoming', index: 3, name: 'ge-0/0/1' }] } : {},
      ),
    ),
    path: addresses(3),
    answers: { 2: { extensions: [{ kind: 'interface', role: 'incoming', index: 3, name: 'ge-0/0/1' }] } },
  },
  {
    name: 'an extension object that nobody knows is shown',
    scenario: route(
      routers(3, n =>
        n === 2
          ? { extensions: [{ kind: 'unknown', class: 200, type: 7, data: new Uint8Array([0xde, 0xad, 0xbe, 0xef]) }] }
          : {},
      ),
    ),
    path: addresses(3),
    answers: { 2: { extensions: [{ kind: 'unknown', class: 200, type: 7, data: 'deadbeef' }] } },
  },
  {
    name: 'a forwarding loop between two routers',
    scenario: route([router(1), ...Array.from({ length: 20 }, () => [router(2), router(3)]).flat()], {
      target: 'none',
    }),
    options: { maxTtl: 12, protocol: 'udp' },
    path: ['10.0.1.1', ...Array.from({ length: 11 }, (_, index) => (index % 2 === 0 ? '10.0.2.1' : '10.0.3.1'))],
    result: { reached: false, loop: true, loopHops: [2, 4] },
  },
  {
    name: 'a router that answers at two hops in a row is no loop',
    scenario: route([router(1), router(2), router(2), router(3)]),
    path: ['10.0.1.1', '10.0.2.1', '10.0.2.1', '10.0.3.1', TARGET],
    result: { reached: true, loop: false },
  },
  {
    name: 'a firewall that prohibits',
    scenario: route(routers(4, n => (n === 3 ? { rejects: { type: 3, code: 13 } } : {}))),
    path: ['10.0.1.1', '10.0.2.1', '10.0.3.1', '10.0.3.1!admin-prohibited'],
    result: { reached: false, hops: 4 },
  },
  {
    name: 'a firewall that prohibits over IPv6',
    to: TARGET6,
    scenario: route6(routers(4, n => (n === 3 ? { rejects: { type: 1, code: 1 } } : {}))),
    options: { packetLength: 80 },
    path: ['2001:db8:1::1', '2001:db8:2::1', '2001:db8:3::1', '2001:db8:3::1!admin-prohibited'],
    result: { reached: false, hops: 4 },
  },
  {
    name: 'a last router that finds no such host',
    scenario: route(routers(3, n => (n === 3 ? { rejects: { type: 3, code: 1 } } : {}))),
    path: ['10.0.1.1', '10.0.2.1', '10.0.3.1', '10.0.3.1!host-unreachable'],
    result: { reached: false },
  },
  {
    name: 'a router without a route',
    scenario: route(routers(3, n => (n === 2 ? { rejects: { type: 3, code: 0 } } : {}))),
    path: ['10.0.1.1', '10.0.2.1', '10.0.2.1!net-unreachable'],
    result: { reached: false, hops: 3 },
  },
  {
    name: 'a router that plays the target with port unreachable is known from the hop before',
    scenario: route(routers(3, n => (n === 2 ? { rejects: { type: 3, code: 3 } } : {}))),
    path: ['10.0.1.1', '10.0.2.1', '10.0.2.1!port-unreachable'],
    result: { reached: false, hops: 3 },
  },
  {
    name: 'a target that refuses with its own address is reached',
    scenario: route(routers(2), { target: { rejects: { type: 3, code: 10 } } }),
    path: ['10.0.1.1', '10.0.2.1', `${TARGET}!host-prohibited`],
    result: { reached: true, hops: 3 },
  },
  {
    name: 'quotes of the least length that RFC 792 asks for',
    scenario: route(
      routers(4, () => ({ quote: { payload: 8 } })),
      { target: { quote: { payload: 8 } } },
    ),
    path: addresses(4),
    result: { reached: true, hops: 5, foreign: 0 },
  },
  {
    name: 'quotes of the whole packet, and a packet that is long',
    scenario: route(routers(4, () => ({ quote: { bytes: 1400 } }))),
    options: { packetLength: 1400 },
    path: addresses(4),
    result: { reached: true },
  },
  {
    name: 'a quote too short to say what it is of counts as foreign',
    privileges: ['raw'],
    scenario: route(routers(3, n => (n === 2 ? { quote: { payload: 4 } } : {}))),
    path: ['10.0.1.1', '*', '10.0.3.1', TARGET],
    foreignAtLeast: 3,
  },
  {
    name: 'quotes with IP options in them',
    scenario: route(routers(3, n => (n === 2 ? { quote: { ipOptions: new Uint8Array([1, 1, 1, 0]) } } : {}))),
    path: addresses(3),
    result: { reached: true },
  },
  {
    name: 'a tampered quote is no answer',
    privileges: ['raw'],
    scenario: route(
      routers(3, n =>
        n === 2 ? { quote: { payload: 8, alter: [{ field: 'byte', at: 2, xor: 0x40, stale: true }] } } : {},
      ),
    ),
    path: ['10.0.1.1', '*', '10.0.3.1', TARGET],
    foreignAtLeast: 3,
  },
  {
    name: 'a translator on the way, seen by the checksum that it has changed',
    privileges: ['raw'],
    scenario: route(
      routers(3, n => (n >= 2 ? { quote: { alter: [{ field: 'byte', at: 6, xor: 0x11, stale: true }] } } : {})),
    ),
    path: addresses(3),
    answers: { 2: { translated: ['checksum'] }, 3: { translated: ['checksum'] } },
    result: { reached: true },
  },
  {
    name: 'errors that somebody invents are foreign',
    privileges: ['raw'],
    scenario: {
      ...route(routers(3)),
      intruders: Array.from({ length: 20 }, (_, index) => ({
        at: 1 + index,
        from: '203.0.113.66',
        message: new Uint8Array([
          11,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0x45,
          0,
          0,
          60,
          index,
          index,
          0,
          0,
          1,
          17,
          0,
          0,
          192,
          0,
          2,
          1,
          198,
          51,
          100,
          1,
          0x9c,
          0x40,
          0x82,
          0x9a,
          0,
          40,
          index,
          index,
        ]),
      })),
    },
    path: addresses(3),
    foreignAtLeast: 15,
  },
  {
    name: 'hostile ICMP of every shape',
    privileges: ['raw'],
    scenario: {
      ...route(routers(3)),
      intruders: Array.from({ length: 60 }, (_, index) => ({
        at: 1 + index / 4,
        from: '203.0.113.66',
        message: Uint8Array.from({ length: index }, (_unused, at) =>
          at === 0 ? ([0, 3, 11, 12, 255][index % 5] ?? 0) : (at * index) & 0xff,
        ),
      })),
    },
    path: addresses(3),
    result: { reached: true },
  },
  {
    name: 'answers that come twice are counted once',
    scenario: route(routers(3, n => (n === 2 ? { link: { delay: 2.5, back: [{ kind: 'duplicate' }] } } : {}))),
    path: addresses(3),
    result: { reached: true },
  },
  {
    name: 'a router that is slow to answer is late, and still shown',
    scenario: route(
      routers(6, n =>
        n === 3 ? { link: { delay: 2.5, back: [{ kind: 'delay', by: 90, pick: { packets: [1] } }] } } : {},
      ),
    ),
    path: addresses(6),
    result: { reached: true },
  },
  {
    name: 'a way back that is longer than the way out',
    scenario: route(routers(3), { target: { hopLimit: 54 } }),
    options: { protocol: 'icmp' },
    path: addresses(3),
    result: { reached: true, asymmetry: 10 },
  },
  {
    name: 'a target that answers echo requests from another address',
    privileges: ['raw'],
    scenario: route(routers(2), { target: { answersFrom: '203.0.113.9' } }),
    options: { protocol: 'icmp' },
    path: ['10.0.1.1', '10.0.2.1', '203.0.113.9'],
    result: { reached: true, answeredFrom: '203.0.113.9' },
  },
  {
    name: 'a target that answers UDP from another address',
    scenario: route(routers(2), { target: { answersFrom: '203.0.113.9' } }),
    options: { protocol: 'udp' },
    path: ['10.0.1.1', '10.0.2.1', '203.0.113.9!port-unreachable'],
    result: { reached: true, answeredFrom: '203.0.113.9' },
  },
  {
    name: 'a service that answers the datagram',
    scenario: route(routers(2), { target: { udp: 'echo' } }),
    path: addresses(2),
    answers: { 3: { reply: 'data' } },
    result: { reached: true, hops: 3 },
  },
  {
    name: 'ports that rise past the last one begin again',
    scenario: route(routers(4)),
    options: { classic: true, protocol: 'udp', ports: { udp: 65_530, tcp: 80 } },
    path: addresses(4),
    result: { reached: true, hops: 5 },
  },
  {
    name: 'rising ports through a balancer see several addresses at a hop',
    scenario: route([router(1), { balance: 'flow', paths: [[router(2)], [router(3)]] }, router(6)]),
    options: { classic: true, probes: 10, protocol: 'udp' },
    path: ['10.0.1.1', '10.0.3.1 10.0.2.1', '10.0.6.1', TARGET],
    result: { reached: true },
  },
  {
    name: 'the MTU falls twice',
    privileges: ['raw'],
    scenario: {
      ...route(routers(4, n => ({ link: { delay: 2.5, mtu: n === 2 ? 1400 : n === 4 ? 1300 : 1500 } }))),
      host: { mtu: 1500 },
    },
    options: { mtu: true, protocol: 'udp' },
    path: addresses(4),
    answers: { 1: { mtu: 1500 }, 2: { mtu: 1400 }, 4: { mtu: 1300 } },
    result: { reached: true, pathMtu: 1300 },
  },
  {
    name: 'a router that tells no MTU: the plateaus of RFC 1191 are tried',
    privileges: ['raw'],
    scenario: {
      ...route(routers(3, n => (n === 1 ? { reportsMtu: 0 } : { link: { delay: 2.5, mtu: 1000 } }))),
      host: { mtu: 1500 },
    },
    options: { mtu: true, protocol: 'udp' },
    path: addresses(3),
    result: { reached: true, pathMtu: 508 },
  },
  {
    name: 'a full send buffer slows the trace and loses nothing',
    scenario: { ...route(routers(4)), host: { sendRate: 0.2 } },
    path: addresses(4),
    result: { reached: true, hops: 5 },
  },
  {
    name: 'a device queue that is full is tried again',
    scenario: { ...route(routers(4)), host: { refusals: [{ pick: { packets: [2, 3, 5, 8] }, errno: 105 }] } },
    path: addresses(4),
    result: { reached: true, hops: 5 },
  },
  {
    name: 'a host that may send nothing but its first probes ends all the same',
    scenario: { ...route(routers(4)), host: { refusals: [{ pick: { from: 3 }, errno: 1 }] } },
    path: ['10.0.1.1 *', '10.0.2.1 *', '10.0.3.1 *', '10.0.4.1 *', `${TARGET} *`],
    result: { reached: true, hops: 5 },
  },
  {
    name: 'a host that may send nothing at all says so of every probe',
    scenario: { ...route(routers(4)), host: { refusals: [{ pick: {}, errno: 1 }] } },
    options: { maxTtl: 5 },
    path: silences(5),
    hops: { 1: { probes: new Array(3).fill({ timeout: true, code: 'EPERM' }) } },
    result: { reached: false, hops: 0, sent: 0, code: 'EPERM' },
  },
  {
    name: 'one probe at a time',
    scenario: route(routers(4)),
    options: { inFlight: 1 },
    path: addresses(4),
    result: { reached: true, hops: 5 },
    sentAtMost: 15,
  },
  {
    name: 'a first hop limit of three',
    scenario: route(routers(4)),
    options: { firstTtl: 3 },
    path: addresses(4).slice(2),
    result: { reached: true, hops: 5 },
  },
  {
    name: 'a last hop limit before the target',
    scenario: route(routers(4)),
    options: { maxTtl: 2 },
    path: addresses(4).slice(0, 2),
    result: { reached: false, hops: 2 },
  },
  {
    name: 'jitter that reorders answers',
    scenario: { seed: 3, ...route(routers(6, () => ({ link: { delay: 2.5, jitter: { kind: 'uniform', up: 10 } } }))) },
    path: addresses(6),
    result: { reached: true, hops: 7 },
  },
  {
    name: 'ten probes a hop',
    scenario: route(routers(2)),
    options: { probes: 10 },
    path: addresses(2),
    result: { reached: true },
  },
  {
    name: 'a run that is ended tells what is known',
    scenario: route(routers(4, n => ({ link: { delay: n === 4 ? 500 : 2.5 } }))),
    path: ['10.0.1.1', '10.0.2.1', '10.0.3.1'],
    result: { reached: false, hops: 3, stopped: true },
    stopAt: 100,
  },
];

/** One of several: which one depends on the hash of the flow. Marked so that the runner compares it so. */
function expect4of(...choices: string[]): string {
  return choices.join(' or ');
}
