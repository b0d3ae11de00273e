import { check, SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import type { EncodedOption } from '../../io/option-settings.js';
import { LINUX } from '../../wire/constants.generated.js';
import { adviceOnZone, encodeEndpoint, endpointDetails, type IpEndpoint } from './ip-endpoint.js';

/** What socket(2) is asked for. */
export interface SocketSpecification {
  family: number;
  type: number;
  protocol: number;
}

/** Runs `use` on a new socket, which is closed if that throws: nothing half-made is ever left behind. */
export function withNewSocket<Result>(
  { family, type, protocol }: SocketSpecification,
  use: (descriptor: number) => Result,
): Result {
  const descriptor = native().socket(family, type, protocol);
  if (descriptor < 0) throw new SystemCallError(descriptor, 'socket');
  try {
    return use(descriptor);
  } catch (error) {
    native().close(descriptor);
    throw error;
  }
}

/**
 * The options that a socket of `family` can have. Options of IPv6 are left out on a socket of IPv4 where resolution chose
 * the family, so that a caller can give both IP_TOS and IPV6_TCLASS; where the caller chose it, the kernel refuses them.
 */
export function settingsFor(
  settings: readonly EncodedOption[],
  family: number,
  familyWasChosen: boolean,
): readonly EncodedOption[] {
  if (familyWasChosen || family !== LINUX.AF_INET) return settings;
  return settings.filter(({ level }) => level !== LINUX.IPPROTO_IPV6);
}

/** bind(2). @throws SystemCallError naming the address; PermissionError where a port below 1024 needs a capability. */
export function bindTo(descriptor: number, endpoint: IpEndpoint): void {
  const result = native().bind(descriptor, encodeEndpoint(endpoint));
  const details = { ...endpointDetails(endpoint), descriptor, advice: adviceOnBind(result, endpoint) };
  check(result, 'bind', details, 'CAP_NET_BIND_SERVICE');
}

function adviceOnBind(errno: number, { address }: IpEndpoint): string | undefined {
  if (errno === -LINUX.EADDRNOTAVAIL)
    return 'no interface of this machine has the address; IP_FREEBIND lets it be bound';
  if (errno === -LINUX.EADDRINUSE) return 'another socket is bound there';
  return adviceOnZone(errno, address);
}
