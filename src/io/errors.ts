import { errnoName } from '../wire/errno.js';
import { native, type ResultOrErrno } from './native.js';
import { missingPermission, type Permission } from './permission.js';

/** What a failed system call was about: shown in the message, and kept on the error for programs. */
export interface SystemCallDetails {
  /** The object in words of the field: `SO_MARK=7`, `127.0.0.1:53`, `/run/app.sock`. */
  object?: string;
  descriptor?: number;
  /** Of a call that was given an address: as Node's own errors have it. */
  address?: string;
  port?: number;
  path?: string;
  /** What one can do about it, where that is known. */
  advice?: string;
}

/**
 * A system call that the kernel refused: `setsockopt SO_MARK=7 on descriptor 21: EPERM, Operation not permitted`.
 * `code` and `errno` are those of Node's own system errors: 'EPERM' and the negated number, -1; so are `address` and `port`,
 * which only errors of calls that are given an address have.
 */
export class SystemCallError extends Error {
  override readonly name: string = 'SystemCallError';
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  /** The option with its value, the address or the path that the call was given. */
  readonly object: string | undefined;
  readonly descriptor: number | undefined;
  /**
   * The address that was to be connected to, bound or sent to: of a Unix-domain socket the path, or the abstract name behind a NUL;
   * after a `timeout` of connect(), which may end the look-up, the host as it was given.
   */
  declare readonly address?: string;
  /** The port beside `address`. */
  declare readonly port?: number;
  /** Unix-domain sockets: the same as `address`. */
  declare readonly path?: string;

  /** @param errno the error's number, negated or not. */
  constructor(errno: number, syscall: string, details: SystemCallDetails = {}) {
    const number = Math.abs(errno);
    super(describe(number, syscall, details));
    this.errno = -number;
    this.code = codeOf(number);
    this.syscall = syscall;
    this.object = details.object;
    this.descriptor = details.descriptor;
    if (details.address !== undefined) this.address = details.address;
    if (details.port !== undefined) this.port = details.port;
    if (details.path !== undefined) this.path = details.path;
  }
}

/** A system call that this process may not make. The message ends with what is missing and the command that mends it. */
export class PermissionError extends SystemCallError {
  override readonly name = 'PermissionError';
  /** What the process lacks: `CAP_NET_ADMIN`. */
  readonly missing: string;
  /** The command that gives it, ready to paste into a shell. */
  readonly remedy: string;

  constructor(errno: number, syscall: string, permission: Permission, details: SystemCallDetails = {}) {
    const { missing, remedy } = missingPermission(permission);
    super(errno, syscall, { ...details, advice: `needs ${missing}; to give it: ${remedy}` });
    this.missing = missing;
    this.remedy = remedy;
  }
}

/** Why an object has no descriptor to work on. */
export type DescriptorErrorCode = 'NO_DESCRIPTOR' | 'DESCRIPTOR_CLOSED' | 'NOT_A_SOCKET' | 'DESCRIPTOR_KIND';

/** An object given as a socket that has no descriptor: not yet, not any more, or never. No system call was made. */
export class DescriptorError extends Error {
  override readonly name = 'DescriptorError';
  readonly code: DescriptorErrorCode;

  constructor(code: DescriptorErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Gives the result of a native call back, or throws what its negated errno means.
 * @param permission what a refusal with EPERM or EACCES shows to be missing.
 */
export function check(
  result: ResultOrErrno,
  syscall: string,
  details?: SystemCallDetails,
  permission?: Permission,
): number {
  if (result >= 0) return result;
  throw systemCallError(result, syscall, details, permission);
}

/** The error that a negated errno means: a PermissionError where a permission is known to be what lacks. */
export function systemCallError(
  errno: number,
  syscall: string,
  details?: SystemCallDetails,
  permission?: Permission,
): SystemCallError {
  const code = codeOf(Math.abs(errno));
  const refused = code === 'EPERM' || code === 'EACCES';
  if (refused && permission !== undefined) return new PermissionError(errno, syscall, permission, details);
  return new SystemCallError(errno, syscall, details);
}

function describe(errno: number, syscall: string, { object, descriptor, advice }: SystemCallDetails): string {
  const about = object === undefined ? '' : ` ${object}`;
  const on = descriptor === undefined ? '' : ` on descriptor ${descriptor}`;
  const hint = advice === undefined ? '' : `; ${advice}`;
  return `${syscall}${about}${on}: ${codeOf(errno)}, ${native().errnoMessage(errno)}${hint}`;
}

function codeOf(errno: number): string {
  return errnoName(errno) ?? `E${errno}`;
}
