import { once } from 'node:events';
import { type AgentOptions, createServer, get, Agent as HttpAgent, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer, Agent as HttpsAgent, get as secureGet } from 'node:https';
import type { Server, Socket } from 'node:net';
import { Agent, fetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getOption } from '../../../src/io/option.js';
import { httpAgent, httpsAgent } from '../../../src/sockets/agent.js';
import { listen } from '../../../src/sockets/listen.js';
import { undiciConnector } from '../../../src/sockets/undici-connector.js';
import { CERTIFICATE, PRIVATE_KEY } from '../../support/kernel/certificate.js';
import { portOf, textOf } from '../../support/kernel/servers.js';

const SMALL_SEGMENTS = { IP_TOS: 'AF21', TCP_MAXSEG: 800, TCP_USER_TIMEOUT: 4000 } as const;

/** Answers with the largest segment that the client's connection lets through: an option that only helps before connecting. */
const answerWithSegmentSize: RequestListener = (request, response) => {
  response.end(String(getOption(request.socket, 'TCP_INFO').snd_mss));
};

let plain: Server;
let secure: Server;

beforeEach(async () => {
  plain = await listen(createServer(answerWithSegmentSize), { host: '127.0.0.1' });
  const key = { cert: CERTIFICATE, key: PRIVATE_KEY };
  secure = await listen(createHttpsServer(key, answerWithSegmentSize), { host: '127.0.0.1' });
});

afterEach(async () => {
  for (const server of [plain, secure]) {
    server.close();
    await once(server, 'close');
  }
});

describe('httpAgent', () => {
  it('sets options before each connection, and keeps connections alive', async () => {
    const agent = httpAgent({ keepAlive: true, socketOptions: SMALL_SEGMENTS });
    const ports = new Set<number | undefined>();
    for (let turn = 0; turn < 3; turn++) {
      const request = get({ host: '127.0.0.1', port: portOf(plain), agent });
      const [response] = await once(request, 'response');
      expect(Number(await textOf(response))).toBeLessThanOrEqual(800);
      expect(getOption(request.socket as Socket, 'IP_TOS')).toBe('AF21');
      ports.add(request.socket?.localPort);
    }
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  it('fails the request with the option that the kernel refused', async () => {
    const agent = httpAgent({ socketOptions: { TCP_CONGESTION: 'no-such-one' } });
    const request = get({ host: '127.0.0.1', port: portOf(plain), agent });
    await expect(once(request, 'response')).rejects.toMatchObject({ code: 'ENOENT', syscall: 'setsockopt' });
    agent.destroy();
  });
});

describe('httpsAgent', () => {
  it('runs TLS over a connection with its options', async () => {
    const agent = httpsAgent({ ca: CERTIFICATE, socketOptions: SMALL_SEGMENTS });
    const request = secureGet({ host: 'localhost', port: portOf(secure), family: 4, agent });
    const [response] = await once(request, 'response');
    expect(Number(await textOf(response))).toBeLessThanOrEqual(800);
    expect(getOption(response.socket, 'TCP_USER_TIMEOUT')).toBe(4000);
    agent.destroy();
  });

  it.each(['agent', 'request'])('tells a request of the timeout that its %s has', async where => {
    const silent = await listen(
      createHttpsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, () => undefined),
      {
        host: '127.0.0.1',
      },
    );
    const [ofAgent, ofRequest] = where === 'agent' ? [{ timeout: 50 }, {}] : [{}, { timeout: 50 }];
    const agent = httpsAgent({ ...ofAgent, ca: CERTIFICATE, servername: 'localhost', socketOptions: {} });
    const request = secureGet({ ...ofRequest, host: '127.0.0.1', port: portOf(silent), agent });
    await once(request, 'timeout');
    request.on('error', () => undefined).destroy();
    agent.destroy();
    silent.close();
    await once(silent, 'close');
  });

  it('refuses a certificate that nobody vouches for', async () => {
    const agent = httpsAgent({ socketOptions: {} });
    const request = secureGet({ host: '127.0.0.1', port: portOf(secure), agent });
    await expect(once(request, 'response')).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    agent.destroy();
  });
});

/** How many connections a server has accepted from now on. */
function countConnections(server: Server): () => number {
  let count = 0;
  server.on('connection', () => count++);
  return () => count;
}

async function answerTo(agent: HttpAgent, host = '127.0.0.1'): Promise<string> {
  const [fetchOver, server] = agent instanceof HttpsAgent ? [secureGet, secure] : [get, plain];
  const [response] = await once(fetchOver({ host, port: portOf(server), agent }), 'response');
  return textOf(response);
}

/** The connections after ten requests at once, and after five in turn. */
async function connectionsOver(agent: HttpAgent, server: Server): Promise<number[]> {
  const connections = countConnections(server);
  await Promise.all(Array.from({ length: 10 }, () => answerTo(agent)));
  const together = connections();
  for (let turn = 0; turn < 5; turn++) await answerTo(agent);
  agent.destroy();
  return [together, connections()];
}

describe('the limits of an agent', () => {
  const LIMITS: AgentOptions[] = [{ maxSockets: 2 }, { maxTotalSockets: 3 }, { maxSockets: 4, maxTotalSockets: 3 }];
  const cases = LIMITS.flatMap(limits => [true, false].map(keepAlive => ({ ...limits, keepAlive })));

  it.each(cases)('are kept as by http.Agent: %j', async options => {
    const expected = await connectionsOver(new HttpAgent(options), plain);
    expect(await connectionsOver(httpAgent({ ...options, socketOptions: SMALL_SEGMENTS }), plain)).toEqual(expected);
  });

  it.each(cases)('are kept as by https.Agent: %j', async limits => {
    const options = { ...limits, ca: CERTIFICATE, servername: 'localhost' };
    const expected = await connectionsOver(new HttpsAgent(options), secure);
    expect(await connectionsOver(httpsAgent({ ...options, socketOptions: SMALL_SEGMENTS }), secure)).toEqual(expected);
  });

  it('let every request fail once where no connection can be made, and count none afterwards', async () => {
    const agent = httpAgent({ maxSockets: 2, socketOptions: { TCP_CONGESTION: 'no-such-one' } });
    const errors: unknown[] = [];
    const requests = Array.from({ length: 6 }, () => get({ host: '127.0.0.1', port: portOf(plain), agent }));
    for (const request of requests) request.on('error', error => errors.push(error));
    await Promise.all(requests.map(request => new Promise(resolve => request.once('close', resolve))));
    expect(errors).toHaveLength(6);
    await new Promise(setImmediate);
    expect(agent).toHaveProperty('totalSocketCount', 0);
    expect(agent.requests).toEqual({});
    expect(agent.sockets).toEqual({});
  });

  it('end a connection that is still being opened with the agent', async () => {
    const agent = httpAgent({ socketOptions: {} });
    const request = get({ host: '127.0.0.1', port: portOf(plain), agent });
    const failed = once(request, 'response');
    agent.destroy();
    await expect(failed).rejects.toMatchObject({ code: 'ECONNRESET', message: 'socket hang up' });
  });
});

describe('undiciConnector', () => {
  it.each(['http', 'https'])('opens the connections of undici for %s', async scheme => {
    const connector = undiciConnector({ socketOptions: SMALL_SEGMENTS, tls: { ca: CERTIFICATE } });
    const dispatcher = new Agent({ connect: connector });
    const port = portOf(scheme === 'http' ? plain : secure);
    const response = await fetch(`${scheme}://127.0.0.1:${port}/`, { dispatcher });
    expect(Number(await response.text())).toBeLessThanOrEqual(800);
    await dispatcher.close();
  });

  it('speaks HTTP/2 where it is allowed', async () => {
    const key = { cert: CERTIFICATE, key: PRIVATE_KEY };
    const server = await listen(createSecureServer(key), { host: '127.0.0.1' });
    (server as ReturnType<typeof createSecureServer>).on('stream', stream => {
      stream.respond({ ':status': 200 });
      stream.end('over http2');
    });
    const tls = { ca: CERTIFICATE };
    const dispatcher = new Agent({
      connect: undiciConnector({ socketOptions: {}, allowH2: true, tls }),
      allowH2: true,
    });
    const response = await fetch(`https://localhost:${portOf(server)}/`, { dispatcher });
    expect(await response.text()).toBe('over http2');
    await dispatcher.close();
    server.close();
  });

  it('gives undici the option that the kernel refused', async () => {
    const connector = undiciConnector({ socketOptions: { TCP_CONGESTION: 'no-such-one' } });
    const dispatcher = new Agent({ connect: connector });
    const failed = fetch(`http://127.0.0.1:${portOf(plain)}/`, { dispatcher });
    await expect(failed).rejects.toMatchObject({ cause: { code: 'ENOENT', syscall: 'setsockopt' } });
    await dispatcher.close();
  });
});
