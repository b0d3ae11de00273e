import type { DescriptorSource } from '../../io/descriptor.js';
import { native } from '../../io/native.js';
import type { IpAddress } from '../../wire/ip-address.js';
import type { InterfaceChoice } from '../datagram/endpoint.js';
import { LEFT_ALREADY, succeeds } from './excused-errors.js';
import { type GroupOnInterface, withoutScope } from './group-argument.js';
import { leaveGroup } from './membership-calls.js';

interface JoinedPlace extends GroupOnInterface {
  /** The sources it was joined for; undefined: any. */
  sources: Set<bigint | undefined>;
}

/**
 * Where groups were joined, by what the calls named. The kernel keeps a socket's membership of an interface that is gone, and
 * counts it against the limit, but no name, address or route leads there any more.
 */
export class JoinedPlaces {
  private readonly places = new Map<string, JoinedPlace>();

  constructor(private readonly socket: DescriptorSource) {}

  /** A place with index 0, which is the kernel's choice and no interface, is not kept. */
  remember(key: string, { group, interfaceIndex }: GroupOnInterface, source: IpAddress | undefined): void {
    if (interfaceIndex === 0) return;
    const known = this.places.get(key);
    const sources = known?.interfaceIndex === interfaceIndex ? known.sources : new Set<bigint | undefined>();
    this.places.set(key, { group, interfaceIndex, sources: sources.add(source?.value) });
  }

  /** One source was left, or everything. @returns whether nothing is joined there any more. */
  forget(key: string, source: IpAddress | undefined): boolean {
    const sources = this.places.get(key)?.sources;
    sources?.delete(source?.value);
    if (source !== undefined && sources !== undefined && sources.size > 0) return false;
    this.places.delete(key);
    return true;
  }

  /** Where a group was joined, for this source if one is given. */
  find(key: string, source: IpAddress | undefined): GroupOnInterface | undefined {
    const place = this.places.get(key);
    return source === undefined || place?.sources.has(source.value) ? place : undefined;
  }

  /**
   * Leaves on an interface that is gone. Single sources the kernel does not take from such a membership: ip_mc_source() of
   * net/ipv4/igmp.c wants the interface.
   * @returns whether the group was joined there.
   */
  leaveVanished(key: string, source?: IpAddress): boolean {
    const place = this.find(key, source);
    if (place === undefined || native().interfaceName(place.interfaceIndex) !== undefined) return false;
    if (this.forget(key, source)) succeeds(LEFT_ALREADY, () => leaveGroup(this.socket, place, undefined));
    return true;
  }
}

/** What a call names: `ff02::fb%eth0` is `ff02::fb` on eth0. */
export function placeKey(group: IpAddress, choice: InterfaceChoice | undefined): string {
  return `${withoutScope(group)} ${choice ?? group.scope ?? ''}`;
}
