import { LINUX } from '../../../../src/wire/constants.generated.js';
import { encodeIcmpMessage } from '../../../../src/wire/icmp-message.js';
import { IpAddress } from '../../../../src/wire/ip-address.js';
import { IP_PROTOCOL } from '../../../../src/wire/ip-protocol.js';
import { encodeIpv4Options } from '../../../../src/wire/ipv4-options.js';
import { ICMP_PROTOCOL } from '../../../support/simulation/icmp-answer.js';
import { encodePacket } from '../../../support/simulation/ip-packet.js';
import type { IntruderSpec, QuoteSpec } from '../../../support/simulation/scenario.js';
import type { PingScenario, Places } from '../ping-scenario.js';
import { back, route, routers } from './routes.js';

/** The first router says that the host cannot be reached, in this manner. */
function unreachable(quote?: QuoteSpec) {
  return (places: Places) =>
    routers(places, { rejects: { type: places.unreachable, code: places.hostUnreachable }, ...(quote && { quote }) });
}

/** The first packet comes twice to a router that refuses its first or second copy. */
function twice(refused: number) {
  return (places: Places) =>
    routers(places, {
      rejects: { type: places.unreachable, code: places.hostUnreachable, pick: { packets: [refused] } },
      link: { forward: [{ kind: 'duplicate', pick: { packets: [1] }, after: 5 }] },
    });
}

/** What routers, targets and this host report. */
export const ERRORS: PingScenario[] = [
  {
    name: 'host unreachable: told by the router, counted as lost, and not waited for',
    options: { count: 3 },
    internet: unreachable(),
    expect: {
      counts: { sent: 3, lost: 3, errors: 3 },
      events: ['error 1', 'error 2', 'error 3'],
      error: ({ family, router, target, unreachable, hostUnreachable }) => ({
        target,
        from: router,
        error: family === 4 ? 'host-unreachable' : 'address-unreachable',
        icmpType: unreachable,
        icmpCode: hostUnreachable,
      }),
      elapsed: 2002,
    },
  },
  {
    name: 'the same over the error queue of a ping socket',
    socket: 'ping',
    options: { count: 3 },
    internet: unreachable(),
    expect: {
      counts: { sent: 3, lost: 3, errors: 3 },
      error: ({ router, unreachable, hostUnreachable }) => ({
        from: router,
        icmpType: unreachable,
        icmpCode: hostUnreachable,
      }),
    },
  },
  {
    name: 'time exceeded in a loop of routers',
    options: { count: 2 },
    internet: places =>
      route(places, { path: Array.from({ length: 70 }, () => ({ address: places.router, link: { delay: 0.1 } })) }),
    expect: {
      counts: { sent: 2, lost: 2, errors: 2 },
      error: ({ router, timeExceeded }) => ({
        from: router,
        error: 'time-exceeded',
        icmpType: timeExceeded,
        icmpCode: 0,
      }),
    },
  },
  {
    name: 'too big for the path: with the MTU that was told',
    options: { count: 1, payloadSize: 1472 },
    internet: places => routers(places, {}, { mtu: 1400 }),
    expect: {
      counts: { sent: 1, lost: 1, errors: 1 },
      error: ({ router, tooBig }) => ({ from: router, mtu: 1400, icmpType: tooBig.type, icmpCode: tooBig.code }),
    },
  },
  {
    name: 'too big for the path, over the error queue',
    socket: 'ping',
    options: { count: 1, payloadSize: 1472 },
    internet: places => routers(places, {}, { mtu: 1400 }),
    expect: { counts: { sent: 1, lost: 1, errors: 1 }, error: () => ({ mtu: 1400 }) },
  },
  {
    name: 'administratively prohibited, by the target itself',
    options: { count: 1 },
    internet: places =>
      route(places, { target: { rejects: { type: places.unreachable, code: places.adminProhibited } } }),
    expect: {
      counts: { sent: 1, lost: 1, errors: 1 },
      error: ({ target }) => ({ from: target, error: 'admin-prohibited' }),
    },
  },
  {
    name: 'a quote of 8 bytes behind the IP header, as RFC 792 asks for, is enough',
    options: { count: 2 },
    internet: unreachable({ payload: 8 }),
    expect: { counts: { sent: 2, lost: 2, errors: 2 } },
  },
  {
    name: 'a quote cut inside of the cookie is matched by what is there',
    options: { count: 2 },
    internet: unreachable({ payload: 11 }),
    expect: { counts: { sent: 2, lost: 2, errors: 2 } },
  },
  {
    name: 'a quote cut before the sequence proves nothing',
    options: { count: 2 },
    internet: unreachable({ payload: 6 }),
    expect: { counts: { sent: 2, lost: 2, foreign: 2 }, events: ['timeout 1', 'timeout 2'] },
  },
  {
    name: 'a quote cut inside of the IP header proves nothing',
    options: { count: 2 },
    internet: unreachable({ bytes: 14 }),
    expect: { counts: { sent: 2, lost: 2, foreign: 2 } },
  },
  {
    name: 'a quote with IP options',
    families: [4],
    options: { count: 2 },
    internet: unreachable({ ipOptions: encodeIpv4Options([{ kind: 'record-route', recorded: [], free: 9 }]) }),
    expect: { counts: { sent: 2, lost: 2, errors: 2 } },
  },
  {
    name: 'an error with RFC 4884 extensions',
    options: { count: 2 },
    internet: places =>
      routers(places, {
        rejects: { type: places.unreachable, code: places.hostUnreachable },
        extensions: [{ kind: 'mpls', label: 16_001, trafficClass: 0, bottom: true, ttl: 1 }],
      }),
    expect: { counts: { sent: 2, lost: 2, errors: 2 } },
  },
  {
    name: 'a quote of another cookie is a forgery',
    options: { count: 2 },
    internet: unreachable({ alter: [{ field: 'byte', at: 9, xor: 1 }] }),
    expect: { counts: { sent: 2, lost: 2, foreign: 2 } },
  },
  {
    name: 'a quote of another identifier is not ours',
    options: { count: 2 },
    internet: unreachable({ alter: [{ field: 'identifier', xor: 1 }] }),
    expect: { counts: { sent: 2, lost: 2, foreign: 2 } },
  },
  {
    name: 'an error about a packet to another address is a forgery',
    options: { count: 1 },
    internet: places => ({ ...back()(places), intruders: [errorAboutStranger(places)] }),
    expect: { counts: { sent: 1, received: 1, foreign: 1 } },
  },
  {
    name: "errors about other programs' UDP are none of our business",
    options: { count: 1 },
    internet: places => ({ ...back()(places), intruders: [errorAboutUdp(places)] }),
    expect: { counts: { sent: 1, received: 1 } },
  },
  {
    name: 'an error whose checksum is wrong is not believed (raw IPv4)',
    families: [4],
    options: { count: 1 },
    internet: places =>
      routers(places, {
        rejects: { type: places.unreachable, code: places.hostUnreachable },
        link: { back: [{ kind: 'alter', alterations: [{ field: 'checksum', xor: 1 }] }] },
      }),
    expect: { counts: { sent: 1, lost: 1, foreign: 1 } },
  },
  {
    name: 'a reply after an error is late: the probe stays lost',
    options: { count: 2 },
    internet: twice(1),
    expect: {
      counts: { sent: 2, received: 1, lost: 1, errors: 1, late: 1 },
      events: ['error 1', 'late 1', 'reply 2'],
    },
  },
  {
    name: 'an error after a reply changes nothing: the probe was answered',
    options: { count: 2 },
    internet: twice(2),
    expect: { counts: { sent: 2, received: 2 }, events: ['reply 1', 'reply 2'] },
  },
  {
    name: 'an error that comes after the timeout is told, and the probe is not lost twice',
    options: { count: 3 },
    internet: places =>
      routers(places, {
        rejects: { type: places.unreachable, code: places.hostUnreachable, pick: { packets: [1] } },
        link: { back: [{ kind: 'delay', by: 1500, pick: { packets: [1] } }] },
      }),
    expect: {
      counts: { sent: 3, received: 2, lost: 1, errors: 1 },
      events: ['timeout 1', 'reply 2', 'error 1', 'reply 3'],
    },
  },
  {
    name: 'an error that comes twice is told once',
    options: { count: 2 },
    internet: places =>
      routers(places, {
        rejects: { type: places.unreachable, code: places.hostUnreachable },
        link: { back: [{ kind: 'duplicate', after: 3 }] },
      }),
    expect: { counts: { sent: 2, lost: 2, errors: 2 } },
  },
  {
    name: 'this host has no buffer: that is the fate of one probe',
    options: { count: 4 },
    internet: places => ({
      ...back()(places),
      host: { refusals: [{ pick: { packets: [2] }, errno: LINUX.ENOBUFS }] },
    }),
    expect: {
      counts: { sent: 4, received: 3, lost: 1, errors: 1 },
      events: ['reply 1', 'error 2', 'reply 3', 'reply 4'],
      error: () => ({ from: null, error: 'no-buffer-space', code: 'ENOBUFS' }),
    },
  },
  {
    name: 'this host has no route',
    options: { count: 2 },
    internet: () => ({ routes: [] }),
    expect: {
      counts: { sent: 2, lost: 2, errors: 2 },
      events: ['error 1', 'error 2'],
      error: () => ({ from: null, error: 'network-unreachable', code: 'ENETUNREACH' }),
    },
  },
  {
    name: 'too long for the interface of this host',
    options: { count: 1, payloadSize: 1473 },
    internet: places => ({ ...back()(places), host: { mtu: 1500 } }),
    expect: {
      counts: { sent: 1, lost: 1, errors: 1 },
      error: () => ({ from: null, error: 'message-too-long', code: 'EMSGSIZE' }),
    },
  },
];

function errorAboutStranger(places: Places): IntruderSpec {
  const payload = new Uint8Array(56);
  const echo = encodeIcmpMessage(places.family, { kind: 'echo-request', identifier: 4711, sequence: 1, payload });
  return errorAbout(places, places.stranger, ICMP_PROTOCOL[places.family], echo);
}

function errorAboutUdp(places: Places): IntruderSpec {
  return errorAbout(places, places.target, IP_PROTOCOL.udp, new Uint8Array(20));
}

function errorAbout(places: Places, to: string, protocol: number, message: Uint8Array): IntruderSpec {
  const { family, host, router, unreachable: type, hostUnreachable: code } = places;
  const source = IpAddress.parse(host);
  const quote = encodePacket({ source, destination: IpAddress.parse(to), protocol, hopLimit: 60 }, message);
  return { at: 1, from: router, message: encodeIcmpMessage(family, { kind: 'error', type, code, quote }) };
}
