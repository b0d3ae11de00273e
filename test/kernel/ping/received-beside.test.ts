import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Arrival } from '../../../src/engine/arrival.js';
import { setOption } from '../../../src/io/option.js';
import type { Lane } from '../../../src/sockets/channel/lane.js';
import { SocketChannel } from '../../../src/sockets/channel/socket-channel.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { Descriptors, LOOPBACK, ready } from '../../support/kernel/loopback.js';

type Socket = ReturnType<Descriptors['udp']>;

const UDP_HEADER = 8;

/** A lane whose socket has room for two batches and their stamps, as far as the kernel grants it. */
function stampedLane({ descriptor }: Socket, family: 4 | 6): Lane {
  setOption(descriptor, 'SO_TIMESTAMPING', ['tx-software', 'software']);
  setOption(descriptor, 'SO_RCVBUF', 1 << 20);
  setOption(descriptor, family === 4 ? 'IP_RECVERR' : 'IPV6_RECVERR', true);
  return { descriptor, family, delivers: 'message', errorQueue: 'errors' };
}

/** Sockets that send numbered messages to themselves, through one channel, and what was handed on of it. */
class SelfTalk {
  readonly handed: string[] = [];
  readonly channel: SocketChannel;
  private next = 0;

  constructor(
    private readonly sockets: readonly Socket[],
    private readonly families: readonly (4 | 6)[],
  ) {
    const lanes = sockets.map((socket, index) => stampedLane(socket, families[index] ?? 4));
    this.channel = new SocketChannel({ lanes, messageBytes: 64 });
  }

  /** By default a whole batch. */
  transmit(count = this.channel.slots.length, lane = 0): void {
    const fates: number[] = [];
    const family = this.families[lane] ?? 4;
    for (const slot of this.channel.slots.slice(0, count)) {
      IpAddress.parse(LOOPBACK[family]).writeWords(slot.destination);
      Object.assign(slot, { lane, family, port: this.sockets[lane]?.port, length: 4, probe: this.next });
      slot.view.setUint32(0, this.next++);
    }
    expect(this.channel.transmit(0, count, (_, errno) => fates.push(errno))).toBe(count);
    expect(fates).toEqual(Array(count).fill(0));
  }

  receive(): number {
    return this.channel.receive(arrival => this.handed.push(this.describe(arrival)), 1024);
  }

  async receiveAll(): Promise<void> {
    while (this.handed.length < 2 * this.next) {
      if (!this.channel.holdsArrivals) await Promise.race(this.sockets.map(({ descriptor }) => ready(descriptor)));
      this.receive();
    }
  }

  of(kind: Arrival['kind']): number[] {
    return this.handed.flatMap(text => (text.startsWith(kind) ? [Number(text.split(' ')[1])] : []));
  }

  private describe({ kind, view, start, stamp }: Arrival): string {
    if (kind === 'stamp') expect(stamp).toBeGreaterThan(0);
    return `${kind} ${view.getUint32(kind === 'stamp' ? start + UDP_HEADER : start)}`;
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test.each([4, 6] as const)(
  'IPv%i: what is received beside a whole batch is handed on once, in order, each stamp before its message',
  async family => {
    using descriptors = new Descriptors();
    const talk = new SelfTalk([descriptors.udp(family)], [family]);
    const { length } = talk.channel.slots;
    for (let round = 0; round < 50; round++) {
      talk.transmit();
      talk.receive();
    }
    await talk.receiveAll();
    expect(talk.of('stamp')).toEqual(numbers(50 * length));
    expect(talk.of('message')).toEqual(numbers(50 * length));
    const places = new Map(talk.handed.map((text, place) => [text, place]));
    for (const number of numbers(50 * length)) {
      expect(places.get(`stamp ${number}`)).toBeLessThan(places.get(`message ${number}`) ?? 0);
    }
  },
);

test('a batch that is sent while arrivals still wait leaves them as they are', async () => {
  using descriptors = new Descriptors();
  const talk = new SelfTalk([descriptors.udp(4)], [4]);
  talk.transmit();
  talk.transmit();
  await talk.receiveAll();
  const all = numbers(2 * talk.channel.slots.length);
  expect(talk.of('stamp')).toEqual(all);
  expect(talk.of('message')).toEqual(all);
});

test('arrivals that wait belong to the lane that was sent on', async () => {
  using descriptors = new Descriptors();
  const talk = new SelfTalk([descriptors.udp(4), descriptors.udp(6)], [4, 6]);
  const { length } = talk.channel.slots;
  const lanes = new Map<number, number>();
  for (const lane of [1, 0, 1, 0]) {
    talk.transmit(length, lane);
    talk.channel.receive(({ kind, lane: from, family }) => {
      expect(family).toBe(from === 0 ? 4 : 6);
      if (kind === 'message') lanes.set(from, (lanes.get(from) ?? 0) + 1);
    }, 1024);
  }
  await sleep(20);
  talk.channel.receive(({ kind, lane: from }) => {
    if (kind === 'message') lanes.set(from, (lanes.get(from) ?? 0) + 1);
  }, 4096);
  expect([lanes.get(0), lanes.get(1)]).toEqual([2 * length, 2 * length]);
});

test('where the last batch is some time ago, one turn takes what waits and what has come since', async () => {
  using descriptors = new Descriptors();
  const talk = new SelfTalk([descriptors.udp(4)], [4]);
  const { length } = talk.channel.slots;
  talk.transmit();
  await sleep(20);
  expect(talk.receive()).toBe(2 * length);
  expect(talk.channel.holdsArrivals).toBe(false);
  expect(talk.of('message')).toEqual(numbers(length));
});
