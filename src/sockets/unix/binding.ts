import fs from 'node:fs';
import { ArgumentError, requireBoolean, requireObject } from '../../io/argument-error.js';
import { check, SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { encodeUnixAddress, pathOf, type UnixAddress, unixAddressDetails } from './address.js';
import { absolutePath, identityOfPath, strangerAt } from './socket-path.js';

export interface UnixBindOptions {
  /**
   * Access bits of a path, as 0o600: who may connect needs write permission. The path never exists with more. Default: what
   * umask(2) leaves of 0o777.
   */
  mode?: number;
  /** Replace a path that is left from a process that has gone. A socket that is in use is never replaced. Default: true. */
  replaceStale?: boolean;
}

const ALL_ACCESS = 0o777;

/** Refuses an address or options that cannot be, for who has not made a socket yet. @throws ArgumentError, FieldValueError */
export function requireBindable(address: UnixAddress, options: UnixBindOptions): void {
  encodeUnixAddress(address);
  const { mode, replaceStale } = requireObject('options', options);
  requireBoolean('replaceStale', replaceStale);
  if (mode === undefined || (Number.isInteger(mode) && mode >= 0 && mode <= ALL_ACCESS)) return;
  throw new ArgumentError('mode', mode, 'access bits, 0 to 0o777');
}

/** A name that a socket was given. */
export interface Binding {
  /**
   * Removes the path, unless something else has it by now. A process that may not any more, having changed its user, leaves
   * it, and whoever binds it next finds it stale.
   */
  unlink(): void;
}

const NOTHING_TO_UNLINK: Binding = { unlink: () => {} };

/**
 * Binds a socket to an address.
 * @param complete makes the socket ready for clients; it gives 0 or -errno. No other process can take the path for one that
 * was left behind while that is not done.
 * @throws as `requireBindable`; SystemCallError EADDRINUSE (somebody has it, or the path is no socket), EACCES,
 * ENOENT (no such directory).
 */
export function bindDescriptor(
  descriptor: number,
  address: UnixAddress,
  options: UnixBindOptions = {},
  complete: () => number = () => 0,
): Binding {
  requireBindable(address, options);
  const given = pathOf(address);
  const name = encodeUnixAddress(address);
  if (given === undefined) {
    check(native().bind(descriptor, name) || complete(), 'bind', { ...unixAddressDetails(address), descriptor });
    return NOTHING_TO_UNLINK;
  }
  // A socket's own mode, without what the umask takes, becomes that of the path (net/unix/af_unix.c, unix_bind_bsd).
  if (options.mode !== undefined) fs.fchmodSync(descriptor, options.mode);
  const path = absolutePath(given);
  return withTurn(path, address, () => {
    requireBound(bindPath(descriptor, name, path, options), path, address, options);
    const binding = bindingOf(path);
    return orUnlink(binding, () => {
      check(complete(), 'listen', { ...unixAddressDetails(address), descriptor });
      if (options.mode !== undefined) fs.chmodSync(path, options.mode);
    });
  });
}

function orUnlink(binding: Binding, action: () => void): Binding {
  try {
    action();
    return binding;
  } catch (error) {
    binding.unlink();
    throw error;
  }
}

function bindPath(
  descriptor: number,
  name: Uint8Array,
  path: Buffer,
  { replaceStale = true }: UnixBindOptions,
): number {
  const result = native().bind(descriptor, name);
  if (result !== -LINUX.EADDRINUSE || !replaceStale || !isStale(name, path)) return result;
  fs.unlinkSync(path);
  return native().bind(descriptor, name);
}

/**
 * True for a path whose socket nobody has open. A datagram socket that connects there finds out, whatever the other is and
 * does: the kernel looks for the socket first, in every network namespace, and refuses one of another type then, also one
 * that does not listen (net/unix/af_unix.c, unix_find_bsd). Nobody is bothered by it, as a listener would be by a connection.
 * Where it cannot be told, as without the permission to connect, the path counts as in use.
 */
function isStale(name: Uint8Array, path: Buffer): boolean {
  if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  const probe = check(native().socket(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0), 'socket');
  const result = native().connect(probe, name);
  native().close(probe);
  return result === -LINUX.ECONNREFUSED;
}

/**
 * Runs `action` while no other process that uses this package binds the same path: between seeing that a path is stale and
 * replacing it, another might have bound it, and have its own taken away. An abstract name is the lock, because it goes with
 * its owner, however that ends.
 */
function withTurn<Result>(path: Buffer, address: UnixAddress, action: () => Result): Result {
  const lock = check(native().socket(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0), 'socket');
  try {
    const turn = encodeUnixAddress(`\0subsocket-bind-${identityOfPath(path)}`);
    requireBound(native().bind(lock, turn), path, address);
    return action();
  } finally {
    native().close(lock);
  }
}

function requireBound(result: number, path: Buffer, address: UnixAddress, options: UnixBindOptions = {}): void {
  if (result >= 0) return;
  const stale =
    result === -LINUX.EADDRINUSE && options.replaceStale === false && isStale(encodeUnixAddress(address), path);
  const advice = stale ? 'nobody has it open: it is left, and replaceStale is false' : adviceFor(-result, path);
  throw new SystemCallError(result, 'bind', { ...unixAddressDetails(address), advice });
}

function adviceFor(errno: number, path: Buffer): string | undefined {
  if (errno === LINUX.EACCES) return 'the directory may not be written to';
  if (errno === LINUX.ENOENT) return 'there is no such directory';
  if (errno !== LINUX.EADDRINUSE) return undefined;
  if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    return 'the path is a symbolic link, which is never replaced';
  return strangerAt(path) ?? 'somebody has a socket open there';
}

function bindingOf(path: Buffer): Binding {
  const own = fs.lstatSync(path);
  return {
    unlink: () => {
      try {
        const found = fs.lstatSync(path);
        if (found.ino === own.ino && found.dev === own.dev) fs.unlinkSync(path);
      } catch {
        // It is gone, or may not be removed.
      }
    },
  };
}
