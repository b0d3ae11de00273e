import { ArgumentError } from '../../io/argument-error.js';
import { type DescriptorSource, descriptorOf } from '../../io/descriptor.js';
import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { IpAddress } from '../../wire/ip-address.js';
import { type InterfaceChoice, requireAddress, requireInterface } from '../datagram/endpoint.js';

/** A group on an interface, checked. */
export interface GroupOnInterface {
  /** Without a scope: the interface stands beside it. */
  group: IpAddress;
  /** 0: the kernel chooses by its routes. */
  interfaceIndex: number;
}

/** The multicast group that `value` is. */
export function requireGroup(value: string | IpAddress): IpAddress {
  const group = requireAddress('group', value);
  if (group.isMulticast) return group;
  throw new ArgumentError('group', group.toString(), 'a multicast address: in 224.0.0.0/4 or ff00::/8');
}

/** A source of a group: one host's address, of the group's family. */
export function requireSource(value: string | IpAddress, group: IpAddress): IpAddress {
  const source = requireAddress('source', value);
  const usable = source.family === group.family && !source.isMulticast && !source.isUnspecified && !source.isBroadcast;
  if (usable) return withoutScope(source);
  throw new ArgumentError('source', source.toString(), `the IPv${group.family} address of one host`);
}

/** The group and the interface, which a link-local group may name in its own text: `ff02::fb%eth0`. */
export function requireGroupOnInterface(
  group: string | IpAddress,
  choice: InterfaceChoice | undefined,
): GroupOnInterface {
  const address = requireGroup(group);
  const wanted = choice ?? address.scope;
  const interfaceIndex = wanted === undefined ? 0 : requireInterface('interface', wanted);
  return { group: withoutScope(address), interfaceIndex };
}

const domain = new Int32Array(1);

/** Refuses a group of a family that the socket cannot join: an IPv6 UDP socket takes both, an IPv6 raw socket its own only. */
export function requireFamilyOfSocket(socket: DescriptorSource, group: IpAddress): void {
  const { family } = group;
  const descriptor = descriptorOf(socket);
  const ask = (option: number, object: string): number => {
    check(native().getIntegerOption(descriptor, LINUX.SOL_SOCKET, option, domain), 'getsockopt', {
      object,
      descriptor,
    });
    return domain[0] ?? 0;
  };
  const v6 = ask(LINUX.SO_DOMAIN, 'SO_DOMAIN') === LINUX.AF_INET6;
  if (family === (v6 ? 6 : 4)) return;
  if (v6 && ask(LINUX.SO_TYPE, 'SO_TYPE') === LINUX.SOCK_DGRAM) return;
  throw new ArgumentError('group', group.toString(), `groups of the socket's own family, IPv${v6 ? 6 : 4}`);
}

/** The same address without its zone. */
export function withoutScope(address: IpAddress): IpAddress {
  return address.scope === undefined ? address : IpAddress.fromValue(address.family, address.value);
}
