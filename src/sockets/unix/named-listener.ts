import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { decodeSocketAddress, type SocketAddress } from '../../wire/socket-address.js';
import { showUnixAddress } from './address.js';
import type { OwnedDescriptor } from './owned-descriptor.js';

/** A socket that came from another process under a name. */
export interface NamedListener {
  name: string;
  /** What the socket is bound to, as the kernel says; undefined for a descriptor that is no socket. */
  address: SocketAddress | undefined;
  /** The socket, with every option that it had: `toServer()` and so on make it serve. */
  descriptor: OwnedDescriptor;
}

const bound = new Uint8Array(LINUX.sizeof_sockaddr_storage);

/** The address that a socket is bound to. */
export function boundAddress(descriptor: number): SocketAddress | undefined {
  const length = native().socketName(descriptor, bound);
  return length < 0 ? undefined : decodeSocketAddress(bound, 0, Math.min(length, bound.length));
}

/** `127.0.0.1:80`, `[::]:443`, `/run/app.sock`, `@abstract`. */
export function showAddress(address: SocketAddress | undefined): string {
  switch (address?.family) {
    case 'ip4':
      return `${address.address}:${address.port}`;
    case 'ip6':
      return `[${address.address}]:${address.port}`;
    case 'unix':
      return showUnixAddress(address);
    default:
      return '';
  }
}
