import { ArgumentError } from '../io/argument-error.js';
import { type DescriptorSource, descriptorOf } from '../io/descriptor.js';
import { check, SystemCallError } from '../io/errors.js';
import { native } from '../io/native.js';
import { getOption } from '../io/option.js';
import { LINUX } from '../wire/constants.generated.js';
import type { Family } from '../wire/ip-address.js';

const DOMAIN = { 4: 'inet', 6: 'inet6' } as const satisfies Record<Family, string>;
const PROTOCOL = { 4: 'icmp', 6: 'icmpv6' } as const satisfies Record<Family, string>;

/**
 * The ICMP socket of `family` among those that somebody else has opened, for one a privileged helper: a duplicate, so that
 * the caller's stays open.
 * @throws ArgumentError where there is none.
 * @throws SystemCallError EAFNOSUPPORT where there is none of this family and there is one of the other.
 */
export function takeOpened(
  family: Family,
  sockets: readonly DescriptorSource[],
): { kind: 'raw' | 'ping'; descriptor: number } {
  for (const socket of sockets) {
    const descriptor = descriptorOf(socket);
    if (getOption(descriptor, 'SO_DOMAIN') !== DOMAIN[family]) continue;
    return { kind: kindOf(descriptor, family), descriptor: check(native().duplicate(descriptor), 'fcntl') };
  }
  if (sockets.length === 0) throw new ArgumentError('sockets', sockets, 'ICMP sockets, at least one');
  throw new SystemCallError(-LINUX.EAFNOSUPPORT, 'socket', { advice: `no socket of IPv${family} was given` });
}

function kindOf(descriptor: number, family: Family): 'raw' | 'ping' {
  const [type, protocol] = [getOption(descriptor, 'SO_TYPE'), getOption(descriptor, 'SO_PROTOCOL')];
  const isIcmp = protocol === PROTOCOL[family];
  if (isIcmp && type === 'raw') return 'raw';
  if (isIcmp && type === 'dgram') return 'ping';
  throw new ArgumentError('sockets', `descriptor ${descriptor} (${type}, ${protocol})`, 'raw or datagram ICMP sockets');
}
