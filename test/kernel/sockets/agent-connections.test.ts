import { once } from 'node:events';
import { type ClientRequest, createServer, get, Agent as HttpAgent } from 'node:http';
import { get as secureGet } from 'node:https';
import type { LookupFunction, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getOption } from '../../../src/io/option.js';
import { httpAgent, httpsAgent } from '../../../src/sockets/agent.js';
import { listen } from '../../../src/sockets/listen.js';
import { openDescriptors } from '../../support/kernel/loopback.js';
import { LoopbackServer, portOf, textOf } from '../../support/kernel/servers.js';

let server: Server;

beforeEach(async () => {
  server = await listen(
    createServer((_request, response) => response.end('answer')),
    { host: '127.0.0.1' },
  );
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
});

/** The connection of a request, when its response is there and before the agent has it back. */
async function connectionOf(agent: HttpAgent): Promise<Socket> {
  const [response] = await once(get({ host: '127.0.0.1', port: portOf(server), agent }), 'response');
  const { socket } = response;
  await textOf(response);
  return socket;
}

/** What Node's own agents make of the same options. */
const agents = {
  node: (options: object) => new HttpAgent(options),
  ours: (options: object) => httpAgent({ ...options, socketOptions: {} }),
};

describe('a connection of an agent', () => {
  it.each([{}, { keepAlive: true, keepAliveMsecs: 5000 }, { noDelay: false }])(
    'is set up as Node does: %j',
    async each => {
      const [expected, actual] = await Promise.all(
        [agents.node(each), agents.ours(each)].map(async agent => {
          const [response] = await once(get({ host: '127.0.0.1', port: portOf(server), agent }), 'response');
          const names = ['TCP_NODELAY', 'SO_KEEPALIVE', 'TCP_KEEPIDLE'] as const;
          const values = names.map(name => getOption(response.socket, name));
          await textOf(response);
          agent.destroy();
          return values;
        }),
      );
      expect(actual).toEqual(expected);
    },
  );

  it('has what was given instead, also once the agent has kept it', async () => {
    const socketOptions = { TCP_NODELAY: false, SO_KEEPALIVE: true, TCP_KEEPIDLE: 60_000, TCP_KEEPCNT: 3 };
    const agent = httpAgent({ keepAlive: true, socketOptions });
    for (let turn = 0; turn < 2; turn++) {
      const socket = await connectionOf(agent);
      while (Object.keys(agent.freeSockets).length === 0) await new Promise(setImmediate);
      expect(getOption(socket, 'TCP_NODELAY')).toBe(false);
      expect(getOption(socket, 'TCP_KEEPIDLE')).toBe(60_000);
      expect(getOption(socket, 'TCP_KEEPCNT')).toBe(3);
    }
    agent.destroy();
  });

  it('tries one address where autoSelectFamily is off', async () => {
    const lookup: LookupFunction = (_host, _options, callback) => {
      callback(null, [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]);
    };
    const agent = httpAgent({ autoSelectFamily: false, socketOptions: {} } as Parameters<typeof httpAgent>[0]);
    const request = get({ host: 'two.test', lookup, port: portOf(server), agent });
    await expect(once(request, 'response')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is closed where TLS cannot even begin', async () => {
    await using silent = await LoopbackServer.open();
    const before = openDescriptors();
    const minVersion = 'no such version' as 'TLSv1.2';
    const agent = httpsAgent({ socketOptions: {}, minVersion });
    const request = secureGet({ host: '127.0.0.1', port: silent.port, agent });
    await expect(once(request, 'response')).rejects.toMatchObject({ code: 'ERR_TLS_INVALID_PROTOCOL_VERSION' });
    const accepted = await silent.connection();
    if (!accepted.readableEnded) await once(accepted.resume(), 'end');
    accepted.end();
    await once(accepted, 'close');
    expect(openDescriptors()).toBe(before);
  });
});

/** What a request tells until it is closed. */
async function eventsOf(request: ClientRequest): Promise<unknown[]> {
  const events: unknown[] = [];
  request.on('timeout', () => events.push('timeout'));
  request.on('error', error => events.push([error.message, 'code' in error ? error.code : undefined]));
  await new Promise(resolve => request.once('close', resolve));
  return events;
}

describe.each(Object.entries(agents))(
  'a request whose connection is not there yet, with an agent of %s',
  (_, agentOf) => {
    const never: LookupFunction = () => undefined;
    const toNowhere = (options: object = {}, agentOptions: object = {}) =>
      get({ host: 'slow.test', lookup: never, port: 80, agent: agentOf(agentOptions), ...options });

    it('closes when it is destroyed', async () => {
      const request = toNowhere();
      setImmediate(() => request.destroy());
      expect(await eventsOf(request)).toEqual([['socket hang up', 'ECONNRESET']]);
    });

    it('fails with the error that it is destroyed with', async () => {
      const request = toNowhere();
      setImmediate(() => request.destroy(new Error('not wanted any more')));
      expect(await eventsOf(request)).toEqual([['not wanted any more', undefined]]);
    });

    it('ends with its signal', async () => {
      const controller = new AbortController();
      const request = toNowhere({ signal: controller.signal });
      setImmediate(() => controller.abort());
      expect(await eventsOf(request)).toEqual([['The operation was aborted', 'ABORT_ERR']]);
    });

    it.each([
      [{ timeout: 5 }, {}],
      [{}, { timeout: 5 }],
    ])('is told of its time out: %j, agent %j', async (options, agentOptions) => {
      const request = toNowhere(options, agentOptions);
      request.once('timeout', () => request.destroy());
      expect(await eventsOf(request)).toEqual(['timeout', ['socket hang up', 'ECONNRESET']]);
    });
  },
);
