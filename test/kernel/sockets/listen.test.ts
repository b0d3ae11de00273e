import { once } from 'node:events';
import { createServer as createHttpServer, get } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { getOption } from '../../../src/io/option.js';
import { connect } from '../../../src/sockets/connect.js';
import { listen } from '../../../src/sockets/listen.js';
import { openDescriptors } from '../../support/kernel/loopback.js';
import { portOf, textOf } from '../../support/kernel/servers.js';

describe('listen', () => {
  it('makes a server listen with the options set before bind, and the server closes', async () => {
    const server = createServer(peer => peer.end('welcome'));
    await listen(server, { host: '127.0.0.1', options: { SO_REUSEPORT: true, TCP_DEFER_ACCEPT: 0, TCP_MAXSEG: 900 } });
    expect(server.listening).toBe(true);
    expect(getOption(server, 'SO_REUSEPORT')).toBe(true);
    expect(getOption(server, 'SO_REUSEADDR')).toBe(true);
    expect(getOption(server, 'TCP_MAXSEG')).toBe(900);
    const socket = await connect({ host: '127.0.0.1', port: portOf(server) });
    expect(await textOf(socket)).toBe('welcome');
    server.close();
    await once(server, 'close');
  });

  it('lets two servers share a port, which bind would refuse without the option', async () => {
    const first = await listen({ host: '127.0.0.1', options: { SO_REUSEPORT: true } });
    const port = portOf(first);
    const second = await listen({ host: '127.0.0.1', port, options: { SO_REUSEPORT: true } });
    expect(portOf(second)).toBe(port);
    await expect(listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'bind',
      object: `127.0.0.1:${port}`,
    });
    first.close();
    second.close();
  });

  it('listens on every address of both families by default', async () => {
    const server = await listen();
    for (const host of ['127.0.0.1', '::1']) {
      const socket = await connect({ host, port: portOf(server) });
      socket.destroy();
    }
    server.close();
  });

  it.each([0, 5, 300])('lets %d connections wait', async backlog => {
    const server = await listen({ host: '127.0.0.1', backlog });
    // Of a listener, that is what tcpi_sacked has (tcp_get_info in net/ipv4/tcp.c).
    expect(getOption(server, 'TCP_INFO').sacked).toBe(backlog);
    server.close();
  });

  it('carries an http server', async () => {
    const server = createHttpServer((_request, response) => response.end('page'));
    await listen(server, { host: '127.0.0.1', options: { IP_TOS: 'CS1' } });
    const [response] = await once(get({ host: '127.0.0.1', port: portOf(server) }), 'response');
    expect(await textOf(response)).toBe('page');
    server.close();
  });

  it('leaves nothing open where an option or the address is refused', async () => {
    const before = openDescriptors();
    await expect(listen({ host: '127.0.0.1', options: { TCP_ULP: 'no-such' } })).rejects.toMatchObject({
      syscall: 'setsockopt',
    });
    await expect(listen({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL', object: '192.0.2.1:0' });
    expect(openDescriptors()).toBe(before);
  });

  it('binds an address that this machine does not have with IP_FREEBIND', async () => {
    const server = await listen({ host: '192.0.2.1', options: { IP_FREEBIND: true } });
    expect(server.address()).toMatchObject({ address: '192.0.2.1' });
    server.close();
  });
});
