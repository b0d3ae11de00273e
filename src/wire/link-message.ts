import { hostUint32 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { decodeNetlinkAttributes, type NetlinkMessage } from './netlink-message.js';
import { requireBytes } from './wire-format-error.js';

/** An interface as rtnetlink(7) describes it: RTM_NEWLINK, or RTM_DELLINK for one that is gone. */
export interface LinkMessage {
  gone: boolean;
  index: number;
  name: string;
  up: boolean;
  loopback: boolean;
  /** Multicasts can be sent and received. */
  multicast: boolean;
  /** Bytes; absent where the kernel does not tell. */
  mtu?: number;
}

/** What a message says of an interface; undefined for a message about something else. */
export function decodeLinkMessage({ type, body }: NetlinkMessage): LinkMessage | undefined {
  if (type !== LINUX.RTM_NEWLINK && type !== LINUX.RTM_DELLINK) return undefined;
  requireBytes('link message', 0, body.length, LINUX.sizeof_ifinfomsg);
  const flags = hostUint32(body, LINUX.offsetof_ifinfomsg_ifi_flags);
  const attributes = decodeNetlinkAttributes(body, LINUX.sizeof_ifinfomsg);
  const name = attributes.find(attribute => attribute.type === LINUX.IFLA_IFNAME)?.data;
  const mtu = attributes.find(attribute => attribute.type === LINUX.IFLA_MTU)?.data;
  return {
    gone: type === LINUX.RTM_DELLINK,
    index: hostUint32(body, LINUX.offsetof_ifinfomsg_ifi_index),
    name: name === undefined ? '' : new TextDecoder().decode(name).replace(/\0.*$/s, ''),
    up: (flags & LINUX.IFF_UP) !== 0,
    loopback: (flags & LINUX.IFF_LOOPBACK) !== 0,
    multicast: (flags & LINUX.IFF_MULTICAST) !== 0,
    ...(mtu !== undefined && { mtu: hostUint32(mtu, 0) }),
  };
}

/** The body of RTM_GETLINK for all interfaces. */
export function encodeLinkRequest(): Uint8Array {
  return new Uint8Array(LINUX.sizeof_ifinfomsg);
}
