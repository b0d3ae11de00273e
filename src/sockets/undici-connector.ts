import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { requireBoolean, requireObject } from '../io/argument-error.js';
import { requireSettings } from '../io/option-settings.js';
import type { OptionSettings } from '../options/table.js';
import { connect } from './connect.js';
import { requireTimeout } from './stream/deadline.js';

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
  /** Milliseconds until a connection must stand, without TLS. Default: 10,000, as undici has it. */
  timeout?: number;
  /** Offers HTTP/2 to servers of https. Default: false. */
  allowH2?: boolean;
  /** For https: certificates, keys and what else tls.connect takes. */
  tls?: ConnectionOptions;
}

const DEFAULT_TIMEOUT = 10_000;

/**
 * A connector whose connections have their socket options set before they are made.
 * @throws ArgumentError. OptionNameError and OptionValueError come as the error of a request.
 */
export function undiciConnector(options: UndiciConnectorOptions): UndiciConnector {
  requireObject('undiciConnector', options, 'an object of options');
  requireSettings('socketOptions', options.socketOptions);
  requireTimeout('timeout', options.timeout);
  requireBoolean('allowH2', options.allowH2);
  if (options.tls !== undefined) requireObject('tls', options.tls, 'an object with what tls.connect takes');
  return (request, callback) => {
    open(request, options).then(
      socket => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

async function open(request: UndiciConnectRequest, options: UndiciConnectorOptions): Promise<Socket | TLSSocket> {
  const secure = request.protocol === 'https:';
  const socket = request.httpSocket ?? (await openPlain(request, options, secure ? 443 : 80));
  return secure ? openSecure(socket, request, options) : socket.setNoDelay(true);
}

function openPlain(request: UndiciConnectRequest, options: UndiciConnectorOptions, port: number): Promise<Socket> {
  return connect({
    host: request.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: request.port || port,
    localAddress: request.localAddress ?? undefined,
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    options: options.socketOptions,
  });
}

function openSecure(
  socket: Socket,
  request: UndiciConnectRequest,
  options: UndiciConnectorOptions,
): Promise<TLSSocket> {
  const servername = request.servername ?? (isIP(request.hostname) === 0 ? request.hostname : undefined);
  const ALPNProtocols = options.allowH2 ? ['http/1.1', 'h2'] : ['http/1.1'];
  return new Promise((resolve, reject) => {
    const secured = connectTls({ ALPNProtocols, servername, ...options.tls, socket }, () => {
      secured.off('error', fail);
      resolve(secured);
    });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    secured.once('error', fail);
  });
}
