import { release } from 'node:os';
import { expect, test } from 'vitest';
import { native } from '../../../src/io/native.js';
import { setOption } from '../../../src/io/option.js';
import { SocketChannel } from '../../../src/sockets/channel/socket-channel.js';
import { openIcmpSocket } from '../../../src/sockets/icmp-socket.js';
import { kernelTakesPacketNumbers } from '../../../src/sockets/packet-numbers.js';
import { ping } from '../../../src/tools/ping.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { families } from '../../support/kernel/loopback.js';
import { describeNeeding } from '../../support/lab/index.js';

const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;
const IDENTIFIER = 0x6b6b;
const NUMBERS = [0, 7, 2 ** 31, 2 ** 32 - 1, 2 ** 32 + 5];

const [major = 0, minor = 0] = release().split('.').map(Number);
/** SCM_TS_OPT_ID came with Linux 6.13. */
const isNew = major > 6 || (major === 6 && minor >= 13);

test('the kernel is asked whether it takes numbers, and told right', () => {
  expect(kernelTakesPacketNumbers()).toBe(isNew);
});

describeNeeding('rawSockets', 'transmit stamps of numbered packets', () => {
  test.runIf(isNew).each(families)('IPv%i, since Linux 6.13: bear the numbers, and nothing else', family => {
    const { lane } = openIcmpSocket({
      family,
      kind: 'raw',
      identifier: IDENTIFIER,
      transmitStamps: true,
      numbered: true,
    });
    expect(lane.numbered).toBe(true);
    const channel = new SocketChannel({ lanes: [lane], messageBytes: 64 });
    try {
      const stamps: { number: number; stamp: number; bytes: number }[] = [];
      for (const [index, probe] of NUMBERS.entries()) {
        const slot = channel.slots[index];
        if (slot === undefined) throw new Error('too few slots');
        slot.bytes.fill(0, 0, 64);
        slot.bytes[0] = family === 4 ? 8 : 128;
        IpAddress.parse(LOOPBACK[family]).writeWords(slot.destination);
        Object.assign(slot, { length: 64, family, probe });
      }
      expect(channel.transmit(0, NUMBERS.length, () => {})).toBe(NUMBERS.length);
      channel.receive(({ kind: what, number, stamp, start, end }) => {
        if (what === 'stamp') stamps.push({ number, stamp, bytes: end - start });
      }, 100);
      expect(stamps.map(({ number }) => number)).toEqual([0, 7, 2 ** 31, 2 ** 32 - 1, 5]);
      expect(stamps.every(({ stamp, bytes }) => stamp > 0 && bytes === 0)).toBe(true);
    } finally {
      channel.close();
    }
  });

  test.each(families)("IPv%i, somebody else's socket: come with the packet, by which they are known", async family => {
    const { lane } = openIcmpSocket({ family, kind: 'raw', identifier: IDENTIFIER, transmitStamps: false });
    const { descriptor } = lane;
    try {
      // As whoever shares it may have it.
      setOption(descriptor, 'SO_TIMESTAMPING', ['software', 'opt-id', 'opt-tsonly']);
      const run = ping(LOOPBACK[family], { count: 3, interval: 0, sockets: [descriptor] });
      const clocks: string[] = [];
      for await (const event of run) if (event.type === 'reply') clocks.push(event.clock);
      expect(clocks).toEqual(['kernel', 'kernel', 'kernel']);
    } finally {
      native().close(descriptor);
    }
  });
});
