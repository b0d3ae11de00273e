import type { PeerCredentials } from '../peer-credentials.js';

/** True for a process of root's, or of the user that this one runs as. */
export function trustsSameUser({ uid }: PeerCredentials): boolean {
  return uid === 0 || uid === process.geteuid?.();
}
