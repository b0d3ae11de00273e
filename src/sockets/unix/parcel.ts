import { ArgumentError } from '../../io/argument-error.js';
import type { DescriptorSource } from '../../io/descriptor.js';
import { type SystemCallError, systemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { requireCredentials, type UnixCredentials } from '../../wire/unix-control.js';
import type { UnixAddress } from './address.js';
import { descriptorNumbers } from './descriptor-numbers.js';

/** What goes along with the bytes of one message. */
export interface UnixSendOptions {
  /**
   * What to pass, in order, 253 at most: descriptor numbers, FileHandle, net.Socket, net.Server, dgram.Socket, and this
   * package's sockets and descriptors. The receiver gets descriptors of its own; these stay open and the caller's.
   */
  descriptors?: readonly DescriptorSource[];
  /**
   * Who to say has sent it (SCM_CREDENTIALS). The kernel lets a process name only itself, in any of its real, effective and
   * saved ids, unless it has CAP_SYS_ADMIN, CAP_SETUID and CAP_SETGID. Default: the kernel tells receivers who asked.
   */
  credentials?: UnixCredentials;
}

/** One message of `sendMany()`. */
export interface UnixOutgoing extends UnixSendOptions {
  data: string | Uint8Array;
  /** Datagram sockets: the receiver's address. Default: the connected one. */
  to?: UnixAddress;
}

const NONE: readonly number[] = Object.freeze([]);

/** One message on its way out. */
export class Parcel {
  data: Buffer;
  /** Emptied when the kernel has taken them: they go with the first byte of their message. */
  descriptors: readonly number[];
  credentials: UnixCredentials | undefined;
  /** Why the kernel refused this message, where it did and the socket goes on. */
  error: SystemCallError | undefined;
  #held = false;

  constructor(data: Buffer, descriptors: readonly number[], credentials?: UnixCredentials) {
    this.data = data;
    this.descriptors = descriptors;
    this.credentials = credentials;
  }

  /** @throws FieldValueError, ArgumentError or DescriptorError for what cannot be sent. */
  static of(message: UnixOutgoing): Parcel {
    if (typeof message !== 'object' || message === null)
      throw new ArgumentError('message', message, 'an object with data');
    const descriptors = message.descriptors === undefined ? NONE : descriptorNumbers(message.descriptors);
    if (message.credentials !== undefined) requireCredentials(message.credentials);
    return new Parcel(toBuffer(message.data), descriptors, message.credentials);
  }

  /** True while there is ancillary data that no part of the message has taken along. */
  get hasControl(): boolean {
    return this.descriptors.length > 0 || this.credentials !== undefined;
  }

  /**
   * Duplicates the descriptors, for a message that must wait: the caller may close his meanwhile, and the number may by
   * then name something else. One that cannot be duplicated makes the message fail alone.
   */
  hold(): void {
    if (this.#held || this.descriptors.length === 0) return;
    this.#held = true;
    const duplicates: number[] = [];
    for (const descriptor of this.descriptors) {
      const duplicate = native().duplicate(descriptor);
      if (duplicate < 0) this.error ??= systemCallError(duplicate, 'fcntl', { descriptor });
      else duplicates.push(duplicate);
    }
    this.descriptors = duplicates;
    if (this.error !== undefined) this.forgetControl();
  }

  /** The kernel has taken a part of a stream's message: the rest goes without descriptors, but is from the same sender. */
  sentInPart(sent: number): void {
    this.data = this.data.subarray(sent);
    this.#forgetDescriptors();
  }

  /** The kernel has taken, or will never take, what goes along: closes duplicates. */
  forgetControl(): void {
    this.#forgetDescriptors();
    this.credentials = undefined;
  }

  /** The kernel refused this message, and only this one. */
  refuse(errno: number, object?: string): void {
    this.error = systemCallError(errno, 'sendmsg', { object, ...adviceFor(errno, this.descriptors.length) });
    this.forgetControl();
  }

  #forgetDescriptors(): void {
    if (this.#held) for (const descriptor of this.descriptors) native().close(descriptor);
    this.#held = false;
    this.descriptors = NONE;
  }
}

/**
 * Whether an error of sendmsg(2) is about the ancillary data of one message, with nothing sent, rather than about the
 * socket: a closed descriptor, credentials that are not ours to claim or of no process, too many in flight.
 */
export function concernsControl(errno: number): boolean {
  return CONTROL_ERRORS.has(-errno);
}

const CONTROL_ERRORS: ReadonlySet<number> = new Set([
  LINUX.EBADF,
  LINUX.EPERM,
  LINUX.ESRCH,
  LINUX.EINVAL,
  LINUX.ETOOMANYREFS,
  LINUX.EMFILE,
]);

function adviceFor(errno: number, count: number): { object?: string; advice?: string } {
  if (errno === -LINUX.EBADF) return { object: `with ${count} descriptors`, advice: 'one of them is not open' };
  if (errno === -LINUX.ETOOMANYREFS) {
    return {
      advice: 'more descriptors of this user are on their way than its limit allows (RLIMIT_NOFILE); receive some',
    };
  }
  return {};
}

/** A buffer object of this message's own, over the caller's bytes. */
function toBuffer(data: string | Uint8Array): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw new ArgumentError('data', data, 'a string or a Uint8Array');
}

/** Refuses a stream's message that has descriptors or credentials and no byte: the kernel would drop them silently. */
export function requireBytesForControl(parcel: Parcel): Parcel {
  if (parcel.data.length > 0 || !parcel.hasControl) return parcel;
  throw new ArgumentError('data', parcel.data.length, 'at least one byte where descriptors or credentials go along');
}
