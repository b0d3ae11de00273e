import { expect, test } from 'vitest';
import { PingEngine } from '../../../src/engine/ping/ping-engine.js';
import type { PingEvent, PingTotal } from '../../../src/engine/ping/ping-event.js';
import { check } from '../../../src/io/errors.js';
import { native } from '../../../src/io/native.js';
import { getOption, setOption } from '../../../src/io/option.js';
import { SocketChannel } from '../../../src/sockets/channel/socket-channel.js';
import { openIcmpSocket } from '../../../src/sockets/icmp-socket.js';
import { EngineLoop } from '../../../src/tools/engine-loop.js';
import { ping } from '../../../src/tools/ping.js';
import { randomSeed } from '../../../src/tools/random-seed.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { describeNeeding } from '../../support/lab/index.js';

const TARGETS = 2000;
const IDENTIFIER = 0x5b5b;

/** Bytes of a receive buffer that holds a few of the replies to a batch: the kernel makes it a little more. */
const SMALL_BUFFER = 4096;

const ADDRESSES = {
  4: (index: number) => IpAddress.parse(`127.7.${index >> 8}.${index & 255}`),
  6: () => IpAddress.parse('::1'),
} as const;

/** A mass ping as `ping` makes it, but for its receive buffer. */
async function pingWithSmallBuffer(family: 4 | 6): Promise<{ total: PingTotal; told: number; counted: number }> {
  const { identifier, kind, lane } = openIcmpSocket({ family, identifier: IDENTIFIER, transmitStamps: true });
  setOption(lane.descriptor, 'SO_RCVBUF', SMALL_BUFFER);
  const channel = new SocketChannel({ lanes: [lane], messageBytes: 64 });
  let [index, end] = [0, undefined as PingEvent | undefined];
  const engine = new PingEngine({
    targets: { next: () => (index < TARGETS ? { address: ADDRESSES[family](index++), scopeId: 0 } : undefined) },
    lanes: { [family]: { identifier, socket: kind, lane: 0 } },
    seed: randomSeed(),
    rate: 0,
    count: 1,
    timeout: 300e6,
    report: 'total',
    drops: () => channel.drops,
  });
  try {
    const { descriptor } = lane;
    const onEvent = (event: PingEvent) => {
      end = event;
    };
    await new EngineLoop({ engine, channel, descriptors: [descriptor], onEvent, finished: () => engine.done }).run();
    return { total: end as unknown as PingTotal, told: channel.drops, counted: channel.countDrops() };
  } finally {
    channel.close();
  }
}

describeNeeding('rawSockets', 'replies for which the receive buffer has no room', () => {
  test.each([4, 6] as const)('IPv%i: are counted as drops of this host, to the last', async family => {
    const { total, told, counted } = await pingWithSmallBuffer(family);
    expect(total).toMatchObject({ targets: TARGETS, sent: TARGETS, foreign: 0, corrupted: 0 });
    expect(total.received + total.lost).toBe(TARGETS);
    expect(told).toBeGreaterThan(0);
    // Linux 6.1 counts the replies. Linux 6.18 looks at a raw socket's buffer before its filter (raw_v4_input), and so
    // also counts the requests on loopback that found it full.
    expect(counted).toBeGreaterThanOrEqual(total.lost);
    expect(counted).toBeLessThanOrEqual(total.lost + TARGETS);
  });
});

const DOMAIN = { 4: LINUX.AF_INET, 6: LINUX.AF_INET6 } as const;
const PROTOCOL = { 4: LINUX.IPPROTO_ICMP, 6: LINUX.IPPROTO_ICMPV6 } as const;
const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;

/** A raw socket that is full of other people's packets, and has dropped some of them. */
async function overflowedSocket(family: 4 | 6): Promise<number> {
  const descriptor = check(native().socket(DOMAIN[family], LINUX.SOCK_RAW, PROTOCOL[family]), 'socket');
  setOption(descriptor, 'SO_RCVBUF', SMALL_BUFFER);
  while (getOption(descriptor, 'SO_MEMINFO').drops === 0)
    await ping(LOOPBACK[family], { count: 20, interval: 1 }).summary();
  return descriptor;
}

describeNeeding('rawSockets', 'what a socket dropped before the ping began', () => {
  test.each([4, 6] as const)('IPv%i: is not counted as a drop of the ping', async family => {
    const descriptor = await overflowedSocket(family);
    try {
      const { received, drops } = await ping(LOOPBACK[family], { count: 1, sockets: [descriptor] }).summary();
      expect({ received, drops }).toEqual({ received: 1, drops: 0 });
    } finally {
      native().close(descriptor);
    }
  });
});
