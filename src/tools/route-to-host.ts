import { ArgumentError } from '../io/argument-error.js';
import { type FoundRoute, findRoute, type RouteCheck } from './route-check.js';

/**
 * As `findRoute`, to one host: of many hosts there is no one path.
 * @throws ArgumentError where the address is that of a group or of all hosts of a network.
 */
export function findRouteToHost(label: string, route: RouteCheck): FoundRoute {
  const { address } = route;
  if (address.isMulticast) throw manyHosts(label, `${address} is a multicast address`);
  // Also where no route leads there.
  if (address.isBroadcast) throw manyHosts(label, `${address} is a broadcast address`);
  const found = findRoute(route);
  if (found.isBroadcast) throw manyHosts(label, `${address} is a broadcast address`);
  return found;
}

function manyHosts(label: string, reason: string): ArgumentError {
  return new ArgumentError('target', label, `the address of one host (${reason})`);
}
