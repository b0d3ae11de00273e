import { ArgumentError } from '../../../io/argument-error.js';
import { native } from '../../../io/native.js';

/** Who a program is to run as. */
export interface Identity {
  /** A user's name, or number. Default: the present one. */
  user?: string;
  /** A group's name, or number. Default: the user's own. */
  group?: string;
}

/** Numbers of an identity, looked up before anything is changed. */
export interface ResolvedIdentity {
  user: string | undefined;
  uid: number | undefined;
  gid: number | string | undefined;
}

/** initgroups(3), which @types/node does not have. */
type ProcessWithGroups = NodeJS.Process & { initgroups(user: string, group: string | number): void };

const NUMBER = /^\d{1,10}$/;

/**
 * Looks an identity up.
 * @throws ArgumentError for a user that does not exist, or a number that stands without a group.
 */
export function resolveIdentity({ user, group }: Identity): ResolvedIdentity {
  const gid = group !== undefined && NUMBER.test(group) ? Number(group) : group;
  if (user === undefined) return { user, uid: undefined, gid };
  if (NUMBER.test(user)) {
    if (gid === undefined) throw new ArgumentError('group', group, 'a name or number, where the user is a number');
    return { user, uid: Number(user), gid };
  }
  const identity = new Uint32Array(2);
  if (native().findUser(user, identity) < 0) throw new ArgumentError('user', user, 'the name or number of a user');
  return { user, uid: identity[0], gid: gid ?? identity[1] };
}

/**
 * Becomes another user for good, with the groups of that user. Groups go first: without the privilege they could not any more.
 * @throws Error EPERM where this process is not privileged.
 */
export function assumeIdentity({ user, uid, gid }: ResolvedIdentity): void {
  if (gid !== undefined) {
    if (user === undefined || NUMBER.test(user)) process.setgroups?.([gid]);
    else (process as ProcessWithGroups).initgroups(user, gid);
    process.setgid?.(gid);
  }
  if (uid !== undefined) process.setuid?.(uid);
}
