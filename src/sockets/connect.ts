import {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  type LookupFunction,
  Socket,
} from 'node:net';
import {
  ArgumentError,
  optionalFunction,
  refuseMember,
  requireBoolean,
  requireChoice,
  requireInteger,
  requireObject,
  requireText,
} from '../io/argument-error.js';
import { type SystemCallDetails, SystemCallError } from '../io/errors.js';
import { native } from '../io/native.js';
import { applySettings, type EncodedOption, encodeSettings } from '../io/option-settings.js';
import type { OptionSettings } from '../options/table.js';
import { LINUX } from '../wire/constants.generated.js';
import { IpAddress } from '../wire/ip-address.js';
import { ConnectAttempt } from './stream/attempt.js';
import { Deadline } from './stream/deadline.js';
import {
  ANY_ADDRESS,
  adviceOnZone,
  encodeEndpoint,
  endpointDetails,
  familyNumber,
  hostDetails,
  type IpEndpoint,
  requireAddressText,
  requirePort,
} from './stream/ip-endpoint.js';
import { bindTo, settingsFor, withNewSocket } from './stream/open-socket.js';
import { raceAttempts } from './stream/race.js';
import { requireHost, resolveAddresses } from './stream/resolve.js';
import { encodeUnixAddress, unixAddressDetails } from './unix/address.js';
import { addressError } from './unix/connecting.js';

interface CommonConnectOptions {
  /** Set before the socket is bound and connects, in this order. */
  options?: OptionSettings;
  /** Milliseconds from now until the connection stands, resolution included. Default: as long as the kernel tries. */
  timeout?: number;
  /** Gives connecting up, at any stage; once the promise is fulfilled it has no effect on the socket. */
  signal?: AbortSignal;
  /** As for net.Socket: whether the writable side stays open when the peer ends. Default: false. */
  allowHalfOpen?: boolean;
}

export interface TcpConnectOptions extends CommonConnectOptions {
  /** A name or an address. Default: localhost. */
  host?: string;
  port: number | string;
  /** An address of this machine to connect from; only destinations of its family are tried. */
  localAddress?: string;
  /** The port to connect from, of `localAddress` or of any address of this machine. Default: 0, which the kernel chooses. */
  localPort?: number;
  /** Where the host is a name: only addresses of this IP version. Default: 0, either. */
  family?: 0 | 4 | 6;
  /** In place of dns.lookup. */
  lookup?: LookupFunction;
  /** Whether all addresses of the host are tried, both families in turn. Default: net.getDefaultAutoSelectFamily(). */
  autoSelectFamily?: boolean;
  /** Milliseconds before the next address is tried beside the one before. Default: Node's, 250. */
  autoSelectFamilyAttemptTimeout?: number;
  /** Default: tcp. */
  protocol?: 'tcp' | 'mptcp';
}

export interface UnixConnectOptions extends CommonConnectOptions {
  /** A path, or an abstract name with a NUL in front. */
  path: string;
}

export type ConnectOptions = TcpConnectOptions | UnixConnectOptions;

/**
 * Connects with options that are set before the connection is made, and gives Node's own socket, connected.
 * @throws OptionNameError, OptionValueError, ArgumentError before any system call; SystemCallError naming the option, the
 * address or the destination that the kernel refused (with `address`, `port` and `path`, as Node's), ETIMEDOUT after
 * `timeout`; AggregateError where several addresses failed; the signal's reason. Nothing stays open then.
 */
export async function connect(options: ConnectOptions): Promise<Socket> {
  checkOptions(options);
  const settings = encodeSettings(options.options);
  const deadline = new Deadline(options, 'connect', destinationOf(options));
  try {
    const descriptor = await (isUnix(options)
      ? connectUnix(options, settings, deadline.signal)
      : connectTcp(options, settings, deadline));
    return socketOf(descriptor, options.allowHalfOpen);
  } finally {
    deadline.end();
  }
}

function checkOptions(options: ConnectOptions): void {
  requireObject('connect', options, 'an object with { host, port } or { path }');
  requireBoolean('allowHalfOpen', options.allowHalfOpen);
  if (isUnix(options)) {
    requireText('path', options.path);
    return;
  }
  refuseMember(options, 'address', 'it is called host');
  requirePort('port', options.port);
  requireHost(options.host);
  requireChoice('family', options.family, [0, 4, 6]);
  requireChoice('protocol', options.protocol, ['tcp', 'mptcp']);
  requireBoolean('autoSelectFamily', options.autoSelectFamily);
  optionalFunction('lookup', options.lookup);
  const delay = options.autoSelectFamilyAttemptTimeout;
  if (delay !== undefined) requireInteger('autoSelectFamilyAttemptTimeout', delay, 1, 2 ** 31 - 1, 'milliseconds');
}

function destinationOf(options: ConnectOptions): SystemCallDetails {
  if (isUnix(options)) return unixAddressDetails(options.path);
  return hostDetails(options.host ?? 'localhost', options.port);
}

/** A path that is undefined is none, as for net.connect. */
function isUnix(options: ConnectOptions): options is UnixConnectOptions {
  return 'path' in options && options.path !== undefined;
}

async function connectTcp(
  options: TcpConnectOptions,
  settings: readonly EncodedOption[],
  deadline: Deadline,
): Promise<number> {
  const { host = 'localhost', family = 0, lookup, localAddress, localPort = 0 } = options;
  const port = requirePort('port', options.port);
  const local = localAddress === undefined ? undefined : requireAddressText('localAddress', localAddress);
  const from = { address: local, port: requirePort('localPort', localPort) };
  if (local !== undefined && family !== 0 && family !== local.family) {
    throw new ArgumentError('localAddress', localAddress, `an address of IPv${family}, as the family is`);
  }
  const addresses = await deadline.wait(resolveAddresses({ host, family: local?.family ?? family, lookup }));
  const candidates = choose(addresses, options, local).values();
  const familyWasChosen = IpAddress.tryParse(host) !== undefined || local !== undefined || family !== 0;
  return raceAttempts({
    attemptDelay: options.autoSelectFamilyAttemptTimeout ?? getDefaultAutoSelectFamilyAttemptTimeout(),
    signal: deadline.signal,
    isFatal: error => error instanceof SystemCallError && error.syscall === 'setsockopt',
    next() {
      const { value: address } = candidates.next();
      if (address === undefined) return undefined;
      const chosen = settingsFor(settings, familyNumber(address), familyWasChosen);
      return attemptTcp({ address, port }, bindingFor(address, from), chosen, options.protocol);
    },
  });
}

/** Where the socket is bound before it connects, if anywhere. A port alone is bound at any address, as Node has it. */
function bindingFor(destination: IpAddress, from: { address?: IpAddress; port: number }): IpEndpoint | undefined {
  if (from.address === undefined && from.port === 0) return undefined;
  return { address: from.address ?? ANY_ADDRESS[destination.family], port: from.port };
}

/** The addresses to try: all of them, or the first, as Node has it; and only those that the local address can reach. */
function choose(addresses: readonly IpAddress[], options: TcpConnectOptions, local?: IpAddress): readonly IpAddress[] {
  const reachable = addresses.filter(({ family }) => local === undefined || family === local.family);
  if (reachable.length === 0) {
    throw new ArgumentError('localAddress', String(local), `an address of the family of ${addresses.join(', ')}`);
  }
  const all = options.autoSelectFamily ?? getDefaultAutoSelectFamily();
  return all ? reachable : reachable.slice(0, 1);
}

function attemptTcp(
  to: IpEndpoint,
  from: IpEndpoint | undefined,
  settings: readonly EncodedOption[],
  protocol: 'tcp' | 'mptcp' = 'tcp',
): ConnectAttempt {
  const specification = {
    family: familyNumber(to.address),
    type: LINUX.SOCK_STREAM,
    protocol: protocol === 'mptcp' ? LINUX.IPPROTO_MPTCP : LINUX.IPPROTO_TCP,
  };
  return withNewSocket(specification, descriptor => {
    applySettings(descriptor, settings);
    if (from !== undefined) bindTo(descriptor, from);
    return new ConnectAttempt(descriptor, encodeEndpoint(to), errno => {
      return new SystemCallError(errno, 'connect', { ...endpointDetails(to), advice: adviceOnZone(errno, to.address) });
    });
  });
}

function connectUnix(
  { path }: UnixConnectOptions,
  settings: readonly EncodedOption[],
  signal: AbortSignal,
): Promise<number> {
  const specification = { family: LINUX.AF_UNIX, type: LINUX.SOCK_STREAM, protocol: 0 };
  let begun = false;
  return raceAttempts({
    attemptDelay: 0,
    signal,
    isFatal: () => true,
    next() {
      if (begun) return undefined;
      begun = true;
      return withNewSocket(specification, descriptor => {
        applySettings(descriptor, settings);
        return new ConnectAttempt(descriptor, encodeUnixAddress(path), errno => addressError(errno, 'connect', path));
      });
    },
  });
}

/** Node's socket over a connected descriptor, which is Node's to close from here on. */
function socketOf(descriptor: number, allowHalfOpen = false): Socket {
  try {
    const socket = new Socket({ fd: descriptor, readable: true, writable: true, allowHalfOpen });
    native().release(descriptor);
    return socket;
  } catch (error) {
    native().close(descriptor);
    throw error;
  }
}
