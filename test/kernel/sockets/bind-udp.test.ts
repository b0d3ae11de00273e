import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { getOption } from '../../../src/io/option.js';
import { bindUdp } from '../../../src/sockets/bind-udp.js';
import { families, LOOPBACK, openDescriptors } from '../../support/kernel/loopback.js';

describe('bindUdp', () => {
  it.each(families)('gives a bound dgram.Socket of IPv%i that sends and receives', async family => {
    const first = await bindUdp({ address: LOOPBACK[family], options: { SO_RCVBUF: 100_000 } });
    const second = await bindUdp({ address: LOOPBACK[family] });
    expect(getOption(first, 'SO_RCVBUF')).toBe(200_000);
    second.send('ping', first.address().port, LOOPBACK[family]);
    const [message, from] = await once(first, 'message');
    expect(message.toString()).toBe('ping');
    expect(from.port).toBe(second.address().port);
    first.close();
    second.close();
  });

  it('shares a port through SO_REUSEPORT, which has to be there before bind', async () => {
    const options = { SO_REUSEPORT: true } as const;
    const first = await bindUdp({ address: '127.0.0.1', options });
    const { port } = first.address();
    const second = await bindUdp({ address: '127.0.0.1', port, options });
    expect(second.address().port).toBe(port);
    first.close();
    second.close();
  });

  it('leaves nothing open where the kernel refuses', async () => {
    const taken = await bindUdp({ address: '127.0.0.1' });
    const before = openDescriptors();
    await expect(bindUdp({ address: '127.0.0.1', port: taken.address().port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'bind',
    });
    await expect(bindUdp({ address: '127.0.0.1', options: { SO_BINDTODEVICE: 'none-such' } })).rejects.toMatchObject({
      code: 'ENODEV',
      object: 'SO_BINDTODEVICE="none-such"',
    });
    expect(openDescriptors()).toBe(before);
    taken.close();
  });

  it('closes with its signal', async () => {
    const controller = new AbortController();
    const socket = await bindUdp({ address: '127.0.0.1', signal: controller.signal });
    const closed = once(socket, 'close');
    controller.abort();
    await closed;
  });
});
