import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { IpAddress } from '../../wire/ip-address.js';
import { decodeSocketAddress, type IpSocketAddress } from '../../wire/socket-address.js';

/** The address and port that the socket is bound to: getsockname(2). IPv4-mapped addresses are given as IPv4. */
export function localName(descriptor: number): IpSocketAddress {
  const name = new Uint8Array(LINUX.sizeof_sockaddr_storage);
  const length = check(native().socketName(descriptor, name), 'getsockname', { descriptor });
  return ipName(name, length);
}

/** Where the socket is connected to: getpeername(2). Undefined where it is not. */
export function peerName(descriptor: number): IpSocketAddress | undefined {
  const name = new Uint8Array(LINUX.sizeof_sockaddr_storage);
  const length = native().peerName(descriptor, name);
  if (length === -LINUX.ENOTCONN) return undefined;
  return ipName(name, check(length, 'getpeername', { descriptor }));
}

function ipName(name: Uint8Array, length: number): IpSocketAddress {
  const decoded = decodeSocketAddress(name, 0, length) as IpSocketAddress;
  if (!decoded.address.isV4Mapped) return decoded;
  return { family: 'ip4', address: IpAddress.fromValue(4, decoded.address.value), port: decoded.port };
}
