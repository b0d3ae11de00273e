import { EventEmitter } from 'node:events';
import { ArgumentError, requireArray, requireObject } from '../../io/argument-error.js';
import type { DescriptorSource } from '../../io/descriptor.js';
import { SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import type { FilterMode } from '../../wire/group-filter.js';
import type { IpAddress } from '../../wire/ip-address.js';
import type { InterfaceChoice } from '../datagram/endpoint.js';
import { ChosenInterfaces } from './chosen-interface.js';
import { CANNOT_JOIN, LEFT_ALREADY, succeeds } from './excused-errors.js';
import {
  type GroupOnInterface,
  requireFamilyOfSocket,
  requireGroup,
  requireGroupOnInterface,
  requireSource,
  withoutScope,
} from './group-argument.js';
import { readGroupState } from './group-state.js';
import { InterfaceFollower, type JoinOutcome } from './interface-follower.js';
import { isListenedTo, listGroups } from './interface-groups.js';
import { JoinedPlaces, placeKey } from './joined-places.js';
import { blockSource, isJoined, joinGroup, leaveGroup, setGroupFilter } from './membership-calls.js';
import { type OutgoingMulticast, setOutgoingMulticast } from './outgoing-multicast.js';

/** Where a membership is. */
export interface GroupOptions {
  /**
   * By name, index or one of its addresses; `all`: every interface that can multicast, also those that come later. Default:
   * the zone of the group's address, else the interface that the socket is bound to (SO_BINDTODEVICE), else that which the
   * kernel's routes lead to; later calls without one mean the same membership, wherever routes lead then.
   */
  interface?: InterfaceChoice | 'all';
}

export interface MembershipOptions extends GroupOptions {
  /** Only this source: source-specific multicast (RFC 4607). Join again for another one. Default: any source. */
  source?: string | IpAddress;
}

/** A socket's membership of a group on one interface, as the kernel has it. */
export interface Membership {
  group: IpAddress;
  interfaceIndex: number;
  interfaceName: string;
  /** `exclude` without sources: any source. */
  mode: FilterMode;
  sources: IpAddress[];
}

/** The group memberships of one socket: our own, a dgram.Socket, or any descriptor of a UDP or raw IP socket. */
export class Multicast {
  private readonly socket: DescriptorSource;
  private readonly chosen: ChosenInterfaces;
  private readonly places: JoinedPlaces;
  private readonly followers = new Map<string, InterfaceFollower>();

  constructor(socket: DescriptorSource) {
    this.socket = socket;
    this.places = new JoinedPlaces(socket);
    this.chosen = new ChosenInterfaces(socket);
    if (socket instanceof EventEmitter) socket.once('close', () => this.stopFollowing());
  }

  /**
   * Begins to receive what is sent to a group. What arrives for it on the socket's port is received on that interface only.
   * @throws ArgumentError for a group that is no multicast address, an interface that is not there, or a source for a group
   * that is joined for any; MembershipLimitError where a sysctl allows no more; SystemCallError EADDRINUSE where it is
   * joined already, EADDRNOTAVAIL where the source is.
   */
  join(group: string | IpAddress, options: MembershipOptions = {}): void {
    const source = this.sourceOf(group, options);
    const { interface: choice } = options;
    if (choice === 'all') {
      this.follow(requireGroup(group), source);
      return;
    }
    const place = this.place(group, choice);
    const key = placeKey(requireGroup(group), choice);
    this.places.leaveVanished(key);
    joinGroup(this.socket, place, source);
    this.places.remember(key, place, source);
  }

  /**
   * Ends what `join` with the same arguments began, also on an interface that is gone since, or has another name.
   * @throws SystemCallError EADDRNOTAVAIL where there is no membership.
   */
  leave(group: string | IpAddress, options: MembershipOptions = {}): void {
    const source = this.sourceOf(group, options);
    const { interface: choice } = options;
    if (choice === 'all') {
      this.unfollow(requireGroup(group), source);
      return;
    }
    const key = placeKey(requireGroup(group), choice);
    if (this.places.leaveVanished(key, source)) return;
    const place = this.places.find(key, source) ?? this.place(group, choice);
    this.places.forget(key, source);
    this.leaveOne(place, source);
  }

  /** Keeps one source of a group out that is joined for any source. */
  block(group: string | IpAddress, source: string | IpAddress, options: GroupOptions = {}): void {
    this.setBlocked(group, source, options, true);
  }

  /** Lets a source that was blocked in again. */
  unblock(group: string | IpAddress, source: string | IpAddress, options: GroupOptions = {}): void {
    this.setBlocked(group, source, options, false);
  }

  /**
   * Puts the whole membership into a state at once: only `sources` (`include`), or all but them (`exclude`). It joins where
   * there is no membership, and `include` without sources leaves.
   */
  setFilter(
    group: string | IpAddress,
    mode: FilterMode,
    sources: readonly (string | IpAddress)[],
    options: GroupOptions = {},
  ): void {
    if (mode !== 'include' && mode !== 'exclude') throw new ArgumentError('mode', mode, "'include' or 'exclude'");
    const address = requireGroup(group);
    const checked = requireArray('sources', sources).map(source => requireSource(source, address));
    const once = [...new Map(checked.map(source => [source.value, source])).values()];
    const choice = single(options);
    const key = placeKey(address, choice);
    const leaves = mode === 'include' && once.length === 0;
    if (leaves && this.places.leaveVanished(key)) return;
    const place = this.place(group, choice);
    setGroupFilter(this.socket, place, { mode, sources: once });
    if (leaves) this.places.forget(key, undefined);
    else this.places.remember(key, place, undefined);
  }

  /** The socket's memberships, asked of the kernel: for every group that an interface listens to, whether this socket is in it. */
  memberships(): Membership[] {
    return listGroups().flatMap(({ group, interfaceIndex, interfaceName }) => {
      const state = readGroupState(this.socket, { group, interfaceIndex });
      return state === undefined ? [] : [{ group, interfaceIndex, interfaceName, ...state }];
    });
  }

  /** How multicasts are sent: interface, hops, and whether this machine receives them too. */
  setOutgoing(outgoing: OutgoingMulticast): void {
    setOutgoingMulticast(this.socket, outgoing);
  }

  /** Follows interfaces no more; the memberships stay. A socket's 'close' event does this. */
  stopFollowing(): void {
    for (const follower of this.followers.values()) follower.stop();
    this.followers.clear();
  }

  private sourceOf(group: string | IpAddress, options: MembershipOptions): IpAddress | undefined {
    const { source } = requireObject('options', options);
    return source === undefined ? undefined : requireSource(source, requireGroup(group));
  }

  /** Where the group is joined on all interfaces too, the membership goes on as one of those. */
  private leaveOne(membership: GroupOnInterface, source: IpAddress | undefined): void {
    const follower = this.followers.get(keyOf(membership.group, source));
    if (!follower?.takeOver(membership.interfaceIndex)) leaveGroup(this.socket, membership, source);
  }

  /** The group, and the interface that is given or chosen. */
  private place(group: string | IpAddress, choice: InterfaceChoice | undefined): GroupOnInterface {
    const given = requireGroupOnInterface(group, choice);
    requireFamilyOfSocket(this.socket, given.group);
    return given.interfaceIndex > 0 ? given : { ...given, interfaceIndex: this.chosen.of(given.group) };
  }

  private setBlocked(
    group: string | IpAddress,
    source: string | IpAddress,
    options: GroupOptions,
    blocked: boolean,
  ): void {
    const checked = requireSource(source, requireGroup(group));
    blockSource(this.socket, this.place(group, single(options)), checked, blocked);
  }

  private follow(scoped: IpAddress, source: IpAddress | undefined): void {
    const group = withoutScope(scoped);
    requireFamilyOfSocket(this.socket, group);
    const key = keyOf(group, source);
    if (this.followers.has(key))
      throw new ArgumentError('group', group.toString(), 'a group that is not joined on all yet');
    const follower = new InterfaceFollower({
      join: interfaceIndex => this.joinOneOfAll({ group, interfaceIndex }, source),
      listens: interfaceIndex => isListenedTo({ group, interfaceIndex }),
      leave: interfaceIndex => succeeds(LEFT_ALREADY, () => leaveGroup(this.socket, { group, interfaceIndex }, source)),
      onError: error => this.failed(key, error),
    });
    this.followers.set(key, follower);
  }

  private joinOneOfAll(membership: GroupOnInterface, source: IpAddress | undefined): JoinOutcome {
    if (isJoined(this.socket, membership, source)) return 'shared';
    return succeeds(CANNOT_JOIN, () => joinGroup(this.socket, membership, source)) ? 'own' : 'none';
  }

  private unfollow(scoped: IpAddress, source: IpAddress | undefined): void {
    const key = keyOf(withoutScope(scoped), source);
    const follower = this.followers.get(key);
    if (follower === undefined) throw new ArgumentError('group', scoped.toString(), 'a group that is joined on all');
    this.followers.delete(key);
    follower.close();
  }

  /** A socket that was closed ends it; a limit is told. */
  private failed(key: string, error: unknown): void {
    if (error instanceof SystemCallError) process.emitWarning(error);
    else this.followers.get(key)?.stop();
  }
}

const known = new WeakMap<object, Multicast>();

/** The memberships of any UDP or raw IP socket: a dgram.Socket, one of ours, or a descriptor. */
export function multicast(socket: DescriptorSource): Multicast {
  native();
  if (typeof socket === 'number') return new Multicast(socket);
  requireObject('socket', socket, 'a socket or a descriptor');
  const memberships = known.get(socket) ?? new Multicast(socket);
  known.set(socket, memberships);
  return memberships;
}

function single(options: GroupOptions): InterfaceChoice | undefined {
  const { interface: choice } = requireObject('options', options);
  if (choice === 'all') throw new ArgumentError('interface', choice, 'one interface for a filter; join it on each');
  return choice;
}

function keyOf(group: IpAddress, source: IpAddress | undefined): string {
  return `${group} ${source ?? '*'}`;
}
