import { once } from 'node:events';
import net, { type LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { bindUdp } from '../../../src/sockets/bind-udp.js';
import { connect } from '../../../src/sockets/connect.js';
import { listen } from '../../../src/sockets/listen.js';
import { UnixDatagramSocket } from '../../../src/sockets/unix/datagram-socket.js';
import { UnixServer } from '../../../src/sockets/unix/unix-server.js';
import { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { families, LOOPBACK } from '../../support/kernel/loopback.js';
import { portOf } from '../../support/kernel/servers.js';
import { socketPath } from '../unix/support.js';

/** What an operation fails with. */
async function failureOf(operation: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  return operation.then(
    () => expect.fail('it did not fail'),
    reason => reason,
  );
}

/** What Node's own connect says of the same destination. */
async function ofNode(options: net.NetConnectOpts): Promise<object> {
  const [{ code, errno, syscall, address, port }] = await once(net.connect(options), 'error').catch(error => [error]);
  return { code, errno, syscall, address, ...(port === undefined ? {} : { port }) };
}

/** A port of a loopback address at which nobody listens. */
async function closedPort(host: string): Promise<number> {
  const server = await listen({ host });
  const port = portOf(server);
  await new Promise(closed => server.close(closed));
  return port;
}

describe('errors have what errors of Node have', () => {
  it.each(families)('connecting over IPv%i', async family => {
    const to = { host: LOOPBACK[family], port: await closedPort(LOOPBACK[family]) };
    const failure = await failureOf(connect(to));
    expect(failure).toMatchObject(await ofNode(to));
    expect(failure).toMatchObject({ address: to.host, port: to.port });
    expect(failure).not.toHaveProperty('path');
  });

  it('each of several addresses', async () => {
    const port = await closedPort('127.0.0.1');
    const lookup: LookupFunction = (_host, _options, callback) =>
      callback(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    const { errors } = (await failureOf(
      connect({ host: 'two.test', port, lookup, autoSelectFamily: true }),
    )) as unknown as AggregateError;
    expect(errors).toMatchObject([
      { address: '127.0.0.1', port },
      { address: '127.0.0.2', port },
    ]);
  });

  it('a timeout, before there is an address', async () => {
    const lookup: LookupFunction = () => undefined;
    const failure = await failureOf(connect({ host: 'slow.test', port: '8', lookup, timeout: 5 }));
    expect(failure).toMatchObject({ code: 'ETIMEDOUT', address: 'slow.test', port: 8 });
  });

  it.each([['a path', socketPath()] as const, ['an abstract name', `\0subsocket-no-${process.pid}`] as const])(
    'connecting to %s',
    async (_kind, path) => {
      const expected = path.startsWith('\0') ? { code: 'ECONNREFUSED', syscall: 'connect' } : await ofNode({ path });
      for (const attempt of [connect({ path }), UnixSocket.connect(path)]) {
        expect(await failureOf(attempt)).toMatchObject({ ...expected, address: path, path });
      }
    },
  );

  it('listening and binding at a port that is taken', async () => {
    const server = await listen({ host: '127.0.0.1' });
    const socket = await bindUdp({ address: '127.0.0.1' });
    for (const [attempt, port] of [
      [listen({ host: '127.0.0.1', port: portOf(server) }), portOf(server)],
      [bindUdp({ address: '127.0.0.1', port: socket.address().port }), socket.address().port],
    ] as const) {
      expect(await failureOf(attempt)).toMatchObject({ code: 'EADDRINUSE', address: '127.0.0.1', port });
    }
    server.close();
    socket.close();
  });

  it('listening and sending at paths', async () => {
    const path = socketPath();
    const server = await UnixServer.listen(path);
    const told = { code: 'EADDRINUSE', address: path, path };
    expect(await failureOf(UnixServer.listen(path))).toMatchObject(told);
    expect(await failureOf(UnixDatagramSocket.open({ bind: path }))).toMatchObject(told);
    const sender = await UnixDatagramSocket.open();
    expect(await failureOf(sender.send('x', { to: path }))).toMatchObject({ code: 'EPROTOTYPE', address: path, path });
    sender.close();
    server.close();
  });

  it('no other errors', async () => {
    const port = await closedPort('127.0.0.1');
    const failure = await failureOf(connect({ host: '127.0.0.1', port, options: { TCP_CONGESTION: 'no-such-one' } }));
    for (const member of ['address', 'port', 'path']) expect(failure).not.toHaveProperty(member);
  });
});
