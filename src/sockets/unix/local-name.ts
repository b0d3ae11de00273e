import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { decodeSocketAddress, type UnixSocketAddress } from '../../wire/socket-address.js';
import { NAME_BYTES } from './shared-batch.js';

const name = new Uint8Array(NAME_BYTES);

/** getsockname(2). */
export function localName(descriptor: number): UnixSocketAddress {
  return decodeName(check(native().socketName(descriptor, name), 'getsockname', { descriptor }));
}

/** getpeername(2); undefined for a socket that is not connected. */
export function peerName(descriptor: number): UnixSocketAddress | undefined {
  const length = native().peerName(descriptor, name);
  if (length === -LINUX.ENOTCONN) return undefined;
  return decodeName(check(length, 'getpeername', { descriptor }));
}

function decodeName(length: number): UnixSocketAddress {
  const address = decodeSocketAddress(name, 0, Math.min(length, name.length));
  return address.family === 'unix' ? address : { family: 'unix', unnamed: true };
}
