import { type ErrnoName, errnoName } from '../wire/errno.js';

/** What this host says when it refuses to send, in the manner of `icmpErrorName`. */
const WORDS: Partial<Record<ErrnoName, string>> = {
  EPERM: 'operation-not-permitted',
  EACCES: 'permission-denied',
  EINVAL: 'invalid-argument',
  EMSGSIZE: 'message-too-long',
  ENOBUFS: 'no-buffer-space',
  ENOMEM: 'out-of-memory',
  ENODEV: 'no-such-device',
  ENETDOWN: 'network-down',
  ENETUNREACH: 'network-unreachable',
  EHOSTDOWN: 'host-down',
  EHOSTUNREACH: 'host-unreachable',
  EADDRNOTAVAIL: 'address-not-available',
  EAFNOSUPPORT: 'address-family-not-supported',
  ECONNREFUSED: 'connection-refused',
};

/** A stable word for an errno; one that has none of its own is its name in lower case. */
export function localErrorName(errno: number): string {
  const name = errnoName(errno);
  if (name === undefined) return 'unknown-error';
  return WORDS[name] ?? name.toLowerCase();
}
