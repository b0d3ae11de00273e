import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectPlain, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { descriptorOf } from '../../../src/io/descriptor.js';
import { native } from '../../../src/io/native.js';
import { getOption, setOption } from '../../../src/io/option.js';
import { OPTIONS } from '../../../src/options/table.js';
import { connect } from '../../../src/sockets/connect.js';
import { listen } from '../../../src/sockets/listen.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { Descriptors, families, LOOPBACK, must, nameOf, ready } from '../../support/kernel/loopback.js';
import { isNewerThanKernel } from '../../support/kernel/option-rows.js';
import { socketOfKind } from '../../support/kernel/option-sockets.js';
import { LoopbackServer, portOf, textOf } from '../../support/kernel/servers.js';

describe('what only a connected socket has', () => {
  it.each(families)('IPv%i: the path MTU and the peer', family => {
    using descriptors = new Descriptors();
    const { port } = descriptors.udp(family);
    const { descriptor } = descriptors.udp(family);
    must(native().connect(descriptor, nameOf(family, port)));
    expect(getOption(descriptor, family === 4 ? 'IP_MTU' : 'IPV6_MTU')).toBeGreaterThanOrEqual(1280);
    expect(getOption(descriptor, 'SO_PEERNAME')).toEqual({ address: LOOPBACK[family], port });
    if (family === 6) {
      const mtu = getOption(descriptor, 'IPV6_MTU');
      expect(getOption(descriptor, 'IPV6_PATHMTU')).toEqual({ mtu, addr: { address: '::', port: 0 } });
    }
  });

  it('the pending error, once', async () => {
    using descriptors = new Descriptors();
    const { descriptor } = descriptors.udp(4);
    must(native().connect(descriptor, nameOf(4, descriptors.unusedPort(4))));
    native().sendMessage(descriptor, Buffer.from('x'), null, null, 0);
    await ready(descriptor);
    expect(getOption(descriptor, 'SO_ERROR')).toBe('ECONNREFUSED');
    expect(getOption(descriptor, 'SO_ERROR')).toBe(0);
  });

  it('IPV6_ADDRFORM turns a socket with an IPv4-mapped peer into one of IPv4', async () => {
    await using server = await LoopbackServer.open();
    const socket = connectPlain({ port: server.port, host: '::ffff:127.0.0.1', family: 6 });
    await once(socket, 'connect');
    expect(getOption(socket, 'SO_DOMAIN')).toBe('inet6');
    setOption(socket, 'IPV6_ADDRFORM', 'inet');
    expect(getOption(socket, 'SO_DOMAIN')).toBe('inet');
    socket.destroy();
  });

  it('SO_PEERPIDFD is a descriptor of the peer', () => {
    const descriptor = socketOfKind('unix');
    const process_ = getOption(descriptor, 'SO_PEERPIDFD');
    expect(readFileSync(`/proc/self/fdinfo/${process_}`, 'utf8')).toContain(`Pid:\t${process.pid}\n`);
    native().close(process_);
    native().close(descriptor);
  });
});

describe('SO_PEEK_OFF', () => {
  it.skipIf(isNewerThanKernel('Linux 6.9'))(
    'of a TCP connection has each look go on where the last one ended',
    async () => {
      expect(OPTIONS.SO_PEEK_OFF.on).toContain('tcp');
      const server = await listen(createServer({ pauseOnConnect: true }), { host: '127.0.0.1' });
      const accepted = once(server, 'connection');
      const client = await connect({ host: '127.0.0.1', port: portOf(server) });
      const [peer] = await accepted;
      setOption(peer, 'SO_PEEK_OFF', 1);
      client.end('abcdef');
      const descriptor = must(native().duplicate(descriptorOf(peer)));
      await ready(descriptor);
      expect([peek(descriptor, 2), peek(descriptor, 2), getOption(peer, 'SO_PEEK_OFF')]).toEqual(['bc', 'de', 5]);
      native().close(descriptor);
      expect(await textOf(peer)).toBe('abcdef');
      server.close();
    },
  );
});

/** Looks at bytes that wait without taking them. */
function peek(descriptor: number, count: number): string {
  const bytes = Buffer.alloc(count);
  const received = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  must(native().receiveMessage(descriptor, bytes, null, null, LINUX.MSG_PEEK, received));
  return bytes.toString();
}

describe('options of a listener', () => {
  it('TCP_SAVE_SYN keeps the headers of each SYN, and gives them once', async () => {
    const server = await listen({ host: '127.0.0.1', options: { TCP_SAVE_SYN: 1 } });
    const accepted = once(server, 'connection');
    const client = await connect({ host: '127.0.0.1', port: portOf(server) });
    const [peer] = await accepted;
    const headers = getOption(peer, 'TCP_SAVED_SYN');
    expect(headers[0]).toBe(0x45);
    expect(headers.subarray(12, 20)).toEqual(new Uint8Array([127, 0, 0, 1, 127, 0, 0, 1]));
    expect(getOption(peer, 'TCP_SAVED_SYN')).toHaveLength(0);
    client.destroy();
    server.close();
  });

  it('TCP_MD5SIG lets only those in who have the key', async () => {
    const options = { TCP_MD5SIG: { addr: { address: '127.0.0.1' }, key: 'secret' } };
    const server = await listen({ host: '127.0.0.1', options });
    server.on('connection', peer => peer.end('signed'));
    const destination = { host: '127.0.0.1', port: portOf(server) };
    expect(await textOf(await connect({ ...destination, options }))).toBe('signed');
    await expect(connect({ ...destination, timeout: 100 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    server.close();
  });

  it('makes connections of Multipath TCP', async () => {
    const server = await listen({ host: '127.0.0.1', protocol: 'mptcp' });
    const accepted = once(server, 'connection');
    const client = await connect({ host: '127.0.0.1', port: portOf(server), protocol: 'mptcp' });
    const [peer] = await accepted;
    peer.end('over a subflow');
    expect(await textOf(client)).toBe('over a subflow');
    expect(getOption(client, 'SO_PROTOCOL')).toBe('mptcp');
    expect(getOption(client, 'TCP_IS_MPTCP')).toBe(true);
    expect(getOption(client, 'MPTCP_INFO')).toMatchObject({ flags: ['remote-key-received'] });
    expect(getOption(client, 'MPTCP_SUBFLOW_ADDRS')).toMatchObject([
      { remote: { address: '127.0.0.1', port: portOf(server) } },
    ]);
    expect(getOption(client, 'MPTCP_TCPINFO')).toMatchObject([{ ca_state: 'open' }]);
    client.destroy();
    server.close();
  });
});

describe('source ports', () => {
  it('are shared with IP_BIND_ADDRESS_NO_PORT, and run out without', async () => {
    await using first = await LoopbackServer.open();
    await using second = await LoopbackServer.open();
    using descriptors = new Descriptors();
    const { port } = descriptors.udp(4);
    const common = { host: '127.0.0.1', localAddress: '127.0.0.7' };
    const onePort = { IP_LOCAL_PORT_RANGE: [port, port] as const };
    const shared = { ...onePort, IP_BIND_ADDRESS_NO_PORT: true };
    const one = await connect({ ...common, port: first.port, options: shared });
    const other = await connect({ ...common, port: second.port, options: shared });
    expect([one.localPort, other.localPort]).toEqual([port, port]);
    one.resetAndDestroy();
    other.resetAndDestroy();
    const held = await connect({ ...common, port: first.port, options: onePort });
    await expect(connect({ ...common, port: second.port, options: onePort })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    held.resetAndDestroy();
  });
});
