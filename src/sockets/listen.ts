import { createServer, Server } from 'node:net';
import { ArgumentError, refuseMember, requireChoice, requireInteger, requireObject } from '../io/argument-error.js';
import { SystemCallError } from '../io/errors.js';
import { native } from '../io/native.js';
import { applySettings, type EncodedOption, encodeSettings, requireSettings } from '../io/option-settings.js';
import type { OptionSettings } from '../options/table.js';
import { LINUX } from '../wire/constants.generated.js';
import type { IpAddress } from '../wire/ip-address.js';
import { ANY_ADDRESS, endpointDetails, familyNumber, type IpEndpoint, requirePort } from './stream/ip-endpoint.js';
import { listenOn } from './stream/listen-on.js';
import { bindTo, settingsFor, withNewSocket } from './stream/open-socket.js';
import { requireHost, resolveAddresses } from './stream/resolve.js';

export interface ListenOptions {
  /** Default: 0, which the kernel chooses. */
  port?: number | string;
  /** A name or an address of this machine. Default: every address of both IP versions, or of IPv4 where there is no IPv6. */
  host?: string;
  /** Set before the socket is bound, in this order. SO_REUSEADDR is on, as in every server of Node, unless it is given. */
  options?: OptionSettings;
  /** Connections that may wait to be accepted, up to net.core.somaxconn. Default: 511, as Node has it. */
  backlog?: number;
  /** Default: tcp. */
  protocol?: 'tcp' | 'mptcp';
}

const DEFAULT_BACKLOG = 511;

/**
 * Makes a server listen on a socket whose options are set before it is bound, and gives the server back, listening. It can
 * be any server of Node: of net, tls, http, https or http2.
 * @param server Default: a new net.Server.
 * @throws OptionNameError, OptionValueError, ArgumentError before any system call; SystemCallError naming the option or the
 * address (with `address` and `port`, as Node's) that the kernel refused. Nothing stays open then.
 */
export async function listen<AnyServer extends Server = Server>(
  server: AnyServer,
  options?: ListenOptions,
): Promise<AnyServer>;
export async function listen(options?: ListenOptions): Promise<Server>;
export async function listen(first: Server | ListenOptions = {}, second: ListenOptions = {}): Promise<Server> {
  const [server, options] = first instanceof Server ? [first, second] : [createServer(), requireOptions(first)];
  requireObject('listen', options, 'an object of options behind the server');
  refuseMember(options, 'path', 'UnixServer.listen has one');
  refuseMember(options, 'address', 'it is called host');
  const { host, port: givenPort = 0, backlog: givenBacklog = DEFAULT_BACKLOG, protocol, options: given = {} } = options;
  requireHost(host);
  requireChoice('protocol', protocol, ['tcp', 'mptcp']);
  const settings = encodeSettings({ SO_REUSEADDR: true, ...requireSettings('options', given) });
  const port = requirePort('port', givenPort);
  const backlog = requireInteger('backlog', givenBacklog, 0, 2 ** 31 - 1);
  const address = await localAddress(host);
  const open = (local: IpAddress) => openListener({ address: local, port }, settings, backlog, options);
  const descriptor = address === undefined ? openOnAny(open) : open(address);
  return adopt(server, descriptor, backlog);
}

/** Other things than Node's servers listen too: they are no options. */
function requireOptions(options: ListenOptions): ListenOptions {
  const allowed = 'a server of Node, or an object of options';
  if ('listen' in requireObject('listen', options, allowed)) throw new ArgumentError('listen', options, allowed);
  return options;
}

async function localAddress(host: string | undefined): Promise<IpAddress | undefined> {
  if (host === undefined) return undefined;
  const [address] = await resolveAddresses({ host, family: 0 });
  return address;
}

/** A kernel without IPv6 refuses the socket (EAFNOSUPPORT), one that has it switched off the address (EADDRNOTAVAIL). */
function openOnAny(open: (address: IpAddress) => number): number {
  try {
    return open(ANY_ADDRESS[6]);
  } catch (error) {
    const without = error instanceof SystemCallError && ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(error.code);
    if (without) return open(ANY_ADDRESS[4]);
    throw error;
  }
}

function openListener(
  local: IpEndpoint,
  settings: readonly EncodedOption[],
  backlog: number,
  { host, protocol }: ListenOptions,
): number {
  const family = familyNumber(local.address);
  const specification = {
    family,
    type: LINUX.SOCK_STREAM,
    protocol: protocol === 'mptcp' ? LINUX.IPPROTO_MPTCP : LINUX.IPPROTO_TCP,
  };
  return withNewSocket(specification, descriptor => {
    applySettings(descriptor, settingsFor(settings, family, host !== undefined));
    bindTo(descriptor, local);
    const result = native().listen(descriptor, backlog);
    if (result < 0) throw new SystemCallError(result, 'listen', { ...endpointDetails(local), descriptor });
    return descriptor;
  });
}

function adopt<AnyServer extends Server>(server: AnyServer, descriptor: number, backlog: number): Promise<AnyServer> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      server.off('listening', done);
      native().close(descriptor);
      reject(error);
    };
    const done = () => {
      server.off('error', fail);
      // Node takes 0 for its default.
      if (backlog === 0) native().listen(descriptor, backlog);
      native().release(descriptor);
      resolve(server);
    };
    server.once('error', fail).once('listening', done);
    try {
      listenOn(server, descriptor, backlog);
    } catch (error) {
      server.off('error', fail);
      fail(error as Error);
    }
  });
}
