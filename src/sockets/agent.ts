import { type AgentOptions, type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import { requireObject } from '../io/argument-error.js';
import { requireSettings } from '../io/option-settings.js';
import type { OptionSettings } from '../options/table.js';
import { withConnections } from './agent-connections.js';
import { type ConnectOptions, connect } from './connect.js';
import { requireTimeout } from './stream/deadline.js';

/** What the agents of this package have besides. */
export interface SocketAgentOptions {
  /** Set on every connection before it is made. */
  socketOptions: OptionSettings;
  /** Milliseconds until a connection must stand. Default: as long as the kernel tries. */
  connectTimeout?: number;
}

/**
 * An http.Agent whose connections have their socket options set before they are made.
 *
 *     http.get(url, { agent: httpAgent({ keepAlive: true, socketOptions: { IP_TOS: 'AF21', SO_MARK: 7 } }) })
 *
 * @throws ArgumentError where there are no options to set, or the timeout is none. OptionNameError and OptionValueError
 * come as an 'error' of the request.
 */
export function httpAgent(options: AgentOptions & SocketAgentOptions): HttpAgent {
  const { socketOptions, connectTimeout, ...rest } = requireAgentOptions(options);
  return withConnections(new HttpAgent(rest), (request, signal) =>
    open(request, { socketOptions, connectTimeout }, signal),
  );
}

/** An https.Agent likewise: TLS runs over the connection, and sessions are resumed as ever. */
export function httpsAgent(options: HttpsAgentOptions & SocketAgentOptions): HttpsAgent {
  const { socketOptions, connectTimeout, ...rest } = requireAgentOptions(options);
  const agent = new HttpsAgent(rest);
  const secure = createConnectionOf(agent);
  return withConnections(agent, async (request, signal) => {
    const socket = await open(request, { socketOptions, connectTimeout }, signal);
    return secure.call(agent, { ...request, socket });
  });
}

function requireAgentOptions<Options extends SocketAgentOptions>(options: Options): Options {
  const { socketOptions, connectTimeout } = requireObject('agent', options, 'an object of options');
  requireSettings('socketOptions', socketOptions);
  requireTimeout('connectTimeout', connectTimeout);
  return options;
}

/** How Node's own https.Agent makes a connection: over `socket`, where that is given. */
type CreateConnection = (options: ClientRequestArgs & { socket: Socket }) => Socket;

/** `createConnection` is the documented way to bring an agent's connections, but @types/node does not have it on every version. */
function createConnectionOf(agent: HttpAgent): CreateConnection {
  return (agent as unknown as { createConnection: CreateConnection }).createConnection;
}

/** The connection that a request asks for, by the options that http.request documents. */
async function open(request: ClientRequestArgs, own: SocketAgentOptions, closed: AbortSignal): Promise<Socket> {
  const signal = request.signal ? AbortSignal.any([request.signal, closed]) : closed;
  const common = { options: own.socketOptions, timeout: own.connectTimeout, signal };
  const socket = await connect(destinationOf(request, common));
  if (request.timeout) socket.setTimeout(request.timeout);
  return socket;
}

function destinationOf(
  request: ClientRequestArgs,
  common: Pick<ConnectOptions, 'options' | 'timeout' | 'signal'>,
): ConnectOptions {
  if (request.socketPath) return { ...common, path: request.socketPath };
  const { host, port, localAddress, localPort, lookup } = request;
  const family = request.family === 4 || request.family === 6 ? request.family : 0;
  return { ...common, host: host ?? 'localhost', port: port ?? 80, localAddress, localPort, lookup, family };
}
