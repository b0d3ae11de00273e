import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Arrival } from '../../../src/engine/arrival.js';
import { native } from '../../../src/io/native.js';
import { setOption } from '../../../src/io/option.js';
import type { Lane } from '../../../src/sockets/channel/lane.js';
import { SocketChannel } from '../../../src/sockets/channel/socket-channel.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import type { Monotonic } from '../../../src/wire/time.js';
import { Descriptors, LOOPBACK, ready } from '../../support/kernel/loopback.js';
import { describeNeeding } from '../../support/lab/index.js';

type Socket = ReturnType<Descriptors['udp']>;

const UDP_HEADER = 8;
const EVERYTHING = 10_000;

/** A lane whose socket has room for some batches and their stamps. */
function stampedLane({ descriptor }: Socket, family: 4 | 6): Lane {
  setOption(descriptor, 'SO_TIMESTAMPING', ['tx-software', 'software']);
  setOption(descriptor, 'SO_RCVBUFFORCE', 1 << 20);
  setOption(descriptor, family === 4 ? 'IP_RECVERR' : 'IPV6_RECVERR', true);
  return { descriptor, family, delivers: 'message', errorQueue: 'errors', numbered: false, atomic: false };
}

/** Sockets that send numbered messages to themselves, through one channel, and what it told of them. */
class SelfTalk {
  readonly channel: SocketChannel;
  readonly sent: number[] = [];
  readonly begunAt: (Monotonic | undefined)[] = [];
  readonly handed: { kind: Arrival['kind']; lane: number; number: number }[] = [];
  private next = 0;

  constructor(
    private readonly sockets: readonly Socket[],
    private readonly families: readonly (4 | 6)[],
  ) {
    const lanes = sockets.map((socket, index) => stampedLane(socket, families[index] ?? 4));
    this.channel = new SocketChannel({ lanes, messageBytes: 64, secondThreadAfter: 0 });
  }

  /** By default a whole batch. */
  transmit(count = this.channel.slots.length, lane = 0, port = this.sockets[lane]?.port): void {
    const family = this.families[lane] ?? 4;
    for (const slot of this.channel.slots.slice(0, count)) {
      IpAddress.parse(LOOPBACK[family]).writeWords(slot.destination);
      Object.assign(slot, { lane, family, port, length: 4, probe: this.next });
      slot.view.setUint32(0, this.next++);
    }
    const tell = (probe: number, errno: number, begunAt?: Monotonic): void => {
      expect(errno).toBe(0);
      this.sent.push(probe);
      this.begunAt.push(begunAt);
    };
    expect(this.channel.transmit(0, count, tell)).toBe(count);
  }

  receive(): number {
    return this.channel.receive(arrival => {
      const { kind, lane, view, start, stamp } = arrival;
      if (kind === 'stamp') expect(stamp).toBeGreaterThan(0);
      const number = view.getUint32(kind === 'stamp' ? start + UDP_HEADER : start);
      // What is handed on was told to be sent.
      expect(this.sent.includes(number)).toBe(true);
      this.handed.push({ kind, lane, number });
    }, EVERYTHING);
  }

  /** Until every message and every stamp of what was sent has been handed on. */
  async receiveAll(): Promise<void> {
    while (this.handed.length < 2 * this.next) {
      if (this.channel.underway === 'nothing') {
        await Promise.race(this.sockets.map(({ descriptor }) => ready(descriptor)));
      }
      this.receive();
    }
    expect(this.channel.underway).toBe('nothing');
  }

  numbers(kind: Arrival['kind'], lane = 0): number[] {
    return this.handed.filter(handed => handed.kind === kind && handed.lane === lane).map(({ number }) => number);
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describeNeeding('rawSockets', 'whole batches that are sent on the second thread', () => {
  test.each([4, 6] as const)(
    'IPv%i: are told and answered once, in order, each stamp before its message',
    async family => {
      using descriptors = new Descriptors();
      const talk = new SelfTalk([descriptors.udp(family)], [family]);
      const { length } = talk.channel.slots;
      const before = native().monotonicNow();
      for (let round = 0; round < 30; round++) {
        talk.transmit();
        talk.receive();
      }
      await talk.receiveAll();
      expect(talk.sent).toEqual(upTo(30 * length));
      expect(talk.numbers('message')).toEqual(upTo(30 * length));
      expect(talk.numbers('stamp')).toEqual(upTo(30 * length));
      const places = new Map(talk.handed.map(({ kind, number }, place) => [`${kind} ${number}`, place]));
      for (const number of upTo(30 * length)) {
        expect(places.get(`stamp ${number}`)).toBeLessThan(places.get(`message ${number}`) ?? 0);
      }
      for (const begunAt of talk.begunAt) expect(begunAt).toBeGreaterThan(before);
      expect(talk.begunAt).toEqual(talk.begunAt.toSorted((a, b) => Number(a) - Number(b)));
    },
  );

  test('give way to a smaller one, whose fate is told after theirs', async () => {
    using descriptors = new Descriptors();
    const talk = new SelfTalk([descriptors.udp(4)], [4]);
    const { length } = talk.channel.slots;
    talk.transmit();
    expect([talk.channel.underway, talk.sent.length]).toEqual(['results', 0]);
    talk.transmit(3);
    expect(talk.sent).toEqual(upTo(length + 3));
    await talk.receiveAll();
    expect(talk.numbers('message')).toEqual(upTo(length + 3));
  });

  test('are no more than four at a time: the fifth is sent at once', async () => {
    using descriptors = new Descriptors();
    const talk = new SelfTalk([descriptors.udp(4)], [4]);
    const { length } = talk.channel.slots;
    for (let round = 0; round < 4; round++) talk.transmit();
    expect(talk.sent).toEqual([]);
    talk.transmit();
    expect(talk.sent).toEqual(upTo(5 * length));
    await talk.receiveAll();
    expect(talk.numbers('message')).toEqual(upTo(5 * length));
  });

  test('belong to the lane that they were sent on', async () => {
    using descriptors = new Descriptors();
    const talk = new SelfTalk([descriptors.udp(4), descriptors.udp(6)], [4, 6]);
    const { length } = talk.channel.slots;
    for (const lane of [1, 0, 1, 0]) {
      talk.transmit(length, lane);
      talk.receive();
    }
    await talk.receiveAll();
    const [first, second, third, fourth] = [0, 1, 2, 3].map(round => upTo(length).map(index => round * length + index));
    expect(talk.numbers('message', 1)).toEqual([...(first ?? []), ...(third ?? [])]);
    expect(talk.numbers('message', 0)).toEqual([...(second ?? []), ...(fourth ?? [])]);
  });

  test('leave nothing in a socket that held more than they had room for', async () => {
    using descriptors = new Descriptors();
    const [socket, stranger] = [descriptors.udp(4), descriptors.udp(4)];
    const talk = new SelfTalk([socket], [4]);
    const { length } = talk.channel.slots;
    const flood = new SelfTalk([stranger], [4]);
    for (let round = 0; round < 3; round++) flood.transmit(length - 1, 0, socket.port);
    await sleep(20);
    talk.transmit();
    let messages = 0;
    talk.channel.receive(() => undefined, 0);
    talk.channel.receive(({ kind }) => {
      if (kind === 'message') messages++;
    }, EVERYTHING);
    expect(messages).toBe(3 * (length - 1) + length);
  });

  test('hand every error on before the messages, though a batch of errors was full', async () => {
    using descriptors = new Descriptors();
    const talk = new SelfTalk([descriptors.udp(4)], [4]);
    const { length } = talk.channel.slots;
    // Stamps that nobody takes yet.
    for (let round = 0; round < 3; round++) talk.transmit(length - 1);
    talk.transmit();
    talk.transmit();
    await talk.receiveAll();
    const lastOf = (kind: Arrival['kind']) => talk.handed.findLastIndex(handed => handed.kind === kind);
    expect(lastOf('stamp')).toBeLessThan(lastOf('message'));
    expect(talk.numbers('stamp')).toEqual(upTo(5 * length - 3));
    const places = new Map(talk.handed.map(({ kind, number }, place) => [`${kind} ${number}`, place]));
    for (const number of upTo(5 * length - 3)) {
      expect(places.get(`stamp ${number}`)).toBeLessThan(places.get(`message ${number}`) ?? 0);
    }
  });

  test('end with the channel, whose sockets are closed only then', () => {
    using descriptors = new Descriptors();
    const talk = new SelfTalk([descriptors.udp(4)], [4]);
    talk.transmit();
    talk.transmit();
    talk.channel.close();
    expect(talk.sent).toEqual([]);
  });
});
