import { type AgentOptions, type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import { requireObject } from '../io/argument-error.js';
import { descriptorOf } from '../io/descriptor.js';
import { applySettings, encodeSettings, requireSettings } from '../io/option-settings.js';
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
 * An http.Agent whose connections have their socket options set before they are made. What Node's own agents set is set too,
 * TCP_NODELAY and with `keepAlive` SO_KEEPALIVE, unless it is given.
 *
 *     http.get(url, { agent: httpAgent({ keepAlive: true, socketOptions: { IP_TOS: 'AF21', SO_MARK: 7 } }) })
 *
 * @throws ArgumentError where there are no options to set, or the timeout is none. OptionNameError and OptionValueError
 * come as an 'error' of the request.
 */
export function httpAgent(options: AgentOptions & SocketAgentOptions): HttpAgent {
  const { socketOptions, connectTimeout, ...rest } = requireAgentOptions(options);
  const agent = withKeepAlive(new HttpAgent(rest), socketOptions);
  return withConnections(agent, (request, signal) => open(request, { socketOptions, connectTimeout }, signal));
}

/** An https.Agent likewise: TLS runs over the connection, and sessions are resumed as ever. */
export function httpsAgent(options: HttpsAgentOptions & SocketAgentOptions): HttpsAgent {
  const { socketOptions, connectTimeout, ...rest } = requireAgentOptions(options);
  const agent = withKeepAlive(new HttpsAgent(rest), socketOptions);
  const secure = createConnectionOf(agent);
  return withConnections(agent, async (request, signal) => {
    const socket = await open(request, { socketOptions, connectTimeout }, signal);
    try {
      const secured = secure.call(agent, { ...request, socket });
      // Over a socket that it is given, tls.connect leaves this to who gave it.
      if (request.timeout) secured.setTimeout(request.timeout);
      return secured;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  });
}

function requireAgentOptions<Options extends SocketAgentOptions>(options: Options): Options {
  const { socketOptions, connectTimeout } = requireObject('agent', options, 'an object of options');
  requireSettings('socketOptions', socketOptions);
  requireTimeout('connectTimeout', connectTimeout);
  return options;
}

/**
 * An agent sets keep-alive by `keepAliveMsecs` on each connection that it keeps (`keepSocketAlive`, which is documented to
 * be replaced); what was given for it holds nevertheless.
 */
function withKeepAlive<Agent extends HttpAgent>(agent: Agent, given: OptionSettings): Agent {
  const { SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT } = given;
  const own = { SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT };
  const keeping = agent as unknown as { keepSocketAlive(socket: Socket): boolean };
  const { keepSocketAlive } = keeping;
  keeping.keepSocketAlive = socket => {
    const kept = keepSocketAlive.call(agent, socket);
    if (kept) applySettings(descriptorOf(socket), encodeSettings(own));
    return kept;
  };
  return agent;
}

/** How Node's own https.Agent makes a connection: over `socket`, where that is given. */
type CreateConnection = (options: ClientRequestArgs & { socket: Socket }) => Socket;

/** `createConnection` is the documented way to bring an agent's connections, but @types/node does not have it on every version. */
function createConnectionOf(agent: HttpAgent): CreateConnection {
  return (agent as unknown as { createConnection: CreateConnection }).createConnection;
}

/** What http.request and agents take for net.connect besides: not all of it is in the types of each version. */
interface ConnectionRequest extends ClientRequestArgs {
  autoSelectFamily?: boolean;
  autoSelectFamilyAttemptTimeout?: number;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
}

/** The connection that a request asks for, by the options that http.request documents. */
async function open(request: ConnectionRequest, own: SocketAgentOptions, closed: AbortSignal): Promise<Socket> {
  const signal = request.signal ? AbortSignal.any([request.signal, closed]) : closed;
  const socket = await connect({ ...destinationOf(request, own.socketOptions), timeout: own.connectTimeout, signal });
  if (request.timeout) socket.setTimeout(request.timeout);
  return socket;
}

function destinationOf(request: ConnectionRequest, options: OptionSettings): ConnectOptions {
  if (request.socketPath) return { path: request.socketPath, options };
  const { host, port, localAddress, localPort, lookup, autoSelectFamily, autoSelectFamilyAttemptTimeout } = request;
  return {
    host: host ?? 'localhost',
    port: port ?? 80,
    localAddress,
    localPort,
    lookup,
    family: request.family === 4 || request.family === 6 ? request.family : 0,
    autoSelectFamily,
    autoSelectFamilyAttemptTimeout,
    options: { ...asNode(request), ...options },
  };
}

/** What net.connect would set of the agent's options: `noDelay` is on by default in every agent. */
function asNode({ noDelay, keepAlive, keepAliveInitialDelay = 0 }: ConnectionRequest): OptionSettings {
  const idle = Math.floor(keepAliveInitialDelay / 1000) * 1000;
  return {
    TCP_NODELAY: noDelay === true ? true : undefined,
    SO_KEEPALIVE: keepAlive === true ? true : undefined,
    TCP_KEEPIDLE: keepAlive === true && idle > 0 ? idle : undefined,
  };
}
