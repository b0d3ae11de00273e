import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { getOption } from '../../../src/io/option.js';
import { connect } from '../../../src/sockets/connect.js';
import { listen } from '../../../src/sockets/listen.js';
import { families, LOOPBACK, openDescriptors } from '../../support/kernel/loopback.js';
import { LoopbackServer, portOf, textOf } from '../../support/kernel/servers.js';

/** A resolver that knows one name. */
function lookupOf(...addresses: string[]): LookupFunction {
  return (_host, _options, callback) => {
    const found = addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }));
    callback(null, found);
  };
}

describe('connect', () => {
  it('gives a live net.Socket with the options set', async () => {
    await using server = await LoopbackServer.echo();
    const socket = await connect({
      host: '127.0.0.1',
      port: server.port,
      options: { IP_TOS: 'AF21', TCP_USER_TIMEOUT: 5000, TCP_NODELAY: true, SO_KEEPALIVE: true, TCP_KEEPIDLE: 60_000 },
    });
    expect(getOption(socket, 'IP_TOS')).toBe('AF21');
    expect(getOption(socket, 'TCP_USER_TIMEOUT')).toBe(5000);
    expect(getOption(socket, 'TCP_KEEPIDLE')).toBe(60_000);
    expect(socket.remotePort).toBe(server.port);
    socket.end('hello');
    expect(await textOf(socket)).toBe('hello');
  });

  it('takes a path that is undefined for none, as net.connect does', async () => {
    await using server = await LoopbackServer.echo();
    const options = { path: undefined, host: '127.0.0.1', port: server.port } as unknown as Parameters<
      typeof connect
    >[0];
    const socket = await connect(options);
    expect(socket.remotePort).toBe(server.port);
    socket.destroy();
  });

  it('sets what the handshake announces, which is too late afterwards', async () => {
    await using server = await LoopbackServer.echo();
    const socket = await connect({ host: '127.0.0.1', port: server.port, options: { TCP_MAXSEG: 700 } });
    const peer = await server.connection();
    expect(getOption(peer, 'TCP_INFO').snd_mss).toBeLessThanOrEqual(700);
    socket.destroy();
  });

  it('connects from the address and port that it is given', async () => {
    await using server = await LoopbackServer.echo();
    const socket = await connect({
      host: '127.0.0.1',
      port: server.port,
      localAddress: '127.0.0.7',
      options: { IP_BIND_ADDRESS_NO_PORT: true },
    });
    expect(socket.localAddress).toBe('127.0.0.7');
    expect((await server.connection()).remoteAddress).toBe('127.0.0.7');
    socket.destroy();
  });

  it.each(families)('connects over IPv%i from a port alone, as net.connect does', async family => {
    await using server = await LoopbackServer.echo(LOOPBACK[family]);
    const free = await listen({ host: LOOPBACK[family] });
    const localPort = portOf(free);
    await new Promise(closed => free.close(closed));
    const socket = await connect({ host: LOOPBACK[family], port: server.port, localPort });
    expect((await server.connection()).remotePort).toBe(localPort);
    socket.destroy();
  });

  it('connects to a path of the file system', async () => {
    const folder = mkdtempSync(join(tmpdir(), `subsocket-connect-${process.pid}-`));
    const server = createServer(peer => peer.end(`for you`)).listen(join(folder, 'socket'));
    try {
      await once(server, 'listening');
      const socket = await connect({ path: join(folder, 'socket'), options: { SO_SNDBUF: 40_000 } });
      expect(getOption(socket, 'SO_SNDBUF')).toBe(80_000);
      expect(await textOf(socket)).toBe('for you');
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('names the option that the kernel refused, and leaves nothing open', async () => {
    await using server = await LoopbackServer.echo();
    const before = openDescriptors();
    const options = { TCP_NODELAY: true, IP_TTL: 9, TCP_CONGESTION: 'no-such-one', SO_KEEPALIVE: true, TCP_CORK: true };
    await expect(connect({ host: '127.0.0.1', port: server.port, options })).rejects.toMatchObject({
      code: 'ENOENT',
      syscall: 'setsockopt',
      object: 'TCP_CONGESTION="no-such-one"',
      message: expect.stringContaining('the kernel has none of that name'),
    });
    expect(openDescriptors()).toBe(before);
    expect(server.connections).toHaveLength(0);
  });

  it('refuses a bad value before it makes a socket', async () => {
    await expect(connect({ host: '127.0.0.1', port: 1, options: { IP_TTL: 256 } })).rejects.toMatchObject({
      code: 'OPTION_VALUE',
      option: 'IP_TTL',
      value: 256,
    });
    const misspelt = { TCP_NODELY: true } as object;
    await expect(connect({ port: 1, options: misspelt })).rejects.toThrow('did you mean TCP_NODELAY?');
    await expect(connect({ port: 65_536 })).rejects.toMatchObject({ code: 'ERR_SUBSOCKET_ARGUMENT', argument: 'port' });
    await expect(connect({ port: 1, timeout: Number.NaN })).rejects.toMatchObject({
      code: 'ERR_SUBSOCKET_ARGUMENT',
      argument: 'timeout',
    });
  });

  it('tells which address refused the connection', async () => {
    const server = await listen({ host: '127.0.0.1' });
    const port = portOf(server);
    server.close();
    await expect(connect({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: `connect 127.0.0.1:${port}: ECONNREFUSED, Connection refused`,
    });
  });

  it('tries the addresses of both families in turn until one answers', async () => {
    await using server = await LoopbackServer.echo('127.0.0.1');
    const lookup = lookupOf('::1', '::1', '127.0.0.1');
    const socket = await connect({ host: 'two.test', port: server.port, lookup, autoSelectFamily: true });
    expect(socket.remoteFamily).toBe('IPv4');
    socket.destroy();
  });

  it('leaves options of IPv6 out on IPv4 where the name decided, and has them refused where the caller did', async () => {
    await using server = await LoopbackServer.echo('127.0.0.1');
    const options = { IP_TOS: 'EF', IPV6_TCLASS: 'EF' } as const;
    const socket = await connect({ host: 'one.test', port: server.port, lookup: lookupOf('127.0.0.1'), options });
    expect(getOption(socket, 'IP_TOS')).toBe('EF');
    socket.destroy();
    await expect(connect({ host: '127.0.0.1', port: server.port, options })).rejects.toMatchObject({
      syscall: 'setsockopt',
      object: 'IPV6_TCLASS="EF"',
    });
  });

  it('collects what every address answered, with the code of the first', async () => {
    const server = await listen({ host: '127.0.0.1' });
    const port = portOf(server);
    server.close();
    const attempt = connect({ host: 'two.test', port, lookup: lookupOf('127.0.0.1', '::1'), autoSelectFamily: true });
    const error: AggregateError = await attempt.then(
      () => expect.fail('it connected'),
      reason => reason,
    );
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(error.errors).toHaveLength(2);
  });

  it('tries addresses of the family alone, also where a lookup finds others', async () => {
    await using server = await LoopbackServer.echo('127.0.0.1');
    const options = { host: 'two.test', port: server.port, lookup: lookupOf('::1', '127.0.0.1') };
    const socket = await connect({ ...options, family: 4, autoSelectFamily: false });
    expect(socket.remoteFamily).toBe('IPv4');
    socket.destroy();
    await expect(connect({ ...options, lookup: lookupOf('127.0.0.1'), family: 6 })).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
  });

  it('passes on what resolution says', async () => {
    const lookup: LookupFunction = (host, _options, callback) =>
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), '');
    await expect(connect({ host: 'no.test', port: 1, lookup })).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('ends with the signal, while resolving and before', async () => {
    const before = openDescriptors();
    const reason = new Error('not wanted any more');
    const controller = new AbortController();
    const never: LookupFunction = () => controller.abort(reason);
    await expect(connect({ host: 'slow.test', port: 1, lookup: never, signal: controller.signal })).rejects.toBe(
      reason,
    );
    await expect(connect({ host: '127.0.0.1', port: 1, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(openDescriptors()).toBe(before);
  });

  it('gives up after the timeout, with ETIMEDOUT', async () => {
    const never: LookupFunction = () => undefined;
    await expect(connect({ host: 'slow.test', port: 1, lookup: never, timeout: 5 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      syscall: 'connect',
    });
  });
});
