import { concatenate } from './byte-array.js';
import { hostUint32, setHostUint32 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { type Family, IpAddress } from './ip-address.js';
import {
  decodeNetlinkAttributes,
  encodeNetlinkAttributes,
  type NetlinkAttribute,
  type NetlinkMessage,
} from './netlink-message.js';
import { requireBytes } from './wire-format-error.js';

/** Which route is asked for: RTM_GETROUTE of rtnetlink(7). */
export interface RouteRequest {
  destination: IpAddress;
  /** Only routes over this interface. */
  interfaceIndex?: number | undefined;
  /** As a socket with this SO_MARK would be routed. */
  mark?: number | undefined;
}

/** The route that the kernel would use. */
export interface RouteMessage {
  interfaceIndex: number;
  /** The source address that the route prefers. */
  source: IpAddress | undefined;
  /** The next router; undefined where the destination is on the link. */
  gateway: IpAddress | undefined;
}

export function encodeRouteRequest({ destination, interfaceIndex, mark }: RouteRequest): Uint8Array {
  const header = new Uint8Array(LINUX.sizeof_rtmsg);
  header[LINUX.offsetof_rtmsg_rtm_family] = destination.family === 4 ? LINUX.AF_INET : LINUX.AF_INET6;
  header[LINUX.offsetof_rtmsg_rtm_dst_len] = destination.byteLength * 8;
  const attributes: NetlinkAttribute[] = [{ type: LINUX.RTA_DST, data: destination.bytes }];
  if (interfaceIndex !== undefined) attributes.push({ type: LINUX.RTA_OIF, data: integer(interfaceIndex) });
  if (mark !== undefined) attributes.push({ type: LINUX.RTA_MARK, data: integer(mark) });
  return concatenate([header, encodeNetlinkAttributes(attributes)]);
}

/** What RTM_NEWROUTE says. */
export function decodeRouteMessage({ body }: NetlinkMessage): RouteMessage {
  requireBytes('route message', 0, body.length, LINUX.sizeof_rtmsg);
  const family: Family = body[LINUX.offsetof_rtmsg_rtm_family] === LINUX.AF_INET ? 4 : 6;
  const attributes = new Map(decodeNetlinkAttributes(body, LINUX.sizeof_rtmsg).map(({ type, data }) => [type, data]));
  const output = attributes.get(LINUX.RTA_OIF);
  return {
    interfaceIndex: output === undefined || output.length < 4 ? 0 : hostUint32(output, 0),
    source: addressIn(attributes.get(LINUX.RTA_PREFSRC), family),
    gateway: addressIn(attributes.get(LINUX.RTA_GATEWAY), family),
  };
}

function addressIn(data: Uint8Array | undefined, family: Family): IpAddress | undefined {
  return data !== undefined && data.length === (family === 4 ? 4 : 16) ? IpAddress.fromBytes(data) : undefined;
}

function integer(value: number): Uint8Array {
  const data = new Uint8Array(4);
  setHostUint32(data, 0, value);
  return data;
}
