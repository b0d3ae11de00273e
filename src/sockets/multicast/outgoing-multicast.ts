import { requireObject } from '../../io/argument-error.js';
import { type DescriptorSource, descriptorOf } from '../../io/descriptor.js';
import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { setOption } from '../../io/option.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type InterfaceChoice, requireInterface } from '../datagram/endpoint.js';

/** How a socket sends multicasts. What is left out stays as it is. */
export interface OutgoingMulticast {
  /** Interface to leave by: name, index, or one of its addresses. */
  interface?: InterfaceChoice;
  /** TTL or hop limit, 0 to 255: 0 stays on this machine, 1 (the kernel's default) on the link. */
  hops?: number;
  /** Whether members on this machine receive them too. The kernel's default: true. */
  loop?: boolean;
}

const domain = new Int32Array(1);

/** Sets all that is given, for IPv4 and, on an IPv6 socket, for both: a dual socket sends both. */
export function setOutgoingMulticast(socket: DescriptorSource, outgoing: OutgoingMulticast): void {
  requireObject('multicast', outgoing);
  const descriptor = descriptorOf(socket);
  const { SOL_SOCKET, SO_DOMAIN, SO_TYPE } = LINUX;
  check(native().getIntegerOption(descriptor, SOL_SOCKET, SO_DOMAIN, domain), 'getsockopt', {
    object: 'SO_DOMAIN',
    descriptor,
  });
  const v6 = domain[0] === LINUX.AF_INET6;
  check(native().getIntegerOption(descriptor, SOL_SOCKET, SO_TYPE, domain), 'getsockopt', {
    object: 'SO_TYPE',
    descriptor,
  });
  if (!v6 || domain[0] === LINUX.SOCK_DGRAM) setV4(descriptor, outgoing);
  if (v6) setV6(descriptor, outgoing);
}

function setV4(descriptor: number, { interface: choice, hops, loop }: OutgoingMulticast): void {
  if (choice !== undefined) setOption(descriptor, 'IP_MULTICAST_IF', requireInterface('interface', choice));
  if (hops !== undefined) setOption(descriptor, 'IP_MULTICAST_TTL', hops);
  if (loop !== undefined) setOption(descriptor, 'IP_MULTICAST_LOOP', loop);
}

function setV6(descriptor: number, { interface: choice, hops, loop }: OutgoingMulticast): void {
  if (choice !== undefined) setOption(descriptor, 'IPV6_MULTICAST_IF', requireInterface('interface', choice));
  if (hops !== undefined) setOption(descriptor, 'IPV6_MULTICAST_HOPS', hops);
  if (loop !== undefined) setOption(descriptor, 'IPV6_MULTICAST_LOOP', loop);
}
