import { ArgumentError, requireObject } from '../../io/argument-error.js';
import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { getOption, setOption } from '../../io/option.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { IpAddress } from '../../wire/ip-address.js';
import { lookUpRoute } from '../netlink/route-lookup.js';
import { encodeEndpoint, type InterfaceChoice, requireAddress, requireInterface } from './endpoint.js';
import { localName } from './socket-names.js';

export interface RouteForOptions {
  /** As a socket that is bound to this interface (SO_BINDTODEVICE) would send. */
  interface?: InterfaceChoice;
  /** As a socket with this SO_MARK would send. Needs CAP_NET_ADMIN. */
  mark?: number;
}

/** How the kernel would send to a destination now. */
export interface RouteFor {
  /** The source address that packets would have. */
  source: IpAddress;
  interfaceIndex: number;
  /** Undefined where the interface went in the meantime. */
  interfaceName: string | undefined;
  /** The next router; undefined where the destination is on the link. */
  gateway: IpAddress | undefined;
  /** The path's MTU in bytes as far as the kernel knows it, else the interface's. */
  mtu: number;
}

/** Any port will do: nothing is sent. */
const DISCARD_PORT = 9;

/**
 * Which source address, interface and MTU the kernel would use for a destination: asked of a UDP socket that is connected
 * to it, and of the routing table. Nothing is sent.
 * @throws SystemCallError ENETUNREACH or EHOSTUNREACH where there is no route.
 */
export function routeFor(destination: string | IpAddress, options: RouteForOptions = {}): RouteFor {
  const address = requireAddress('destination', destination).unmap();
  if (address.isUnspecified)
    throw new ArgumentError('destination', address.toString(), 'the address of a host or group');
  const choice = requireObject('options', options).interface ?? address.scope;
  if (choice === undefined && address.needsZone)
    throw new ArgumentError('destination', address.toString(), `a zone too, as ${address}%eth0, or an interface`);
  const interfaceIndex = choice === undefined ? undefined : requireInterface('interface', choice);
  const { source, mtu } = askSocket(address, interfaceIndex, options.mark);
  const route = lookUpRoute({ destination: address, interfaceIndex, mark: options.mark });
  const { interfaceIndex: index = interfaceIndex ?? 0, gateway } = route ?? {};
  return { source, interfaceIndex: index, interfaceName: native().interfaceName(index), gateway, mtu };
}

function askSocket(
  address: IpAddress,
  interfaceIndex: number | undefined,
  mark: number | undefined,
): Pick<RouteFor, 'source' | 'mtu'> {
  const { family } = address;
  const name = encodeEndpoint('destination', { address, port: DISCARD_PORT }, family);
  const domain = family === 4 ? LINUX.AF_INET : LINUX.AF_INET6;
  const descriptor = check(native().socket(domain, LINUX.SOCK_DGRAM, 0), 'socket', { object: `UDP over IPv${family}` });
  try {
    setOption(descriptor, 'SO_BROADCAST', true);
    if (mark !== undefined) setOption(descriptor, 'SO_MARK', mark);
    const device = interfaceIndex === undefined ? undefined : native().interfaceName(interfaceIndex);
    if (device !== undefined) setOption(descriptor, 'SO_BINDTODEVICE', device);
    check(native().connect(descriptor, name), 'connect', { object: address.toString(), descriptor });
    const mtu = getOption(descriptor, family === 4 ? 'IP_MTU' : 'IPV6_MTU');
    return { source: localName(descriptor).address, mtu };
  } finally {
    native().close(descriptor);
  }
}
