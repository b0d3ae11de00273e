import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { requireBoolean, requireObject } from '../io/argument-error.js';
import { requireSettings } from '../io/option-settings.js';
import type { OptionSettings } from '../options/table.js';
import { connect } from './connect.js';
import { SessionCache } from './session-cache.js';
import { Deadline, requireTimeout } from './stream/deadline.js';
import { hostDetails } from './stream/ip-endpoint.js';

/** What undici tells a connector, as far as it matters here; undici itself is no dependency. */
export interface UndiciConnectRequest {
  hostname: string;
  protocol: string;
  port: string;
  servername?: string | null;
  localAddress?: string | null;
  /** A connection through a proxy, over which TLS is to run. */
  httpSocket?: Socket;
}

export type UndiciConnectCallback = (
  ...result: [error: null, socket: Socket | TLSSocket] | [error: Error, socket: null]
) => void;

/** Opens the connections of an undici Client, Pool or Agent: `new Agent({ connect: undiciConnector({...}) })`. */
export type UndiciConnector = (request: UndiciConnectRequest, callback: UndiciConnectCallback) => void;

export interface UndiciConnectorOptions {
  /** Set on every connection before it is made. */
  socketOptions: OptionSettings;
  /** Milliseconds until a connection must stand, TLS included. Default: 10,000, as undici has it. */
  timeout?: number;
  /** Offers HTTP/2 to servers of https. Default: false. */
  allowH2?: boolean;
  /** For https: certificates, keys and what else tls.connect takes. */
  tls?: ConnectionOptions;
}

const DEFAULT_TIMEOUT = 10_000;

/** What undici sets on its connections, unless the caller gives something else. */
const AS_UNDICI: OptionSettings = { TCP_NODELAY: true, SO_KEEPALIVE: true, TCP_KEEPIDLE: 60_000 };

/**
 * A connector whose connections have their socket options set before they are made. What undici's own sets is set too:
 * TCP_NODELAY, and keep-alive after a minute.
 * @throws ArgumentError. OptionNameError and OptionValueError come as the error of a request.
 */
export function undiciConnector(options: UndiciConnectorOptions): UndiciConnector {
  requireObject('undiciConnector', options, 'an object of options');
  requireSettings('socketOptions', options.socketOptions);
  requireTimeout('timeout', options.timeout);
  requireBoolean('allowH2', options.allowH2);
  if (options.tls !== undefined) requireObject('tls', options.tls, 'an object with what tls.connect takes');
  const sessions = new SessionCache();
  return (request, callback) => {
    open(request, options, sessions).then(
      socket => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

/** What a request asks for, as Node's own calls have it. */
interface Destination {
  secure: boolean;
  /** A name or an address; that of IPv6 without the brackets that a URL puts around it. */
  host: string;
  port: number | string;
}

function destinationOf({ protocol, hostname, port }: UndiciConnectRequest): Destination {
  const secure = protocol === 'https:';
  return { secure, host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port || (secure ? 443 : 80) };
}

async function open(
  request: UndiciConnectRequest,
  options: UndiciConnectorOptions,
  sessions: SessionCache,
): Promise<Socket | TLSSocket> {
  const destination = destinationOf(request);
  const { host, port, secure } = destination;
  const deadline = new Deadline({ timeout: options.timeout ?? DEFAULT_TIMEOUT }, 'connect', hostDetails(host, port));
  try {
    const socket = request.httpSocket ?? (await openPlain(destination, request, options, deadline.signal));
    if (!secure) return socket;
    return await openSecure(socket, securityOf(destination, request, options), sessions, deadline);
  } finally {
    deadline.end();
  }
}

function openPlain(
  { host, port }: Destination,
  { localAddress }: UndiciConnectRequest,
  { socketOptions }: UndiciConnectorOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const options = { ...AS_UNDICI, ...socketOptions };
  return connect({ host, port, localAddress: localAddress ?? undefined, signal, options });
}

/** How TLS is to run. The certificate must be of `servername`, or where that is an address, of `host`. */
function securityOf(
  { host, port }: Destination,
  { servername }: UndiciConnectRequest,
  { allowH2, tls }: UndiciConnectorOptions,
): ConnectionOptions {
  const name = servername ?? (isIP(host) === 0 ? host : undefined);
  return {
    ALPNProtocols: allowH2 ? ['http/1.1', 'h2'] : ['http/1.1'],
    servername: name,
    host,
    port: Number(port),
    ...tls,
  };
}

async function openSecure(
  socket: Socket,
  security: ConnectionOptions,
  sessions: SessionCache,
  deadline: Deadline,
): Promise<TLSSocket> {
  const server = `${security.servername ?? ''} ${security.host}:${security.port}`;
  try {
    const secured = connectTls({ session: sessions.get(server), ...security, socket });
    secured.on('session', session => sessions.set(server, session));
    await deadline.wait(once(secured, 'secureConnect'));
    return secured;
  } catch (error) {
    sessions.delete(server);
    socket.destroy();
    throw error;
  }
}
