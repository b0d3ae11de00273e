import { ArgumentError } from '../../../io/argument-error.js';
import { check } from '../../../io/errors.js';
import { native } from '../../../io/native.js';
import { setOption } from '../../../io/option.js';
import { LINUX } from '../../../wire/constants.generated.js';
import { IpAddress } from '../../../wire/ip-address.js';
import { endpointDetails, familyNumber, type IpEndpoint, requirePort } from '../../stream/ip-endpoint.js';
import { bindTo, withNewSocket } from '../../stream/open-socket.js';
import type { UnixAddress } from '../address.js';
import { type Binding, bindDescriptor, type UnixBindOptions } from '../binding.js';
import type { UnixSocketType } from '../connecting.js';
import { requireBacklog } from '../listener.js';

export interface ListenTargetOptions extends UnixBindOptions {
  type?: 'stream' | 'dgram' | 'seqpacket';
  /** Default: 511. */
  backlog?: number;
  /** SO_REUSEPORT, for several processes at one port. */
  reusePort?: boolean;
  /** IPV6_V6ONLY: `[::]` takes no IPv4. */
  v6Only?: boolean;
}

const TYPES = { stream: LINUX.SOCK_STREAM, dgram: LINUX.SOCK_DGRAM, seqpacket: LINUX.SOCK_SEQPACKET } as const;

/**
 * Where to listen, from text: `0.0.0.0:80`, `[::]:443`, `8080` (every address), `/run/app.sock`, `./app.sock`, `@abstract`.
 * @throws ArgumentError
 */
export function parseListenTarget(text: string): IpEndpoint | { unix: UnixAddress } {
  if (text.startsWith('@')) return { unix: `\0${text.slice(1)}` };
  if (/^\.{0,2}\//.test(text)) return { unix: text };
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(0, colon)).replace(/^\[(.*)\]$/, '$1');
  const port = text.slice(colon + 1);
  const address = IpAddress.tryParse(host === '' ? '::' : host);
  if (address === undefined || !/^\d+$/.test(port)) {
    throw new ArgumentError('address', text, '0.0.0.0:80, [::]:443, 8080, /run/app.sock, @abstract or the like');
  }
  return { address, port: requirePort('port', port) };
}

/** A socket that was opened, and what to undo of it where the program cannot be run. */
export interface OpenedTarget {
  /** The caller's to close. */
  descriptor: number;
  /** The path, where it has one. */
  binding: Binding | undefined;
}

/** Opens a socket there, listening where its type does. */
export function openListenTarget(
  target: IpEndpoint | { unix: UnixAddress },
  options: ListenTargetOptions,
): OpenedTarget {
  const type = TYPES[options.type ?? 'stream'];
  return 'unix' in target
    ? openUnix(target.unix, type, options)
    : { descriptor: openIp(target, type, options), binding: undefined };
}

function openUnix(address: UnixAddress, type: UnixSocketType, options: ListenTargetOptions): OpenedTarget {
  return withNewSocket({ family: LINUX.AF_UNIX, type, protocol: 0 }, descriptor => {
    const listen = () => listenUnlessDatagram(descriptor, type, options);
    return { descriptor, binding: bindDescriptor(descriptor, address, options, listen) };
  });
}

function openIp(endpoint: IpEndpoint, type: UnixSocketType, options: ListenTargetOptions): number {
  const family = familyNumber(endpoint.address);
  return withNewSocket({ family, type, protocol: 0 }, descriptor => {
    if (type === LINUX.SOCK_STREAM) setOption(descriptor, 'SO_REUSEADDR', true);
    if (options.reusePort) setOption(descriptor, 'SO_REUSEPORT', true);
    if (options.v6Only && family === LINUX.AF_INET6) setOption(descriptor, 'IPV6_V6ONLY', true);
    bindTo(descriptor, endpoint);
    check(listenUnlessDatagram(descriptor, type, options), 'listen', { ...endpointDetails(endpoint), descriptor });
    return descriptor;
  });
}

function listenUnlessDatagram(descriptor: number, type: UnixSocketType, { backlog }: ListenTargetOptions): number {
  return type === LINUX.SOCK_DGRAM ? 0 : native().listen(descriptor, requireBacklog(backlog));
}
