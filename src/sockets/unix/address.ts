import { encodeSocketAddress, type UnixSocketAddress } from '../../wire/socket-address.js';

/**
 * A Unix-domain address: a path, an abstract name as text that begins with a NUL (`'\0name'`, as Node has it too), or a
 * `UnixSocketAddress`. At most 108 bytes, the size of `sun_path` (unix(7)): a longer path can be reached through a shorter
 * one, for one by changing to its directory.
 */
export type UnixAddress = string | UnixSocketAddress;

/** The address as a value, whichever way it was given. */
export function toUnixSocketAddress(address: UnixAddress): UnixSocketAddress {
  if (typeof address !== 'string') return address;
  return address.startsWith('\0') ? { family: 'unix', abstract: address.slice(1) } : { family: 'unix', path: address };
}

/**
 * The kernel's form of an address.
 * @throws FieldValueError where the name is empty, has a NUL inside, or is longer than 108 bytes.
 */
export function encodeUnixAddress(address: UnixAddress): Uint8Array {
  return encodeSocketAddress(toUnixSocketAddress(address));
}

/** For people: the path, `@name` for an abstract name as ss(8) writes it, or `(unnamed)`. */
export function showUnixAddress(address: UnixAddress): string {
  const value = toUnixSocketAddress(address);
  if ('path' in value) return text(value.path);
  return 'abstract' in value ? `@${text(value.abstract)}` : '(unnamed)';
}

/** The path in the file system, or undefined for an address that has none. */
export function pathOf(address: UnixAddress): string | undefined {
  const value = toUnixSocketAddress(address);
  return 'path' in value ? text(value.path) : undefined;
}

function text(name: string | Uint8Array): string {
  return typeof name === 'string' ? name : new TextDecoder().decode(name);
}
