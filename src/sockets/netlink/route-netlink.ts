import { check } from '../../io/errors.js';
import { type NativePoller, type NativeReceived, native, UV_READABLE } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import {
  decodeNetlinkMessages,
  encodeNetlinkMessage,
  type NetlinkMessage,
  netlinkErrno,
} from '../../wire/netlink-message.js';
import { encodeSocketAddress } from '../../wire/socket-address.js';

/** More than the kernel puts into one datagram of a dump: netlink(7), NLMSG_GOODSIZE. */
const BUFFER_BYTES = 64 * 1024;
/** What a `SystemCallError` names where the kernel answers a request with an errno. */
export const ROUTE_NETLINK = 'route netlink';

function openRouteSocket(groups = 0): number {
  const descriptor = check(native().socket(LINUX.AF_NETLINK, LINUX.SOCK_RAW, LINUX.NETLINK_ROUTE), 'socket', {
    object: ROUTE_NETLINK,
  });
  const result = native().bind(descriptor, encodeSocketAddress({ family: 'netlink', portId: 0, groups }));
  if (result < 0) native().close(descriptor);
  check(result, 'bind', { object: ROUTE_NETLINK, descriptor });
  return descriptor;
}

/** What a socket has in its queue, one datagram's messages; undefined where it is empty. */
function receive(descriptor: number, buffer: Uint8Array): NetlinkMessage[] | undefined {
  const received: NativeReceived = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  const length = native().receiveMessage(descriptor, buffer, null, null, 0, received);
  if (length === -LINUX.EAGAIN) return undefined;
  return decodeNetlinkMessages(buffer.slice(0, check(length, 'recvmsg', { object: ROUTE_NETLINK, descriptor })));
}

/**
 * Asks the kernel about its network tables. The answer is there when sending returns, so nothing is waited for.
 * @throws SystemCallError with the errno that the kernel answers with.
 */
export function askRouteNetlink(type: number, flags: number, body: Uint8Array): NetlinkMessage[] {
  const descriptor = openRouteSocket();
  try {
    const request = encodeNetlinkMessage({ type, flags: LINUX.NLM_F_REQUEST | flags, sequence: 1, body });
    check(native().sendMessage(descriptor, request, null, null, 0), 'sendmsg', { object: ROUTE_NETLINK, descriptor });
    const buffer = new Uint8Array(BUFFER_BYTES);
    const answers: NetlinkMessage[] = [];
    for (let part = receive(descriptor, buffer); part !== undefined; part = receive(descriptor, buffer)) {
      answers.push(...part);
      if (part.some(message => message.type === LINUX.NLMSG_DONE)) break;
    }
    const failure = answers.find(message => message.type === LINUX.NLMSG_ERROR);
    if (failure !== undefined) check(netlinkErrno(failure), ROUTE_NETLINK, { object: `request of type ${type}` });
    return answers;
  } finally {
    native().close(descriptor);
  }
}

/** A subscription to changes of the kernel's network tables. */
export interface RouteWatch {
  close(): void;
}

/**
 * Watches multicast groups of route netlink (RTMGRP_ of rtnetlink(7)). It does not keep the process alive.
 * @param onLoss the kernel dropped messages for want of room: what is known must be read anew.
 */
export function watchRouteNetlink(
  groups: number,
  onMessage: (message: NetlinkMessage) => void,
  onLoss: () => void,
): RouteWatch {
  const descriptor = openRouteSocket(groups);
  const buffer = new Uint8Array(BUFFER_BYTES);
  let poller: NativePoller | undefined = new (native().Poller)(descriptor, () => {
    for (let part = take(); part !== undefined && poller !== undefined; part = take()) part.forEach(onMessage);
  });
  const take = (): NetlinkMessage[] | undefined => {
    if (poller === undefined) return undefined;
    try {
      return receive(descriptor, buffer);
    } catch {
      // ENOBUFS of netlink(7): messages were lost.
      onLoss();
      return undefined;
    }
  };
  poller.unref();
  poller.start(UV_READABLE);
  return {
    close() {
      if (poller === undefined) return;
      poller.close();
      poller = undefined;
      native().close(descriptor);
    },
  };
}
