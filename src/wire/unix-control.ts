import { hostUint32, setHostUint32 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { controlMessageSpace, walkControlMessages } from './control-message.js';
import { FieldValueError, requireUint } from './field-value-error.js';

/** Who sent, or is to be said to have sent: `struct ucred` of unix(7). */
export interface UnixCredentials {
  /** Process id; 0 where the sender lives in a pid namespace that the receiver cannot see. */
  pid: number;
  uid: number;
  gid: number;
}

/** What the control data of one received message hold. */
export interface UnixControl {
  /** SCM_RIGHTS, in the order in which they were sent. */
  descriptors: number[];
  /** SCM_CREDENTIALS. */
  credentials?: UnixCredentials;
  /** SCM_PIDFD: a descriptor of the sender's process. */
  pidfd?: number;
  /** SCM_SECURITY. */
  securityLabel?: string;
}

/** The most descriptors that one message may carry: SCM_MAX_FD of the kernel's include/net/scm.h. */
export const MAXIMUM_DESCRIPTORS = LINUX.SCM_MAX_FD;

const INT = 4;
const LONGEST_LABEL = 256;

/** Gives credentials back if `struct ucred` can hold them. @throws FieldValueError */
export function requireCredentials(credentials: UnixCredentials): UnixCredentials {
  if (typeof credentials !== 'object' || credentials === null) {
    throw new FieldValueError('credentials', credentials, 'pid, uid and gid');
  }
  requireUint('pid', credentials.pid, 31);
  requireUint('uid', credentials.uid, 32);
  requireUint('gid', credentials.gid, 32);
  return credentials;
}

/** Room for everything that may come with one message: all descriptors, credentials, a pidfd and a label. */
export const UNIX_CONTROL_SPACE =
  controlMessageSpace(MAXIMUM_DESCRIPTORS * INT) +
  controlMessageSpace(LINUX.sizeof_ucred) +
  controlMessageSpace(INT) +
  controlMessageSpace(LONGEST_LABEL);

/** Refuses more descriptors than the kernel takes in one message. */
export function requireDescriptorCount(count: number): number {
  if (count <= MAXIMUM_DESCRIPTORS) return count;
  throw new FieldValueError('descriptors', count, `at most ${MAXIMUM_DESCRIPTORS} in one message`);
}

/**
 * Writes the control messages for descriptors and credentials at `at` of flat memory, which must have room.
 * @returns the bytes written; 0 where there is nothing to say.
 */
export function writeUnixControl(
  bytes: Uint8Array,
  at: number,
  descriptors: readonly number[],
  credentials?: UnixCredentials,
): number {
  let end = at;
  if (descriptors.length > 0) {
    const data = writeHeader(bytes, end, LINUX.SCM_RIGHTS, descriptors.length * INT);
    for (let index = 0; index < descriptors.length; index++) {
      setHostUint32(bytes, data + index * INT, descriptors[index] ?? 0);
    }
    end += controlMessageSpace(descriptors.length * INT);
  }
  if (credentials !== undefined) {
    writeCredentials(bytes, writeHeader(bytes, end, LINUX.SCM_CREDENTIALS, LINUX.sizeof_ucred), credentials);
    end += controlMessageSpace(LINUX.sizeof_ucred);
  }
  return end - at;
}

/** The control messages for descriptors and credentials, as sendmsg(2) takes them; null where there is nothing to say. */
export function encodeUnixControl(descriptors: readonly number[], credentials?: UnixCredentials): Uint8Array | null {
  if (descriptors.length === 0 && credentials === undefined) return null;
  const bytes = new Uint8Array(controlMessageSpace(descriptors.length * INT) + controlMessageSpace(LINUX.sizeof_ucred));
  return bytes.subarray(0, writeUnixControl(bytes, 0, descriptors, credentials));
}

/**
 * What came between `start` and `end` of the control data of a message. Types that are not known are passed over.
 * @throws WireFormatError for a malformed length.
 */
export function decodeUnixControl(bytes: Uint8Array, start: number, end: number): UnixControl {
  const control: UnixControl = { descriptors: [] };
  walkControlMessages(bytes, start, end, (level, type, from, to) => {
    if (level === LINUX.SOL_SOCKET) take(control, type, bytes, from, to);
  });
  return control;
}

function take(control: UnixControl, type: number, bytes: Uint8Array, from: number, to: number): void {
  if (type === LINUX.SCM_RIGHTS) {
    for (let at = from; at + INT <= to; at += INT) control.descriptors.push(hostInt32(bytes, at));
  } else if (type === LINUX.SCM_CREDENTIALS && to - from >= LINUX.sizeof_ucred) {
    control.credentials = decodeCredentials(bytes, from);
  } else if (type === LINUX.SCM_PIDFD && to - from >= INT) {
    // The kernel puts a negated errno here where it could not make one (net/core/scm.c, scm_pidfd_recv).
    const pidfd = hostInt32(bytes, from);
    if (pidfd >= 0) control.pidfd = pidfd;
  } else if (type === LINUX.SCM_SECURITY) {
    control.securityLabel = decodeLabel(bytes, from, to);
  }
}

/** The `struct ucred` at `at`, which must be whole. */
function decodeCredentials(bytes: Uint8Array, at: number): UnixCredentials {
  return {
    pid: hostInt32(bytes, at + LINUX.offsetof_ucred_pid),
    uid: hostUint32(bytes, at + LINUX.offsetof_ucred_uid),
    gid: hostUint32(bytes, at + LINUX.offsetof_ucred_gid),
  };
}

/** The text of a security label, which may or may not end with a NUL. */
export function decodeLabel(bytes: Uint8Array, start: number, end: number): string {
  const label = bytes.subarray(start, end);
  const terminator = label.indexOf(0);
  return new TextDecoder().decode(terminator < 0 ? label : label.subarray(0, terminator));
}

function writeCredentials(bytes: Uint8Array, at: number, credentials: UnixCredentials): void {
  const { pid, uid, gid } = requireCredentials(credentials);
  setHostUint32(bytes, at + LINUX.offsetof_ucred_pid, pid);
  setHostUint32(bytes, at + LINUX.offsetof_ucred_uid, uid);
  setHostUint32(bytes, at + LINUX.offsetof_ucred_gid, gid);
}

/** @returns where the data begin. */
function writeHeader(bytes: Uint8Array, at: number, type: number, dataLength: number): number {
  const header = LINUX.sizeof_cmsghdr;
  // Memory that is used again holds what was there before: the upper half of cmsg_len and the padding must be zero.
  bytes.fill(0, at, at + controlMessageSpace(dataLength));
  setHostUint32(bytes, at + LINUX.offsetof_cmsghdr_cmsg_len, header + dataLength);
  setHostUint32(bytes, at + LINUX.offsetof_cmsghdr_cmsg_level, LINUX.SOL_SOCKET);
  setHostUint32(bytes, at + LINUX.offsetof_cmsghdr_cmsg_type, type);
  return at + header;
}

function hostInt32(bytes: Uint8Array, at: number): number {
  return hostUint32(bytes, at) | 0;
}
