import { networkInterfaces } from 'node:os';
import { ArgumentError, requireInteger, requireObject } from '../../io/argument-error.js';
import { native } from '../../io/native.js';
import { type Family, IpAddress } from '../../wire/ip-address.js';
import { encodeSocketAddress, type IpSocketAddress } from '../../wire/socket-address.js';

/** IP version of a socket. `dual` is an IPv6 socket that IPv4 datagrams reach too (IPV6_V6ONLY off). */
export type SocketFamily = Family | 'dual';

/** Where a datagram goes to or comes from. An address, no host name: resolving is the caller's choice. */
export interface Endpoint {
  /** `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`. */
  address: string | IpAddress;
  /** 1 to 65535. */
  port: number;
}

/** An interface by name, by index, or by one of its addresses. */
export type InterfaceChoice = string | number | IpAddress;

/** The address that `value` is, or a refusal that names the argument. */
export function requireAddress(argument: string, value: unknown): IpAddress {
  const address = typeof value === 'string' ? IpAddress.tryParse(value) : value;
  if (address instanceof IpAddress) return address;
  throw new ArgumentError(argument, value, 'an IPv4 or IPv6 address');
}

/** The IP version that packets to `address` have: that of an IPv4-mapped address is 4. */
export function packetFamily(address: IpAddress): Family {
  return address.isV4Mapped ? 4 : address.family;
}

/** The kernel's form of an endpoint, for a socket of `family`: IPv4-mapped on a dual one. */
export function encodeEndpoint(
  argument: string,
  endpoint: Endpoint,
  family: SocketFamily,
  leastPort: 0 | 1 = 1,
): Uint8Array {
  requireObject(argument, endpoint, 'an object with an address and a port');
  const address = requireAddress(`${argument}.address`, endpoint.address);
  const port = requireInteger(`${argument}.port`, endpoint.port, leastPort, 65535);
  return encodeSocketAddress(socketAddressFor(argument, address, port, family));
}

function socketAddressFor(argument: string, address: IpAddress, port: number, family: SocketFamily): IpSocketAddress {
  if (family === 4) return { family: 'ip4', address: requireFamily(argument, address, 4), port };
  if (address.family === 4) return { family: 'ip6', address: mapped(argument, address, family), port };
  // It would lead to IPv4, which the socket is kept from (IPV6_V6ONLY).
  if (family === 6 && address.isV4Mapped)
    return { family: 'ip6', address: requireFamily(argument, address.unmap(), 6), port };
  return { family: 'ip6', address, port, scopeId: scopeIdOf(argument, address) };
}

function requireFamily(argument: string, address: IpAddress, family: Family): IpAddress {
  if (address.family === family) return address;
  throw new ArgumentError(`${argument}.address`, address.toString(), `an IPv${family} address, as the socket is one`);
}

/** ::ffff:a.b.c.d, by which IPv6 sockets speak IPv4: RFC 4291 section 2.5.5.2. */
function mapped(argument: string, address: IpAddress, family: SocketFamily): IpAddress {
  if (family === 6) return requireFamily(argument, address, 6);
  return IpAddress.fromValue(6, 0xffff_0000_0000n | address.value);
}

function scopeIdOf(argument: string, address: IpAddress): number {
  return address.scope === undefined ? 0 : requireInterface(`${argument}.address`, address.scope);
}

/** The index of an interface of this machine. */
export function requireInterface(argument: string, choice: InterfaceChoice): number {
  if (typeof choice === 'number') {
    const index = requireInteger(argument, choice, 1, 2 ** 31 - 1);
    if (native().interfaceName(index) !== undefined) return index;
    throw new ArgumentError(argument, choice, 'the index of an interface of this machine');
  }
  const isName = typeof choice === 'string';
  const index = isName ? indexByName(choice) : undefined;
  const found = index ?? (isName || choice instanceof IpAddress ? indexByAddress(choice) : undefined);
  if (found !== undefined) return found;
  throw new ArgumentError(
    argument,
    choice instanceof IpAddress ? choice.toString() : choice,
    'the name, index or address of an interface of this machine',
  );
}

/** An interface may have a number for a name, so names come first. */
function indexByName(name: string): number | undefined {
  const index = native().interfaceIndex(name);
  if (index > 0) return index;
  return /^\d{1,9}$/.test(name) && native().interfaceName(Number(name)) !== undefined ? Number(name) : undefined;
}

function indexByAddress(choice: string | IpAddress): number | undefined {
  const wanted = typeof choice === 'string' ? IpAddress.tryParse(choice) : choice;
  if (wanted === undefined) return undefined;
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const has = addresses.some(({ address }) => IpAddress.tryParse(address)?.value === wanted.value);
    if (has && (wanted.scope === undefined || wanted.scope === name)) return indexByName(name);
  }
  return undefined;
}
