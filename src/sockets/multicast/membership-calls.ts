import { ArgumentError } from '../../io/argument-error.js';
import { type DescriptorSource, descriptorOf } from '../../io/descriptor.js';
import { SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { setOption } from '../../io/option.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { FilterMode } from '../../wire/group-filter.js';
import type { IpAddress } from '../../wire/ip-address.js';
import type { GroupOnInterface } from './group-argument.js';
import { type GroupState, readGroupState } from './group-state.js';
import { limitOf, MembershipLimitError, readSysctl } from './membership-limit-error.js';

/** What is set, by the kernel's names: RFC 3678 section 5.1. */
type GroupCall = 'MCAST_JOIN_GROUP' | 'MCAST_LEAVE_GROUP';
type SourceCall =
  | 'MCAST_JOIN_SOURCE_GROUP'
  | 'MCAST_LEAVE_SOURCE_GROUP'
  | 'MCAST_BLOCK_SOURCE'
  | 'MCAST_UNBLOCK_SOURCE';

/** Whether a socket has joined a group for any source, or for this one. */
export function isJoined(
  socket: DescriptorSource,
  membership: GroupOnInterface,
  source: IpAddress | undefined,
): boolean {
  const state = readGroupState(socket, membership);
  if (source === undefined) return state?.mode === 'exclude';
  return state?.mode === 'include' && state.sources.some(each => each.equals(source));
}

/** Joins a group for any source, or for one more source. */
export function joinGroup(socket: DescriptorSource, membership: GroupOnInterface, source: IpAddress | undefined): void {
  if (source === undefined) {
    callGroup(socket, 'MCAST_JOIN_GROUP', membership);
  } else {
    refuseOtherMode(socket, membership, source, 'include');
    callSource(socket, 'MCAST_JOIN_SOURCE_GROUP', membership, source);
  }
}

/** Leaves a group altogether, or one of the sources that it was joined for. */
export function leaveGroup(
  socket: DescriptorSource,
  membership: GroupOnInterface,
  source: IpAddress | undefined,
): void {
  if (source === undefined) {
    callGroup(socket, 'MCAST_LEAVE_GROUP', membership);
  } else if (refuseOtherMode(socket, membership, source, 'include') === undefined) {
    // For a source the kernel says EINVAL; for the group, that there is no membership.
    callGroup(socket, 'MCAST_LEAVE_GROUP', membership);
  } else {
    callSource(socket, 'MCAST_LEAVE_SOURCE_GROUP', membership, source);
  }
}

/** Keeps a source of an any-source membership out, or lets it in again. */
export function blockSource(
  socket: DescriptorSource,
  membership: GroupOnInterface,
  source: IpAddress,
  blocked: boolean,
): void {
  if (refuseOtherMode(socket, membership, source, 'exclude') === undefined) {
    const { group, interfaceIndex } = membership;
    const name = native().interfaceName(interfaceIndex) ?? interfaceIndex;
    throw new ArgumentError('group', group.toString(), `a group that is joined on ${name} for any source`);
  }
  callSource(socket, blocked ? 'MCAST_BLOCK_SOURCE' : 'MCAST_UNBLOCK_SOURCE', membership, source);
}

/**
 * Puts a membership into a state: joins where there is none, leaves for an empty include list. The kernel changes the
 * filter of a membership at once and as a whole, but wants one to be there (net/ipv4/igmp.c, ip_mc_msfilter()).
 */
export function setGroupFilter(
  socket: DescriptorSource,
  membership: GroupOnInterface,
  { mode, sources }: GroupState,
): void {
  const member = readGroupState(socket, membership) !== undefined;
  const [first] = sources;
  if (mode === 'include' && first === undefined) {
    if (member) callGroup(socket, 'MCAST_LEAVE_GROUP', membership);
    return;
  }
  if (!member) joinGroup(socket, membership, mode === 'include' ? first : undefined);
  try {
    callFilter(socket, membership, { mode, sources });
  } catch (error) {
    if (!member) callGroup(socket, 'MCAST_LEAVE_GROUP', membership);
    throw error;
  }
}

/**
 * A source-specific call on an any-source membership, or the other way round, says EINVAL: this says why.
 * @returns the mode, undefined where there is no membership.
 */
function refuseOtherMode(
  socket: DescriptorSource,
  membership: GroupOnInterface,
  source: IpAddress,
  wanted: FilterMode,
): FilterMode | undefined {
  const state = readGroupState(socket, membership);
  if (state === undefined || state.mode === wanted) return state?.mode;
  const { group } = membership;
  throw new ArgumentError(
    'source',
    source.toString(),
    state.mode === 'exclude'
      ? `none: ${group} is joined for any source; block sources, or set a filter`
      : `none: ${group} is joined for named sources; join and leave them, or set a filter`,
  );
}

function callGroup(socket: DescriptorSource, call: GroupCall, { group, interfaceIndex }: GroupOnInterface): void {
  explainLimits(socket, { group, interfaceIndex }, call, () =>
    setOption(socket, call, { group, interface: interfaceIndex }),
  );
}

function callSource(
  socket: DescriptorSource,
  call: SourceCall,
  { group, interfaceIndex }: GroupOnInterface,
  source: IpAddress,
): void {
  explainLimits(socket, { group, interfaceIndex }, call, () =>
    setOption(socket, call, { group, source, interface: interfaceIndex }),
  );
}

function callFilter(socket: DescriptorSource, { group, interfaceIndex }: GroupOnInterface, state: GroupState): void {
  explainLimits(socket, { group, interfaceIndex }, 'MCAST_MSFILTER', () =>
    setOption(socket, 'MCAST_MSFILTER', {
      multiaddr: group,
      interface: interfaceIndex,
      fmode: state.mode,
      slist: state.sources,
    }),
  );
}

const EXHAUSTED: readonly number[] = [LINUX.ENOBUFS, LINUX.ENOMEM];

function explainLimits(socket: DescriptorSource, membership: GroupOnInterface, call: string, set: () => void): void {
  try {
    set();
  } catch (error) {
    if (!(error instanceof SystemCallError) || !EXHAUSTED.includes(-error.errno)) throw error;
    const { group } = membership;
    const member = readGroupState(socket, membership);
    const sources = call === 'MCAST_MSFILTER' || (member !== undefined && isFull(group, member));
    const sysctl = limitOf(group.family, sources ? 'sources' : 'groups');
    throw new MembershipLimitError(error.errno, error.syscall, sysctl, {
      object: `${call} ${group}`,
      descriptor: descriptorOf(socket),
    });
  }
}

function isFull(group: IpAddress, { sources }: GroupState): boolean {
  return sources.length >= (readSysctl(limitOf(group.family, 'sources')) ?? 0);
}
