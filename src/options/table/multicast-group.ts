import type { AddressInput } from '../codecs/address.js';
import { groupFilter, groupRequest, groupSourceRequest } from '../codecs/multicast.js';
import { type OptionLevel, option } from '../option.js';

const group = {
  level: 'IPPROTO_IP',
  manual: 'RFC 3678',
  on: ['udp', 'raw'],
  access: 'w',
  since: 'Linux 2.4.22',
} as const;
/** The protocol-independent requests are made at the level of the group's family. */
function levelOfGroup(address: AddressInput): OptionLevel {
  return String(address).includes(':') ? 'IPPROTO_IPV6' : 'IPPROTO_IP';
}
const byGroup = { ...group, levelFor: ({ group: address }: { group: AddressInput }) => levelOfGroup(address) } as const;

/** Requests of RFC 3678 that serve both families. */
export const MULTICAST_EITHER = {
  MCAST_JOIN_GROUP: option({
    ...byGroup,
    codec: groupRequest,
    sample: { group: '239.255.7.2', interface: 1 },
    about: 'Joins a group of either family on an interface.',
  }),
  MCAST_LEAVE_GROUP: option({ ...byGroup, codec: groupRequest, about: 'Leaves a group of either family.' }),
  MCAST_BLOCK_SOURCE: option({
    ...byGroup,
    codec: groupSourceRequest,
    about: 'Stops receiving one source of a group that was joined for all.',
  }),
  MCAST_UNBLOCK_SOURCE: option({
    ...byGroup,
    codec: groupSourceRequest,
    about: 'Receives a source again that was blocked.',
  }),
  MCAST_JOIN_SOURCE_GROUP: option({
    ...byGroup,
    codec: groupSourceRequest,
    sample: { group: '232.255.7.2', source: '127.0.0.1', interface: 1 },
    about: 'Joins a group of either family for one source.',
  }),
  MCAST_LEAVE_SOURCE_GROUP: option({ ...byGroup, codec: groupSourceRequest, about: 'Leaves one source of a group.' }),
  MCAST_MSFILTER: option({
    ...group,
    levelFor: ({ multiaddr }: { multiaddr: AddressInput }) => levelOfGroup(multiaddr),
    codec: groupFilter,
    about: 'The whole list of sources of a group that are let in, or kept out.',
  }),
} as const;
