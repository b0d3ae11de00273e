import { native, type ResultOrErrno } from '../../io/native.js';
import { type MissingPermission, missingPermission, type Permission } from '../../io/permission.js';
import { errnoName } from '../../wire/errno.js';

/** One thing that this process may do or not, found by trying it. */
export interface Finding {
  type: 'capability';
  /** A stable word: raw-icmp, ping-socket-ipv6, transmit-stamps, ... */
  name: string;
  /** What it is good for, in a few words. */
  about: string;
  allowed: boolean;
  /** Why not: the call that failed with its errno, and what is missing. null where it is allowed. */
  reason: string | null;
  /** The exact command that mends it; null where it is allowed, or where no command can. */
  mend: string | null;
}

/** What a check found. */
export type Verdict = { allowed: true } | { allowed: false; reason: string; mend: string | null };

export const ALLOWED: Verdict = { allowed: true };

/** One thing to try. `attempt` leaves nothing behind. */
export interface Check {
  name: string;
  about: string;
  attempt(): Verdict | Promise<Verdict>;
}

/** A call that the kernel refused, and what would help if permission is what lacks. */
export function refused(call: string, result: ResultOrErrno, permission?: Permission): Verdict {
  const code = errnoName(-result) ?? `E${-result}`;
  const failed = `${call}: ${code}, ${native().errnoMessage(-result)}`;
  const isPermission = code === 'EPERM' || code === 'EACCES';
  if (permission === undefined || !isPermission) return { allowed: false, reason: failed, mend: null };
  const { missing, remedy } = whatHelps(permission);
  return { allowed: false, reason: `${failed}; needs ${missing}`, mend: remedy };
}

/** Root without a capability is in a container: file capabilities cannot give what its bounding set lacks. */
function whatHelps(permission: Permission): MissingPermission {
  const help = missingPermission(permission);
  const isRoot = process.geteuid?.() === 0;
  if (!isRoot || !permission.startsWith('CAP_')) return help;
  const name = permission.replace('CAP_', '');
  return { missing: `${permission}, which this container does not have`, remedy: `docker run --cap-add=${name} ...` };
}
