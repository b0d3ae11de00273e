import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Agent, createServer as createHttpServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { connect as connectPlain, createServer, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { type DescriptorSource, descriptorOf } from '../../../src/io/descriptor.js';
import { getOption, setOption } from '../../../src/io/option.js';
import { CERTIFICATE, PRIVATE_KEY } from '../../support/kernel/certificate.js';
import { LoopbackServer, portOf } from '../../support/kernel/servers.js';

const KEY = { cert: CERTIFICATE, key: PRIVATE_KEY };

/** What the object's descriptor is, told by an option that differs from socket to socket. */
const cookieOf = (source: DescriptorSource): bigint => getOption(source, 'SO_COOKIE');

describe('descriptorOf', () => {
  it('finds a net.Socket and a net.Server', async () => {
    await using loopback = await LoopbackServer.echo();
    const socket = connectPlain(loopback.port, '127.0.0.1');
    await once(socket, 'connect');
    setOption(socket, 'TCP_USER_TIMEOUT', 1234);
    expect(getOption(socket, 'TCP_USER_TIMEOUT')).toBe(1234);
    expect(getOption(loopback.server, 'SO_ACCEPTCONN')).toBe(true);
    expect(cookieOf(await loopback.connection())).not.toBe(cookieOf(socket));
    expect(cookieOf(descriptorOf(socket))).toBe(cookieOf(socket));
    socket.destroy();
  });

  it('finds a tls.TLSSocket and the socket beneath it to be one', async () => {
    const server = createTlsServer(KEY, peer => peer.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const plain = connectPlain(portOf(server), '127.0.0.1');
    const secure = connectTls({ socket: plain, ca: CERTIFICATE, servername: 'localhost' });
    await once(secure, 'secureConnect');
    expect(getOption(secure, 'TCP_INFO').state).toBe('established');
    const direct = connectTls({ port: portOf(server), host: '127.0.0.1', ca: CERTIFICATE, servername: 'localhost' });
    await once(direct, 'secureConnect');
    setOption(direct, 'IP_TOS', 'CS2');
    expect(getOption(direct, 'IP_TOS')).toBe('CS2');
    expect(getOption(server, 'SO_ACCEPTCONN')).toBe(true);
    secure.destroy();
    direct.destroy();
    server.close();
  });

  it('finds the sockets of http: server, request, response, and their messages', async () => {
    const seen: bigint[] = [];
    const server = createHttpServer((request: IncomingMessage, response: ServerResponse) => {
      seen.push(cookieOf(request), cookieOf(response));
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const agent = new Agent({ keepAlive: true });
    const request = get({ port: portOf(server), host: '127.0.0.1', agent });
    expect(() => descriptorOf(request)).toThrow("wait for its 'socket' event");
    const [response] = await once(request, 'response');
    expect(cookieOf(request)).toBe(cookieOf(response));
    expect(seen[0]).toBe(seen[1]);
    expect(getOption(server, 'SO_ACCEPTCONN')).toBe(true);
    response.resume();
    await once(response, 'end');
    agent.destroy();
    server.close();
  });

  it('finds a https server', async () => {
    const server = createHttpsServer(KEY).listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(getOption(server, 'SO_ACCEPTCONN')).toBe(true);
    server.close();
  });

  it('finds the connection of http2: server, sessions, streams', async () => {
    const server = createHttp2Server().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const streams: bigint[] = [];
    server.on('stream', (stream: ServerHttp2Stream) => {
      streams.push(cookieOf(stream));
      stream.respond();
      stream.end('answer');
    });
    const session = connectHttp2(`http://127.0.0.1:${portOf(server)}`);
    await once(session, 'connect');
    setOption(session, 'IP_TOS', 'AF11');
    expect(getOption(session, 'IP_TOS')).toBe('AF11');
    const stream = session.request();
    expect(cookieOf(stream)).toBe(cookieOf(session));
    stream.resume();
    await once(stream, 'close');
    expect(streams).toHaveLength(1);
    session.close();
    server.close();
  });

  it('finds a dgram.Socket, and says nothing of deprecation', async () => {
    const warnings: string[] = [];
    const note = (warning: Error) => warnings.push(warning.message);
    process.on('warning', note);
    const socket = createSocket('udp4');
    expect(() => descriptorOf(socket)).toThrow('not bound');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    setOption(socket, 'IP_TTL', 9);
    expect(getOption(socket, 'IP_TTL')).toBe(9);
    socket.close();
    expect(() => descriptorOf(socket)).toThrow(expect.objectContaining({ code: 'DESCRIPTOR_CLOSED' }));
    await new Promise(setImmediate);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('finds the pipes of a child process', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
    expect(getOption(child.stdin, 'SO_DOMAIN')).toBe('unix');
    expect(getOption(child.stdout, 'SO_PEERCRED').pid).toBe(process.pid);
    child.stdin.end();
    await once(child, 'close');
  });

  it('finds a FileHandle and a number, and the kernel says that they are no socket', async () => {
    const file = await open('/dev/null');
    expect(descriptorOf(file)).toBe(file.fd);
    expect(() => getOption(file, 'SO_TYPE')).toThrow('is no socket');
    expect(() => getOption(file.fd, 'SO_TYPE')).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
    await file.close();
    expect(() => descriptorOf(file)).toThrow(expect.objectContaining({ code: 'DESCRIPTOR_CLOSED' }));
    expect(() => getOption(2 ** 20, 'SO_TYPE')).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('finds what has a `descriptor`', () => {
    expect(descriptorOf({ descriptor: 5 })).toBe(5);
    expect(() => descriptorOf({ descriptor: 1.5 })).toThrow('1.5 is no descriptor');
    expect(() => descriptorOf({ descriptor: undefined })).toThrow(
      expect.objectContaining({ code: 'DESCRIPTOR_CLOSED' }),
    );
  });
});

describe('what has no descriptor says so', () => {
  it('before it is connected or listens, and after it is closed', async () => {
    expect(() => descriptorOf(new Socket())).toThrow("wait for 'connect'");
    const server = createServer();
    expect(() => descriptorOf(server)).toThrow("wait for 'listening'");
    const socket = new Socket();
    socket.destroy();
    expect(() => descriptorOf(socket)).toThrow(expect.objectContaining({ code: 'DESCRIPTOR_CLOSED' }));
  });

  it('while it is connecting by name: a net, a tls and a http2 socket', () => {
    const options = { host: 'connecting.example', port: 1, lookup: () => undefined };
    const plain = connectPlain(options);
    const secure = connectTls(options);
    const beneath = connectTls({ socket: plain });
    const session = connectHttp2('http://connecting.example:1', options);
    const stream = session.request();
    for (const source of [plain, secure, beneath, session, stream]) {
      expect(() => descriptorOf(source)).toThrow(
        expect.objectContaining({ code: 'NO_DESCRIPTOR', message: expect.stringContaining("wait for 'connect'") }),
      );
    }
    for (const source of [stream, session, beneath, secure, plain]) {
      source.on('error', () => undefined);
      source.destroy();
      expect(() => descriptorOf(source)).toThrow(expect.objectContaining({ code: 'DESCRIPTOR_CLOSED' }));
    }
  });

  it('after its exchange: a response, a request, an http2 stream and session', async () => {
    const ended: ServerResponse[] = [];
    const server = createHttpServer((_, response) => {
      ended.push(response);
      response.end('answer');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const agent = new Agent({ keepAlive: true });
    const request = get({ port: portOf(server), host: '127.0.0.1', agent });
    const [response] = await once(request, 'response');
    await once(response.resume(), 'close');
    const given = get({ port: portOf(server), host: '127.0.0.1', agent }).on('error', () => undefined);
    given.destroy();
    expect(() => descriptorOf(request)).toThrow('has ended');
    agent.destroy();
    server.close();
    const http2 = createHttp2Server((_, answer) => answer.end('answer')).listen(0, '127.0.0.1');
    await once(http2, 'listening');
    const session = connectHttp2(`http://127.0.0.1:${portOf(http2)}`);
    const stream = session.request();
    await once(stream.resume(), 'close');
    session.close();
    await once(session, 'close');
    http2.close();
    for (const source of [...ended, request, response, given, stream, session]) {
      expect(() => descriptorOf(source)).toThrow(
        expect.objectContaining({ code: 'DESCRIPTOR_CLOSED', message: expect.stringContaining('has ended') }),
      );
    }
    for (const source of [server, http2]) expect(() => descriptorOf(source)).toThrow('the server is closed');
  });

  it('before its file is opened, and after it is closed: a stream of node:fs', async () => {
    const stream = createReadStream('/dev/null');
    expect(() => descriptorOf(stream as DescriptorSource)).toThrow(
      "this ReadStream is not open yet: wait for its 'open'",
    );
    await once(stream, 'open');
    expect(descriptorOf(stream as DescriptorSource)).toBeGreaterThan(2);
    stream.destroy();
    await once(stream, 'close');
    expect(() => descriptorOf(stream as DescriptorSource)).toThrow('this ReadStream is closed');
  });

  it('over a stream that is no socket', () => {
    const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    const secure = new TLSSocket(stream as Socket);
    expect(() => descriptorOf(secure)).toThrow('runs over another stream');
    secure.destroy();
  });

  it.each([[Number.NaN], [-1], [1.5], [2 ** 31]])('for the number %s', number => {
    expect(() => descriptorOf(number)).toThrow(expect.objectContaining({ code: 'NOT_A_SOCKET' }));
  });

  it.each([['a string'], [null], [undefined], [{}], [true]])('for %s', value => {
    expect(() => descriptorOf(value as never)).toThrow(expect.objectContaining({ code: 'NOT_A_SOCKET' }));
  });
});
