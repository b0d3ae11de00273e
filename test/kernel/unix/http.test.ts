import { once } from 'node:events';
import http from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { socketPair } from '../../../src/sockets/unix/socket-pair.js';
import type { UnixSocket } from '../../../src/sockets/unix/unix-socket.js';
import { textOf } from '../../support/kernel/servers.js';
import { expectLevelDescriptors } from './support.js';

/** A client's socket, whose other end a server answers. */
function servedBy(answer: http.RequestListener, server = http.createServer(answer)): UnixSocket {
  const [ours, theirs] = socketPair();
  server.emit('connection', theirs);
  return ours;
}

async function answerTo(request: http.ClientRequest): Promise<string> {
  const [response] = await once(request, 'response');
  return textOf(response as Readable);
}

/** Node's types want a net.Socket where a Duplex does. */
const connection = (socket: Duplex) => ({ createConnection: () => socket as never, host: 'unix.test' });

describe('HTTP over a UnixSocket', () => {
  test('keeps a connection alive between requests', () =>
    expectLevelDescriptors(async () => {
      const socket = servedBy((request, response) => response.end(`page ${request.url}`));
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      Object.assign(agent, connection(socket));
      for (const path of ['/one', '/two']) {
        expect(await answerTo(http.get({ path, agent, host: 'unix.test' }))).toBe(`page ${path}`);
      }
      const closed = once(socket, 'close');
      agent.destroy();
      await closed;
    }));

  test('takes what requests set on a socket', () =>
    expectLevelDescriptors(async () => {
      const socket = servedBy((_request, response) => response.end('page'));
      const request = http.get(connection(socket));
      request.setNoDelay(true);
      request.setSocketKeepAlive(true, 1000);
      expect(await answerTo(request)).toBe('page');
      if (!socket.closed) await once(socket, 'close');
    }));

  test('times a request out', () =>
    expectLevelDescriptors(async () => {
      const socket = servedBy(() => undefined);
      const request = http.get(connection(socket)).on('error', () => undefined);
      request.setTimeout(10);
      await once(request, 'timeout');
      const closed = once(socket, 'close');
      request.destroy();
      await closed;
    }));

  test('times out a client of a server who says nothing', () =>
    expectLevelDescriptors(async () => {
      const server = http.createServer();
      server.timeout = 10;
      const socket = servedBy(() => undefined, server);
      socket.resume();
      await once(socket, 'close');
    }));
});

describe('setTimeout of a UnixSocket', () => {
  test('tells once that nothing came or went, and closes nothing', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      let told = 0;
      here.setTimeout(5, () => told++);
      await once(here, 'timeout');
      expect([told, here.timeout, here.destroyed]).toEqual([1, 5, false]);
      const again = once(here, 'timeout');
      await there.send('x');
      expect(String((await here.receive())?.data)).toBe('x');
      await again;
      expect(told).toBe(1);
      for (const end of [here, there]) end.destroy();
    }));

  test('is put off by what is read and written', () =>
    expectLevelDescriptors(async () => {
      const [here, there] = socketPair();
      there.resume();
      const begun = performance.now();
      let last = begun;
      here.setTimeout(200);
      const idle = once(here, 'timeout');
      for (let turn = 0; turn < 5; turn++) {
        await new Promise(resolve => setTimeout(resolve, 20));
        last = performance.now();
        await here.send('x');
      }
      await idle;
      expect(performance.now() - last).toBeGreaterThan(190);
      for (const end of [here, there]) end.destroy();
    }));

  test('ends with 0, and with the socket', async () => {
    const [here, there] = socketPair();
    const never = () => expect.fail('it was ended');
    here.setTimeout(5, never).setTimeout(0, never);
    there.on('timeout', never).setTimeout(5);
    there.destroy();
    expect(here.listenerCount('timeout')).toBe(0);
    await once(here.resume(), 'close');
    await new Promise(resolve => setTimeout(resolve, 20));
  });

  test('refuses what is no time', () => {
    const ends = socketPair();
    for (const wrong of [-1, Number.NaN, '5', null, 2 ** 31]) {
      const refused = expect.objectContaining({ code: 'ERR_SUBSOCKET_ARGUMENT', argument: 'timeout' });
      expect(() => ends[0].setTimeout(wrong as never)).toThrow(refused);
    }
    for (const end of ends) end.destroy();
  });
});
