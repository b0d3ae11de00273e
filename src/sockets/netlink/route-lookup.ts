import { SystemCallError } from '../../io/errors.js';
import { LINUX } from '../../wire/constants.generated.js';
import {
  decodeRouteMessage,
  encodeRouteRequest,
  type RouteMessage,
  type RouteRequest,
} from '../../wire/route-message.js';
import { askRouteNetlink, ROUTE_NETLINK } from './route-netlink.js';

/**
 * The route that the kernel would take: RTM_GETROUTE of rtnetlink(7). Undefined where it answers with none.
 * @throws SystemCallError with the errno that the kernel answers with: ENETUNREACH where there is no route.
 */
export function lookUpRoute(request: RouteRequest): RouteMessage | undefined {
  const answers = askRouteNetlink(LINUX.RTM_GETROUTE, 0, encodeRouteRequest(request));
  const route = answers.find(({ type }) => type === LINUX.RTM_NEWROUTE);
  return route && decodeRouteMessage(route);
}

/** No route; a route of type unreachable, prohibit or blackhole: ip-route(8). */
const NO_ROUTE: readonly string[] = ['ENETUNREACH', 'EHOSTUNREACH', 'EACCES', 'EINVAL'];

/** Whether an error of `lookUpRoute` says that nothing can be sent there. */
export function isNoRoute(error: unknown): boolean {
  return error instanceof SystemCallError && error.syscall === ROUTE_NETLINK && NO_ROUTE.includes(error.code);
}
