import { ArgumentError, requireInteger, requireText } from '../../../io/argument-error.js';
import { native } from '../../../io/native.js';

/** Who a program is to run as. */
export interface Identity {
  /** A user's name, or number. Default: the present one. */
  user?: string;
  /** A group's name, or number. Default: the user's own. */
  group?: string;
}

/** (uid_t) -1 and (gid_t) -1, which stay as they are: setresuid(2). */
const AS_IT_IS = 0xffff_ffff;
/** NGROUPS_MAX of linux/limits.h. */
const MOST_GROUPS = 65_536;
const NUMBER = /^\d{1,10}$/;

/**
 * Looks an identity up: numbers of user and group, and of the supplementary groups, which are the user's own, or where the
 * user has no name the group alone.
 * @throws ArgumentError for a user or group that does not exist, or the number of a user that stands without a group.
 */
export function resolveIdentity({ user, group }: Identity): Uint32Array {
  requireText('user', user);
  requireText('group', group);
  const given = group === undefined ? undefined : groupNumber(group);
  if (user === undefined) return given === undefined ? Uint32Array.of(AS_IT_IS, AS_IT_IS) : alone(AS_IT_IS, given);
  if (NUMBER.test(user)) {
    if (given === undefined) throw new ArgumentError('group', group, 'a name or number, where the user is a number');
    return alone(requireId('user', user), given);
  }
  const [uid = AS_IT_IS, own = AS_IT_IS] = userNumbers(user);
  const gid = given ?? own;
  return Uint32Array.of(uid, gid, ...groupsOf(user, gid));
}

function alone(uid: number, gid: number): Uint32Array {
  return Uint32Array.of(uid, gid, gid);
}

function requireId(argument: string, text: string): number {
  return requireInteger(argument, Number(text), 0, AS_IT_IS - 1);
}

function userNumbers(user: string): Uint32Array {
  const numbers = new Uint32Array(2);
  if (native().findUser(user, numbers) < 0) throw new ArgumentError('user', user, 'the name or number of a user');
  return numbers;
}

function groupNumber(group: string): number {
  if (NUMBER.test(group)) return requireId('group', group);
  const gid = native().findGroup(group);
  if (gid < 0) throw new ArgumentError('group', group, 'the name or number of a group');
  return gid;
}

function groupsOf(user: string, gid: number): Uint32Array {
  const groups = new Uint32Array(MOST_GROUPS);
  return groups.subarray(0, native().findGroups(user, gid, groups));
}
