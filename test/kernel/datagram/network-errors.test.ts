import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { networkError, open, takeOne } from '../../support/datagram/collect.js';
import { Descriptors, families, LOOPBACK } from '../../support/kernel/loopback.js';

const unusedPort = (family: 4 | 6): number => {
  using descriptors = new Descriptors();
  return descriptors.unusedPort(family);
};

describe.each(families)('errors of the network over IPv%s', family => {
  const address = LOOPBACK[family];
  const icmp =
    family === 4 ? { icmpType: 3, icmpCode: 3, origin: 'icmp' } : { icmpType: 1, icmpCode: 4, origin: 'icmp6' };

  test.each(['connected', 'not connected'])('an unreachable port, %s', async how => {
    const destination = { address, port: unusedPort(family) };
    const socket = open({ family, errors: true, ...(how === 'connected' && { connect: destination }) });
    socket.send('the whole datagram', how === 'connected' ? undefined : destination);
    const error = await networkError(socket);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', error: 'port-unreachable', ...icmp });
    expect(error.offender?.toString()).toBe(address);
    expect(error.destination?.address.toString()).toBe(address);
    expect(error.destination?.port).toBe(destination.port);
    expect(error.quote.toString()).toBe('the whole datagram');
    expect(error.mtu).toBeUndefined();
  });

  test("another destination's error is no exception and stops no datagram", async () => {
    const receiver = open({ bind: { address } });
    const good = { address, port: receiver.localAddress.port };
    const bad = { address, port: unusedPort(family) };
    const socket = open({ family, errors: true });
    let errors = 0;
    socket.on('icmp-error', () => errors++);
    const received: string[] = [];
    receiver.on('message', ({ payload }) => received.push(payload.toString()));
    for (let round = 0; round < 50; round++) {
      socket.send('bad', bad);
      socket.send(`single ${round}`, good);
      const messages = [
        { payload: 'bad', destination: bad },
        { payload: `batch ${round}`, destination: good },
      ];
      expect(socket.sendBatch(messages)).toEqual({ taken: 2, failures: [] });
    }
    await expect.poll(() => received.length).toBe(100);
    await expect.poll(() => errors).toBe(100);
  });

  test('a socket that did not ask is not told, unless it is connected', async () => {
    const destination = { address, port: unusedPort(family) };
    const silent = open({ family });
    silent.on('message', () => undefined);
    silent.send('x', destination);
    silent.send('x', destination);
    const connected = open({ family, connect: destination });
    connected.on('message', () => undefined);
    connected.send('x');
    const [error] = await once(connected, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'recvmmsg' });
  });
});

test('after an error the socket goes on', async () => {
  const receiver = open({ bind: { address: '127.0.0.1' } });
  const client = open({ errors: true, connect: { address: '127.0.0.1', port: unusedPort(4) } });
  client.send('x');
  await networkError(client);
  client.connect({ address: '127.0.0.1', port: receiver.localAddress.port });
  client.send('now');
  const question = await takeOne(receiver);
  receiver.reply(question, 'heard');
  expect((await takeOne(client)).payload.toString()).toBe('heard');
});
