import { expect, test } from 'vitest';
import { setOption } from '../../../src/io/option.js';
import { SocketChannel } from '../../../src/sockets/channel/socket-channel.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { Descriptors, LOOPBACK, ready } from '../../support/kernel/loopback.js';

test.each([4, 6] as const)('IPv%i: an error about one packet is not told of the next one', async family => {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(family);
  const peer = descriptors.udp(family);
  const closed = descriptors.unusedPort(family);
  setOption(descriptor, family === 4 ? 'IP_RECVERR' : 'IPV6_RECVERR', true);
  const lanes = [
    { descriptor, family, delivers: 'message', errorQueue: 'errors', numbered: false, atomic: false },
  ] as const;
  const channel = new SocketChannel({ lanes, messageBytes: 8 });

  const send = (port: number): number => {
    const [slot] = channel.slots;
    if (slot === undefined) throw new RangeError('a channel has slots');
    IpAddress.parse(LOOPBACK[family]).writeWords(slot.destination);
    Object.assign(slot, { family, port, length: 8, probe: 1 });
    let fate = -1;
    channel.transmit(0, 1, (_, errno) => {
      fate = errno;
    });
    return fate;
  };

  expect(send(closed)).toBe(0);
  expect(send(peer.port)).toBe(0);
  await ready(peer.descriptor);
});
