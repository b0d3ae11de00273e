import { ArgumentError } from '../../io/argument-error.js';
import type { SystemCallDetails } from '../../io/errors.js';
import { encodeSocketAddress, type UnixSocketAddress } from '../../wire/socket-address.js';

/**
 * A Unix-domain address: a path, an abstract name as text that begins with a NUL (`'\0name'`, as Node has it too), or a
 * `UnixSocketAddress`. At most 108 bytes, the size of `sun_path` (unix(7)): a longer path can be reached through a shorter
 * one, for one by changing to its directory.
 */
export type UnixAddress = string | UnixSocketAddress;

/** The address as a value, whichever way it was given. @throws ArgumentError for what is none. */
export function toUnixSocketAddress(address: UnixAddress): UnixSocketAddress {
  if (typeof address !== 'string') return requireAddress(address);
  return address.startsWith('\0') ? { family: 'unix', abstract: address.slice(1) } : { family: 'unix', path: address };
}

/**
 * The kernel's form of an address.
 * @throws ArgumentError for what is no address; FieldValueError where the name is empty, has a NUL inside, or is longer than 108 bytes.
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

/** What an error tells of an address that a call was given: the path, or the abstract name as Node has it. */
export function unixAddressDetails(address: UnixAddress): SystemCallDetails {
  const value = toUnixSocketAddress(address);
  const name = 'path' in value ? text(value.path) : 'abstract' in value ? `\0${text(value.abstract)}` : undefined;
  return { object: showUnixAddress(address), address: name, path: name };
}

/** The path in the file system as it was given, or undefined for an address that has none. */
export function pathOf(address: UnixAddress): string | Uint8Array | undefined {
  const value = toUnixSocketAddress(address);
  return 'path' in value ? value.path : undefined;
}

function requireAddress(address: UnixSocketAddress): UnixSocketAddress {
  const { family, path, abstract, unnamed } = Object(address) as Record<string, unknown>;
  const named = [path, abstract].filter(name => typeof name === 'string' || name instanceof Uint8Array).length;
  if (family === 'unix' && (unnamed === true || named === 1)) return address;
  throw new ArgumentError('address', address, "a path, a name behind a NUL ('\\0name') or a UnixSocketAddress");
}

function text(name: string | Uint8Array): string {
  return typeof name === 'string' ? name : new TextDecoder().decode(name);
}
