import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { descriptorOf } from '../../../src/io/descriptor.js';
import { native } from '../../../src/io/native.js';
import { getOption, setOption } from '../../../src/io/option.js';
import { connect } from '../../../src/sockets/connect.js';
import { cork } from '../../../src/sockets/cork.js';
import { listen } from '../../../src/sockets/listen.js';
import { reset } from '../../../src/sockets/reset.js';
import { atMark, receiveUrgent, sendUrgent, watchUrgent } from '../../../src/sockets/urgent.js';
import { must, openDescriptors, ready } from '../../support/kernel/loopback.js';
import { LoopbackServer, portOf, textOf } from '../../support/kernel/servers.js';

/** A connection over loopback: this end, and the server's. */
async function pair(server: LoopbackServer): Promise<{ client: Socket; peer: Socket }> {
  const client = await connect({
    host: '127.0.0.1',
    port: server.port,
    options: { TCP_NODELAY: true },
    allowHalfOpen: true,
  });
  return { client, peer: await server.connection() };
}

/** Waits past Node until there is something to receive. */
async function arrived(socket: Socket): Promise<void> {
  const duplicate = must(native().duplicate(descriptorOf(socket)));
  await ready(duplicate);
  native().close(duplicate);
}

/** One receive, past Node: the kernel ends it before the mark. */
function receiveSome(socket: Socket): string {
  const bytes = new Uint8Array(16);
  const received = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  const length = must(native().receiveMessage(descriptorOf(socket), bytes, null, null, 0, received));
  return Buffer.from(bytes.subarray(0, length)).toString();
}

/** How many segments with data twenty writes leave in. */
async function segmentsOf(write: (socket: Socket, chunk: string) => Promise<void>): Promise<number | undefined> {
  await using server = await LoopbackServer.open();
  const { client, peer } = await pair(server);
  const text = textOf(peer);
  await write(client, 'x'.repeat(100));
  client.end();
  expect(await text).toHaveLength(2000);
  const segments = getOption(client, 'TCP_INFO').data_segs_out;
  client.destroy();
  return segments;
}

describe('cork', () => {
  it('sends many writes in few segments', async () => {
    const corked = await segmentsOf((socket, chunk) =>
      cork(socket, () => {
        for (let turn = 0; turn < 20; turn++) socket.write(chunk);
      }),
    );
    const uncorked = await segmentsOf(async (socket, chunk) => {
      for (let turn = 0; turn < 20; turn++) socket.write(chunk);
    });
    expect(corked).toBe(1);
    expect(uncorked).toBeGreaterThan(5);
  });

  it('gives what the function gives, and is off again also after an error', async () => {
    await using server = await LoopbackServer.echo();
    const { client } = await pair(server);
    expect(await cork(client, async () => 'result')).toBe('result');
    const failed = cork(client, () => {
      throw new Error('no body');
    });
    await expect(failed).rejects.toThrow('no body');
    expect(getOption(client, 'TCP_CORK')).toBe(false);
    client.destroy();
  });
});

describe('corks within corks', () => {
  it.each([
    ['within one another', (socket: Socket, body: () => void) => cork(socket, () => cork(socket, body))],
    ['beside one another', (socket: Socket, body: () => void) => cork(socket, body)],
  ])('%s are taken off by the last to end', async (_how, inner) => {
    await using server = await LoopbackServer.open();
    const { client } = await pair(server);
    let end: () => void = () => undefined;
    const outer = cork(client, () => new Promise<void>(resolve => (end = resolve)));
    await inner(client, () => void client.write('body'));
    expect(getOption(client, 'TCP_CORK')).toBe(true);
    end();
    await outer;
    expect(getOption(client, 'TCP_CORK')).toBe(false);
    const failed = cork(client, () => cork(client, () => Promise.reject(new Error('no body'))));
    await expect(failed).rejects.toThrow('no body');
    expect(getOption(client, 'TCP_CORK')).toBe(false);
    client.destroy();
  });

  it("ends though a cork of Node's is taken off only afterwards", async () => {
    await using server = await LoopbackServer.open();
    const { client, peer } = await pair(server);
    client.cork();
    await cork(client, () => client.write('body'));
    client.uncork();
    client.end();
    expect(await textOf(peer)).toBe('body');
  });
});

describe('reset', () => {
  it('has the peer get ECONNRESET, and leaves no TIME_WAIT', async () => {
    await using server = await LoopbackServer.open(socket => socket.resume());
    const { client, peer } = await pair(server);
    const failed = once(peer, 'error');
    reset(client);
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect(client.destroyed).toBe(true);
    expect(() => reset(client)).toThrow(expect.objectContaining({ code: 'DESCRIPTOR_CLOSED' }));
  });
});

describe('half-close', () => {
  it('lets the peer answer after this end has ended', async () => {
    await using server = await LoopbackServer.open(async socket => socket.end(`${await textOf(socket)} and farewell`));
    const { client } = await pair(server);
    client.end('hello');
    await once(client, 'finish');
    expect(['fin-wait-1', 'fin-wait-2', 'close-wait', 'time-wait', 'closed']).toContain(
      getOption(client, 'TCP_INFO').state,
    );
    expect(await textOf(client)).toBe('hello and farewell');
  });
});

describe('urgent data', () => {
  it('arrives apart from what was sent before it', async () => {
    await using server = await LoopbackServer.open(socket => socket.pause());
    const { client, peer } = await pair(server);
    const urgent = new Promise<number>(resolve => watchUrgent(peer, resolve));
    client.write('ordinary');
    await sendUrgent(client, '!');
    expect(await urgent).toBe('!'.charCodeAt(0));
    expect(receiveUrgent(peer)).toBeUndefined();
    client.end(' data');
    expect(await textOf(peer)).toBe('ordinary data');
  });

  it.each(['!', 'now!'])("is not held back by a cork of Node's: %s", async data => {
    await using server = await LoopbackServer.open(socket => socket.pause());
    const { client, peer } = await pair(server);
    const urgent = new Promise<number>(resolve => watchUrgent(peer, resolve));
    client.cork();
    client.cork();
    client.write('before ');
    await sendUrgent(client, data);
    expect(await urgent).toBe('!'.charCodeAt(0));
    client.write(' after');
    client.uncork();
    client.end();
    expect(await textOf(peer)).toBe(`before ${data.slice(0, -1)} after`);
  });

  it("leaves a cork of Node's alone that holds nothing back", async () => {
    await using server = await LoopbackServer.open();
    const { client } = await pair(server);
    client.cork();
    await sendUrgent(client, '!');
    expect(client.writableCorked).toBe(1);
    client.destroy();
  });

  it.each(['!', 'now!'])('is refused after the end, and the connection goes on: %s', async data => {
    await using server = await LoopbackServer.echo();
    const { client } = await pair(server);
    client.end('before');
    const refused = { name: 'SystemCallError', code: 'EPIPE' };
    await expect(sendUrgent(client, data)).rejects.toMatchObject(refused);
    await once(client, 'finish');
    await expect(sendUrgent(client, data)).rejects.toMatchObject(refused);
    expect(await textOf(client)).toBe('before');
  });

  it('is the last byte of data that the send buffer has no room for', async () => {
    await using server = await LoopbackServer.open(socket => socket.pause());
    const { client, peer } = await pair(server);
    const urgent = new Promise<number>(resolve => watchUrgent(peer, resolve));
    const received = textOf(peer);
    const data = `${'o'.repeat(20_000_000)}!`;
    await sendUrgent(client, data);
    expect(await urgent).toBe('!'.charCodeAt(0));
    client.end();
    expect((await received).length).toBe(data.length - 1);
  });

  it('stays in the stream under SO_OOBINLINE, at the mark', async () => {
    const server = await listen(createServer({ pauseOnConnect: true }), { host: '127.0.0.1' });
    const accepted = once(server, 'connection');
    const client = await connect({ host: '127.0.0.1', port: portOf(server), options: { TCP_NODELAY: true } });
    const peer: Socket = (await accepted)[0];
    setOption(peer, 'SO_OOBINLINE', true);
    await sendUrgent(client, 'now');
    client.end(' later');
    await arrived(peer);
    expect(atMark(peer)).toBe(false);
    expect(receiveSome(peer)).toBe('no');
    expect(atMark(peer)).toBe(true);
    expect(await textOf(peer)).toBe('w later');
    server.close();
  });

  it('is no longer watched for once SO_OOBINLINE is on', async () => {
    await using server = await LoopbackServer.open();
    const { client, peer } = await pair(server);
    const before = openDescriptors();
    watchUrgent(peer, () => expect.fail('it is ordinary data'));
    setOption(peer, 'SO_OOBINLINE', true);
    peer.pause();
    await sendUrgent(client, '!');
    while (openDescriptors() > before) await new Promise(setImmediate);
    client.destroy();
  });

  it('ends its watching where the peer resets the connection and takes the urgent byte back', async () => {
    const server = await listen(createServer({ pauseOnConnect: true }), { host: '127.0.0.1' });
    const accepted = once(server, 'connection');
    const client = await connect({ host: '127.0.0.1', port: portOf(server) });
    const peer: Socket = (await accepted)[0];
    const before = openDescriptors();
    watchUrgent(peer, () => expect.fail('the kernel has it no longer'));
    await sendUrgent(client, '!');
    reset(client);
    await once(client, 'close');
    while (openDescriptors() >= before) await new Promise(setImmediate);
    const failed = once(peer, 'error');
    peer.resume();
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
    server.close();
  });

  it('keeps no descriptor after the socket is closed', async () => {
    await using server = await LoopbackServer.open();
    const { client, peer } = await pair(server);
    const before = openDescriptors();
    const watch = watchUrgent(peer, () => undefined);
    expect(openDescriptors()).toBe(before + 1);
    const closed = once(peer, 'close');
    peer.destroy();
    await closed;
    watch.close();
    expect(openDescriptors()).toBe(before - 1);
    client.resume();
    await once(client, 'end');
    client.destroy();
  });
});

describe('TCP_INFO', () => {
  it('tells of a live connection', async () => {
    await using server = await LoopbackServer.echo();
    const { client } = await pair(server);
    client.write('x'.repeat(10_000));
    await once(client, 'data');
    const info = getOption(client, 'TCP_INFO');
    expect(info).toMatchObject({ state: 'established', ca_state: 'open', lost: 0 });
    expect(info.options).toEqual(expect.arrayContaining(['timestamps', 'sack', 'window-scale']));
    expect(info.rtt).toBeGreaterThan(0);
    expect(info.rtt).toBeLessThan(1000);
    expect(info.rto).toBeGreaterThanOrEqual(200);
    expect(info.snd_mss).toBeGreaterThan(500);
    expect(info.bytes_sent).toBe(10_000);
    client.destroy();
  });
});
