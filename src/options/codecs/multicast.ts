import { LINUX } from '../../wire/constants.generated.js';
import { IpAddress } from '../../wire/ip-address.js';
import { requireBytes, WireFormatError } from '../../wire/wire-format-error.js';
import type { Codec, EncodeContext } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import {
  type AddressInput,
  type InterfaceInput,
  in6Addr,
  inAddr,
  interfaceField,
  requireAddress,
  storedAddress,
} from './address.js';
import { type Field, named, u32 } from './field.js';
import { structure } from './structure.js';

/** `struct ip_mreqn`: a group of IPv4, and the interface by address or index. */
export const membership = structure({
  name: 'ip_mreqn',
  size: LINUX.sizeof_ip_mreqn,
  members: { multiaddr: [LINUX.offsetof_ip_mreqn_imr_multiaddr, inAddr] },
  optional: {
    address: [LINUX.offsetof_ip_mreqn_imr_address, inAddr],
    ifindex: [LINUX.offsetof_ip_mreqn_imr_ifindex, interfaceField],
  },
});

/** What chooses the interface that multicasts leave by: its name, its index, or one of its addresses. */
export type MulticastInterface = string | number | IpAddress;

/**
 * IP_MULTICAST_IF is set as a `struct ip_mreqn` and read as a `struct in_addr`, which is 0.0.0.0 where the interface was
 * chosen by index (ip(7)).
 */
export const multicastInterface: Codec<string, MulticastInterface> = {
  shape: 'string | number',
  size: LINUX.sizeof_ip_mreqn - LINUX.offsetof_ip_mreqn_imr_address,
  encode(value, context) {
    const bytes = new Uint8Array(LINUX.sizeof_ip_mreqn);
    const address = typeof value === 'string' ? IpAddress.tryParse(value) : value;
    if (address instanceof IpAddress) inAddr.write(bytes, LINUX.offsetof_ip_mreqn_imr_address, address, context);
    else interfaceField.write(bytes, LINUX.offsetof_ip_mreqn_imr_ifindex, value as InterfaceInput, context);
    return bytes;
  },
  decode(bytes) {
    requireBytes('in_addr', 0, bytes.length, inAddr.size);
    return inAddr.read(bytes, 0);
  },
};

/** `struct ip_mreq_source`. */
export const sourceMembership = structure({
  name: 'ip_mreq_source',
  size: LINUX.sizeof_ip_mreq_source,
  members: {
    multiaddr: [LINUX.offsetof_ip_mreq_source_imr_multiaddr, inAddr],
    sourceaddr: [LINUX.offsetof_ip_mreq_source_imr_sourceaddr, inAddr],
  },
  optional: { interface: [LINUX.offsetof_ip_mreq_source_imr_interface, inAddr] },
});

/** `struct ipv6_mreq`. */
export const membership6 = structure({
  name: 'ipv6_mreq',
  size: LINUX.sizeof_ipv6_mreq,
  members: { multiaddr: [LINUX.offsetof_ipv6_mreq_ipv6mr_multiaddr, in6Addr] },
  optional: { interface: [LINUX.offsetof_ipv6_mreq_ipv6mr_interface, interfaceField] },
});

/** `struct group_req` (RFC 3678): a group of either family. */
export const groupRequest = structure({
  name: 'group_req',
  size: LINUX.sizeof_group_req,
  members: { group: [LINUX.offsetof_group_req_gr_group, storedAddress] },
  optional: { interface: [LINUX.offsetof_group_req_gr_interface, interfaceField] },
});

/** `struct group_source_req` (RFC 3678). */
export const groupSourceRequest = structure({
  name: 'group_source_req',
  size: LINUX.sizeof_group_source_req,
  members: {
    group: [LINUX.offsetof_group_source_req_gsr_group, storedAddress],
    source: [LINUX.offsetof_group_source_req_gsr_source, storedAddress],
  },
  optional: { interface: [LINUX.offsetof_group_source_req_gsr_interface, interfaceField] },
});

const filterMode = named(u32, { exclude: LINUX.MCAST_EXCLUDE, include: LINUX.MCAST_INCLUDE });

/** A whole source filter: which sources of a group are let in, or kept out. */
export interface SourceFilter<Interface> {
  /** `exclude`: all but `slist`. `include`: only `slist`; an empty one leaves the group. */
  fmode: 'exclude' | 'include' | number;
  multiaddr: AddressInput;
  interface?: Interface;
  slist: readonly AddressInput[];
}

/** Where the members of one of the two source filters stand; both have the same ones. */
interface FilterLayout<Interface> {
  name: string;
  group: readonly [number, Field<string, AddressInput>];
  interface: readonly [number, Field<unknown, Interface>];
  fmode: number;
  numsrc: number;
  slist: readonly [number, Field<string, AddressInput>];
  shape: string;
}

/** net.ipv4.igmp_max_msf is 10 unless raised; more would only be refused by the kernel. */
const MOST_SOURCES = 1024;

function sourceFilter<Interface>(layout: FilterLayout<Interface>): Codec<SourceFilter<Interface>> {
  const [first, source] = layout.slist;
  return {
    shape: layout.shape,
    size: first + MOST_SOURCES * source.size,
    encode: (value, context) => encodeFilter(layout, value, context),
    decode() {
      throw new WireFormatError(layout.name, 0, 'getsockopt(2) of a source filter asks for a group; use raw access');
    },
  };
}

function encodeFilter<Interface>(
  layout: FilterLayout<Interface>,
  value: SourceFilter<Interface>,
  context: EncodeContext,
): Uint8Array {
  const [first, source] = layout.slist;
  if (!Array.isArray(value?.slist) || value.slist.length > MOST_SOURCES) {
    throw new OptionValueError(context.name, value, `allowed is ${layout.shape} with up to ${MOST_SOURCES} sources`);
  }
  const bytes = new Uint8Array(first + value.slist.length * source.size);
  layout.group[1].write(bytes, layout.group[0], requireAddress(value.multiaddr, context), context);
  if (value.interface !== undefined) layout.interface[1].write(bytes, layout.interface[0], value.interface, context);
  filterMode.write(bytes, layout.fmode, value.fmode as 'exclude', context);
  u32.write(bytes, layout.numsrc, value.slist.length, context);
  value.slist.forEach((address, index) => {
    source.write(bytes, first + index * source.size, address, context);
  });
  return bytes;
}

/** `struct ip_msfilter`; the interface is one of its addresses. */
export const sourceFilter4 = sourceFilter<AddressInput>({
  name: 'ip_msfilter',
  group: [LINUX.offsetof_ip_msfilter_imsf_multiaddr, inAddr],
  interface: [LINUX.offsetof_ip_msfilter_imsf_interface, inAddr],
  fmode: LINUX.offsetof_ip_msfilter_imsf_fmode,
  numsrc: LINUX.offsetof_ip_msfilter_imsf_numsrc,
  slist: [LINUX.offsetof_ip_msfilter_imsf_slist, inAddr],
  shape: "{ multiaddr: string; interface?: string; fmode: 'exclude' | 'include'; slist: string[] }",
});

/** `struct group_filter` (RFC 3678), of either family. */
export const groupFilter = sourceFilter<InterfaceInput>({
  name: 'group_filter',
  group: [LINUX.offsetof_group_filter_gf_group, storedAddress],
  interface: [LINUX.offsetof_group_filter_gf_interface, interfaceField],
  fmode: LINUX.offsetof_group_filter_gf_fmode,
  numsrc: LINUX.offsetof_group_filter_gf_numsrc,
  slist: [LINUX.offsetof_group_filter_gf_slist, storedAddress],
  shape: "{ multiaddr: string; interface?: string | number; fmode: 'exclude' | 'include'; slist: string[] }",
});
