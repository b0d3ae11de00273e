import { LINUX } from '../../wire/constants.generated.js';
import { decodeLinkMessage, encodeLinkRequest, type LinkMessage } from '../../wire/link-message.js';
import { askRouteNetlink, type RouteWatch, watchRouteNetlink } from './route-netlink.js';

/** The interfaces of this network namespace, with and without addresses, up and down. */
export function listLinks(): LinkMessage[] {
  const messages = askRouteNetlink(LINUX.RTM_GETLINK, LINUX.NLM_F_DUMP, encodeLinkRequest());
  return messages.map(decodeLinkMessage).filter(link => link !== undefined);
}

/** Tells of every interface that comes, changes or goes; all of them again where the kernel had to drop messages. */
export function watchLinks(onLink: (link: LinkMessage) => void): RouteWatch {
  return watchRouteNetlink(
    LINUX.RTMGRP_LINK,
    message => {
      const link = decodeLinkMessage(message);
      if (link !== undefined) onLink(link);
    },
    () => listLinks().forEach(onLink),
  );
}
