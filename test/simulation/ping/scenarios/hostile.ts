import { encodeIcmpMessage } from '../../../../src/wire/icmp-message.js';
import type { Fault, IntruderSpec } from '../../../support/simulation/scenario.js';
import type { PingScenario, Places } from '../ping-scenario.js';
import { back, route } from './routes.js';

const PAYLOAD = 8;
const COOKIE = 8;

/** A copy of the second reply, changed, comes ahead of it. */
function forged(...alterations: Extract<Fault, { kind: 'forge' }>['alterations']) {
  return back({ kind: 'forge', pick: { packets: [2] }, alterations });
}

/** Altered, spoofed and unasked packets. */
export const HOSTILE: PingScenario[] = [
  {
    name: 'an altered payload is corrupt, with the offset, and does not count as received',
    options: { count: 3 },
    internet: back({
      kind: 'alter',
      pick: { packets: [2] },
      alterations: [{ field: 'byte', at: PAYLOAD + 30, xor: 1 }],
    }),
    expect: {
      counts: { sent: 3, received: 2, lost: 1, corrupted: 1 },
      events: ['reply 1', 'corrupt 2', 'timeout 2', 'reply 3'],
      corrupt: { reason: 'payload', offset: 30, sequence: 2, size: 64 },
    },
  },
  {
    name: 'the last byte of a payload of odd length counts too',
    options: { count: 1, payloadSize: 57 },
    internet: back({ kind: 'alter', alterations: [{ field: 'byte', at: PAYLOAD + 56, xor: 0x80 }] }),
    expect: { counts: { sent: 1, lost: 1, corrupted: 1 }, corrupt: { reason: 'payload', offset: 56, size: 65 } },
  },
  {
    name: 'a wrong checksum over right bytes is corrupt where the kernel does not look at it (raw IPv4)',
    families: [4],
    options: { count: 2 },
    internet: back({ kind: 'alter', pick: { packets: [1] }, alterations: [{ field: 'checksum', xor: 0x1234 }] }),
    expect: {
      counts: { sent: 2, received: 1, lost: 1, corrupted: 1 },
      corrupt: { reason: 'checksum', sequence: 1 },
    },
  },
  {
    name: 'a wrong checksum never comes through a kernel that looks at it',
    families: [6],
    options: { count: 2 },
    internet: back({ kind: 'alter', pick: { packets: [1] }, alterations: [{ field: 'checksum', xor: 0x1234 }] }),
    expect: { counts: { sent: 2, received: 1, lost: 1 } },
  },
  {
    name: 'nor through a ping socket',
    socket: 'ping',
    options: { count: 2 },
    internet: back({ kind: 'alter', pick: { packets: [1] }, alterations: [{ field: 'checksum', xor: 0x1234 }] }),
    expect: { counts: { sent: 2, received: 1, lost: 1 } },
  },
  {
    name: 'bytes altered on the wire, under a checksum that tells',
    families: [4],
    options: { count: 1 },
    internet: back({ kind: 'alter', alterations: [{ field: 'byte', at: PAYLOAD + 20, xor: 0xff, stale: true }] }),
    expect: { counts: { sent: 1, lost: 1, corrupted: 1 }, corrupt: { reason: 'checksum' } },
  },
  {
    name: 'a truncated reply is corrupt by its length',
    options: { count: 2 },
    internet: back({ kind: 'alter', pick: { packets: [1] }, alterations: [{ field: 'length', bytes: 40 }] }),
    expect: {
      counts: { sent: 2, received: 1, lost: 1, corrupted: 1 },
      corrupt: { reason: 'length', size: 40, sequence: 1 },
    },
  },
  {
    name: 'so is one cut inside of its cookie',
    options: { count: 1 },
    internet: back({ kind: 'alter', alterations: [{ field: 'length', bytes: COOKIE + 3 }] }),
    expect: { counts: { sent: 1, lost: 1, corrupted: 1 }, corrupt: { reason: 'length', size: 11 } },
  },
  {
    name: 'one cut inside of the ICMP header is nothing',
    options: { count: 1 },
    internet: back({ kind: 'alter', alterations: [{ field: 'length', bytes: 7 }] }),
    expect: { counts: { sent: 1, lost: 1 } },
  },
  {
    name: 'a true reply after a corrupt one counts',
    options: { count: 3 },
    internet: forged({ field: 'byte', at: PAYLOAD + 40, xor: 4 }),
    expect: { counts: { sent: 3, received: 3, corrupted: 1 }, events: ['reply 1', 'corrupt 2', 'reply 2', 'reply 3'] },
  },
  {
    name: 'a spoofed cookie is foreign, and the true reply still counts',
    options: { count: 3 },
    internet: forged({ field: 'byte', at: COOKIE + 7, xor: 1 }),
    expect: { counts: { sent: 3, received: 3, foreign: 1 }, events: ['reply 1', 'reply 2', 'reply 3'] },
  },
  {
    name: 'a wrong identifier is foreign',
    options: { count: 3 },
    internet: forged({ field: 'identifier', xor: 0x0101 }),
    expect: { counts: { sent: 3, received: 3, foreign: 1 } },
  },
  {
    name: 'a sequence never sent is foreign',
    options: { count: 3 },
    internet: forged({ field: 'sequence', xor: 0x4000 }),
    expect: { counts: { sent: 3, received: 3, foreign: 1 } },
  },
  {
    name: "another probe's sequence is foreign: the cookie tells",
    options: { count: 3 },
    internet: forged({ field: 'sequence', xor: 3 }),
    expect: { counts: { sent: 3, received: 3, foreign: 1 }, events: ['reply 1', 'reply 2', 'reply 3'] },
  },
  {
    name: 'a spoofed source is foreign',
    options: { count: 3 },
    internet: places =>
      back({ kind: 'forge', pick: { packets: [2] }, alterations: [], source: places.stranger })(places),
    expect: { counts: { sent: 3, received: 3, foreign: 1 }, events: ['reply 1', 'reply 2', 'reply 3'] },
  },
  {
    name: 'a target that answers from another address does not answer',
    options: { count: 2 },
    internet: places => route(places, { target: { answersFrom: places.stranger } }),
    expect: { counts: { sent: 2, lost: 2, foreign: 2 }, rtt: null },
  },
  {
    name: "replies to somebody else's ping are foreign",
    options: { count: 1, interval: 100 },
    internet: places => ({ ...back()(places), intruders: [somebodyElsesReply(places, 1)] }),
    expect: { counts: { sent: 1, received: 1, foreign: 1 } },
  },
  {
    name: 'a reply nobody asked for, with our identifier, is foreign',
    options: { count: 1 },
    internet: places => ({ ...back()(places), intruders: [somebodyElsesReply(places, 1, 4711)] }),
    expect: { counts: { sent: 1, received: 1, foreign: 1 } },
  },
  {
    name: 'messages of other types are none of our business',
    options: { count: 1 },
    internet: places => ({ ...back()(places), intruders: otherMessages(places) }),
    expect: { counts: { sent: 1, received: 1 } },
  },
  {
    name: 'echo requests that come in are none of our business',
    options: { count: 1 },
    internet: back({ kind: 'forge', alterations: [{ field: 'type', xor: 8 }] }),
    families: [4],
    expect: { counts: { sent: 1, received: 1 } },
  },
  {
    name: 'a reply with a code that echo replies do not have is as good as its bytes',
    options: { count: 1 },
    internet: back({ kind: 'alter', alterations: [{ field: 'code', xor: 5 }] }),
    expect: { counts: { sent: 1, received: 1 } },
  },
];

function somebodyElsesReply({ target, family }: Places, at: number, identifier = 99): IntruderSpec {
  const payload = new Uint8Array(56).fill(0x41);
  return {
    at,
    from: target,
    message: encodeIcmpMessage(family, { kind: 'echo-reply', identifier, sequence: 1, payload }),
  };
}

/** Router and neighbour advertisements, time stamps, types that nobody has assigned, and next to nothing at all. */
function otherMessages({ target, family }: Places): IntruderSpec[] {
  const types = family === 4 ? [9, 13, 14, 40, 255] : [133, 134, 135, 136, 200, 255];
  const body = new Uint8Array(20).fill(7);
  const messages = types.map(type => encodeIcmpMessage(family, { kind: 'other', type, code: 0, body }));
  return [...messages, new Uint8Array(0), new Uint8Array(3)].map(message => ({ at: 1, from: target, message }));
}
