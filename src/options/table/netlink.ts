import { boolean, count } from '../codecs/integer.js';
import { groupBits } from '../codecs/packet.js';
import { option } from '../option.js';

const netlink7 = { level: 'SOL_NETLINK', manual: 'netlink(7)', on: ['netlink'] } as const;

export const NETLINK_OPTIONS = {
  NETLINK_ADD_MEMBERSHIP: option({
    ...netlink7,
    codec: count,
    range: [1, 2 ** 31 - 1],
    access: 'w',
    sample: 1,
    since: 'Linux 2.6.14',
    about: 'Joins a multicast group, by number.',
  }),
  NETLINK_DROP_MEMBERSHIP: option({
    ...netlink7,
    codec: count,
    range: [1, 2 ** 31 - 1],
    access: 'w',
    sample: 1,
    since: 'Linux 2.6.14',
    about: 'Leaves a multicast group.',
  }),
  NETLINK_LIST_MEMBERSHIPS: option({
    ...netlink7,
    codec: groupBits,
    access: 'r',
    since: 'Linux 4.2',
    about: 'The numbers of the groups that were joined.',
  }),
  NETLINK_PKTINFO: option({
    ...netlink7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.14',
    about: 'Gives the group of every message.',
  }),
  NETLINK_BROADCAST_ERROR: option({
    ...netlink7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.30',
    about: 'Tells a sender that a message did not get through to this listener.',
  }),
  NETLINK_NO_ENOBUFS: option({
    ...netlink7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.30',
    about: 'Says nothing when messages were lost for want of room.',
  }),
  NETLINK_LISTEN_ALL_NSID: option({
    ...netlink7,
    codec: boolean,
    access: 'rw',
    sample: true,
    capability: 'CAP_NET_BROADCAST',
    since: 'Linux 4.2',
    about: 'Receives of every network namespace that this one has a number for.',
  }),
  NETLINK_CAP_ACK: option({
    ...netlink7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 4.3',
    about: 'Acknowledgements leave the request out.',
  }),
  NETLINK_EXT_ACK: option({
    ...netlink7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 4.12',
    about: 'Acknowledgements say in words what was wrong.',
  }),
  NETLINK_GET_STRICT_CHK: option({
    ...netlink7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 4.20',
    about: 'The kernel checks requests for data strictly, and filters by them.',
  }),
} as const;
