import { check } from '../io/errors.js';
import { native } from '../io/native.js';
import { getOption, setOption } from '../io/option.js';
import { LINUX } from '../wire/constants.generated.js';
import type { IpAddress } from '../wire/ip-address.js';
import { decodeSocketAddress, encodeSocketAddress } from '../wire/socket-address.js';

export interface RouteCheck {
  address: IpAddress;
  scopeId?: number;
  interface?: string;
  mark?: number;
  /** Source address to use instead of the kernel's choice. */
  source?: IpAddress;
}

/** How packets to an address leave. */
export interface FoundRoute {
  /** Their source address. */
  source: IpAddress;
  /** What the first link takes, as the kernel believes it: IP_MTU. */
  mtu: number;
  /** The address is a broadcast address of a network that this host is on. */
  isBroadcast: boolean;
}

/** The discard port (RFC 863): nothing is sent to it. */
const PORT = 9;

/**
 * Asks the kernel whether it has a route, by connecting a UDP socket: connect(2) looks the route up and sends nothing.
 * @throws SystemCallError ENETUNREACH, EHOSTUNREACH, ENODEV...: says how to look further; EADDRNOTAVAIL where `source` is no
 * address of this host.
 */
export function findRoute({ address, scopeId, interface: device, mark, source }: RouteCheck): FoundRoute {
  const family = address.family === 4 ? LINUX.AF_INET : LINUX.AF_INET6;
  const descriptor = check(native().socket(family, LINUX.SOCK_DGRAM, 0), 'socket', { object: 'UDP' });
  try {
    if (device !== undefined) setOption(descriptor, 'SO_BINDTODEVICE', device);
    if (mark !== undefined) setOption(descriptor, 'SO_MARK', mark);
    const kind = address.family === 4 ? 'ip4' : 'ip6';
    if (source !== undefined) {
      const own = encodeSocketAddress({ family: kind, address: source, port: 0, scopeId });
      check(native().bind(descriptor, own), 'bind', { object: String(source), advice: 'see: ip address' });
    }
    const name = encodeSocketAddress({ family: kind, address, port: PORT, scopeId });
    const connect = () => native().connect(descriptor, name);
    let result = connect();
    // For a broadcast address this has to be asked for (socket(7)); where a route prohibits, it does not help.
    const isBroadcast = result === -LINUX.EACCES;
    if (isBroadcast) {
      setOption(descriptor, 'SO_BROADCAST', true);
      result = connect();
    }
    check(result, 'connect', { object: String(address), advice: advice(address, scopeId) });
    return {
      isBroadcast,
      source: sourceOf(descriptor),
      mtu: getOption(descriptor, address.family === 4 ? 'IP_MTU' : 'IPV6_MTU'),
    };
  } finally {
    native().close(descriptor);
  }
}

/** What the link takes as of now: a router may have reported since. Undefined where there is no route any more. */
export function believedMtu(route: RouteCheck): number | undefined {
  try {
    return findRoute(route).mtu;
  } catch {
    return undefined;
  }
}

/** connect(2) to a link-local address without an interface is EINVAL: RFC 4007 section 6. */
function advice(address: IpAddress, scopeId = 0): string {
  const needsInterface = address.family === 6 && address.isLinkLocal && scopeId === 0;
  return needsInterface
    ? `name its interface: ${address}%eth0`
    : `see: ip route get ${String(address).replace(/%.*/, '')}`;
}

function sourceOf(descriptor: number): IpAddress {
  const bytes = new Uint8Array(LINUX.sizeof_sockaddr_storage);
  const length = check(native().socketName(descriptor, bytes), 'getsockname', { descriptor });
  const name = decodeSocketAddress(bytes.subarray(0, length));
  if (name.family === 'ip4' || name.family === 'ip6') return name.address;
  throw new Error(`an IP socket has a name of another family: ${name.family}`);
}
