import { ArgumentError } from '../../io/argument-error.js';
import type { DescriptorSource } from '../../io/descriptor.js';
import { native } from '../../io/native.js';
import { getOption } from '../../io/option.js';
import type { IpAddress } from '../../wire/ip-address.js';
import { isNoRoute, lookUpRoute } from '../netlink/route-lookup.js';
import { readGroupState } from './group-state.js';

/**
 * Which interface a call means that names none. The kernel chooses one by its routes when a group is joined, but does not
 * find that membership again without being told where it is: ip_mc_gsfget() of net/ipv4/igmp.c and ip6_mc_msfget() of
 * net/ipv6/mcast.c compare the index as it is given, and routes may have changed since.
 */
export class ChosenInterfaces {
  private readonly chosen = new Map<string, number>();

  constructor(private readonly socket: DescriptorSource) {}

  /**
   * The index of the interface on which calls without one have a membership of the group, else of that which the socket is
   * bound to, for it hears no other, else of that which routes lead to.
   * @throws ArgumentError where no route leads to the group.
   */
  of(group: IpAddress): number {
    const key = group.toString();
    const known = this.chosen.get(key);
    if (known !== undefined && readGroupState(this.socket, { group, interfaceIndex: known }) !== undefined)
      return known;
    const interfaceIndex = boundInterface(this.socket) ?? interfaceByRoute(group);
    this.chosen.set(key, interfaceIndex);
    return interfaceIndex;
  }
}

function boundInterface(socket: DescriptorSource): number | undefined {
  const index = native().interfaceIndex(getOption(socket, 'SO_BINDTODEVICE'));
  return index > 0 ? index : undefined;
}

/** 0, by which the kernel looks itself, where this process may not ask for routes. */
function interfaceByRoute(group: IpAddress): number {
  try {
    return lookUpRoute({ destination: group })?.interfaceIndex ?? 0;
  } catch (error) {
    if (!isNoRoute(error)) return 0;
    throw new ArgumentError('interface', undefined, `a name, index or address, as no route leads to ${group}`);
  }
}
