import { once } from 'node:events';
import { createServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getOption } from '../../../src/io/option.js';
import { listen } from '../../../src/sockets/listen.js';
import { type UndiciConnectorOptions, undiciConnector } from '../../../src/sockets/undici-connector.js';
import { CERTIFICATE, PRIVATE_KEY } from '../../support/kernel/certificate.js';
import { openDescriptors } from '../../support/kernel/loopback.js';
import { LoopbackServer, portOf } from '../../support/kernel/servers.js';

const TRUSTING = { socketOptions: {}, tls: { ca: CERTIFICATE } };

let secure: Server;

beforeEach(async () => {
  secure = await listen(createServer({ cert: CERTIFICATE, key: PRIVATE_KEY }), { host: '127.0.0.1' });
});

afterEach(async () => {
  secure.close();
  await once(secure, 'close');
});

interface Wanted {
  hostname?: string;
  protocol?: string;
  port?: number;
}

type Opened = (wanted?: Wanted) => Promise<Socket | TLSSocket>;

/** A connector as undici calls it. */
function openerOf(options: UndiciConnectorOptions): Opened {
  const connector = undiciConnector(options);
  return ({ hostname = '127.0.0.1', protocol = 'https:', port = portOf(secure) } = {}) =>
    new Promise((resolve, reject) => {
      connector({ hostname, protocol, port: String(port) }, (error, socket) => {
        if (error === null) resolve(socket);
        else reject(error);
      });
    });
}

describe('a connector of undici', () => {
  it('refuses a certificate that is not of the address that was asked for', async () => {
    const server = await listen(createServer({ cert: CERTIFICATE, key: PRIVATE_KEY }), { host: '127.0.0.2' });
    const open = openerOf(TRUSTING);
    await expect(open({ hostname: '127.0.0.2', port: portOf(server) })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    server.close();
    await once(server, 'close');
  });

  it('takes an address of IPv6 out of the brackets of its URL, for the certificate too', async () => {
    const server = await listen(createServer({ cert: CERTIFICATE, key: PRIVATE_KEY }), { host: '::1' });
    const checked: string[] = [];
    // Node 22.23 takes '::1' for a name, and finds no such name in the certificate.
    const checkServerIdentity = (host: string) => void checked.push(host);
    const open = openerOf({ socketOptions: {}, tls: { ca: CERTIFICATE, checkServerIdentity } });
    const socket = await open({ hostname: '[::1]', port: portOf(server) });
    expect(checked).toEqual(['::1']);
    socket.destroy();
    server.close();
  });

  it.each(['http:', 'https:'])('sets what undici sets on its own, unless it is given: %s', async protocol => {
    const own = await openerOf(TRUSTING)({ protocol });
    expect(getOption(own, 'TCP_NODELAY')).toBe(true);
    expect(getOption(own, 'SO_KEEPALIVE')).toBe(true);
    expect(getOption(own, 'TCP_KEEPIDLE')).toBe(60_000);
    own.destroy();
    const socketOptions = { TCP_NODELAY: false, SO_KEEPALIVE: false };
    const given = await openerOf({ ...TRUSTING, socketOptions })({ protocol });
    expect(getOption(given, 'TCP_NODELAY')).toBe(false);
    expect(getOption(given, 'SO_KEEPALIVE')).toBe(false);
    given.destroy();
  });

  it('resumes the TLS session of an earlier connection', async () => {
    const open = openerOf(TRUSTING);
    const first = (await open()) as TLSSocket;
    await once(first.resume(), 'session');
    first.destroy();
    const second = (await open()) as TLSSocket;
    expect(second.isSessionReused()).toBe(true);
    second.destroy();
  });

  it('gives up a server that accepts the connection and says nothing of TLS', async () => {
    await using silent = await LoopbackServer.open();
    const before = openDescriptors();
    await expect(openerOf({ ...TRUSTING, timeout: 50 })({ port: silent.port })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      syscall: 'connect',
    });
    const accepted = await silent.connection();
    if (!accepted.readableEnded) await once(accepted.resume(), 'end');
    accepted.end();
    await once(accepted, 'close');
    expect(openDescriptors()).toBe(before);
  });

  it('leaves nothing open where TLS cannot even begin', async () => {
    await using server = await LoopbackServer.open();
    const before = openDescriptors();
    const tls = { ca: CERTIFICATE, minVersion: 'no such version' } as object;
    await expect(openerOf({ ...TRUSTING, tls })({ port: server.port })).rejects.toMatchObject({
      code: 'ERR_TLS_INVALID_PROTOCOL_VERSION',
    });
    const accepted = await server.connection();
    if (!accepted.readableEnded) await once(accepted.resume(), 'end');
    accepted.end();
    await once(accepted, 'close');
    expect(openDescriptors()).toBe(before);
  });
});
