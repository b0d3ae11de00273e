import { setUint32, uint32 } from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import { OptionValueError } from '../option-value-error.js';
import { in6Addr, interfaceField, socketAddress6 } from './address.js';
import type { Field } from './field.js';
import { named, namedBits, u8, u16, u32 } from './field.js';
import { enumeration, flags } from './named.js';
import { structure } from './structure.js';

/** What is done with packets above the path MTU: ip(7), IP_MTU_DISCOVER. IPv6 has the same numbers. */
export const pathMtuDiscovery = enumeration({
  dont: LINUX.IP_PMTUDISC_DONT,
  want: LINUX.IP_PMTUDISC_WANT,
  do: LINUX.IP_PMTUDISC_DO,
  probe: LINUX.IP_PMTUDISC_PROBE,
  interface: LINUX.IP_PMTUDISC_INTERFACE,
  omit: LINUX.IP_PMTUDISC_OMIT,
});

/** `struct in6_pktinfo`. */
export const packetInfo6 = structure({
  name: 'in6_pktinfo',
  size: LINUX.sizeof_in6_pktinfo,
  members: {},
  optional: {
    addr: [LINUX.offsetof_in6_pktinfo_ipi6_addr, in6Addr],
    ifindex: [LINUX.offsetof_in6_pktinfo_ipi6_ifindex, interfaceField],
  },
});

/** `struct ip6_mtuinfo` (RFC 3542 section 11.3): where to, and how large a packet may be. */
export const pathMtu6 = structure({
  name: 'ip6_mtuinfo',
  size: LINUX.sizeof_ip6_mtuinfo,
  members: {
    addr: [LINUX.offsetof_ip6_mtuinfo_ip6m_addr, socketAddress6],
    mtu: [LINUX.offsetof_ip6_mtuinfo_ip6m_mtu, u32],
  },
});

/** Which source address to prefer (RFC 5014). */
export const addressPreferences = flags({
  tmp: LINUX.IPV6_PREFER_SRC_TMP,
  public: LINUX.IPV6_PREFER_SRC_PUBLIC,
  'pubtmp-default': LINUX.IPV6_PREFER_SRC_PUBTMP_DEFAULT,
  coa: LINUX.IPV6_PREFER_SRC_COA,
  home: LINUX.IPV6_PREFER_SRC_HOME,
  cga: LINUX.IPV6_PREFER_SRC_CGA,
  noncga: LINUX.IPV6_PREFER_SRC_NONCGA,
});

const FLOW_LABEL_MAX = 0xfffff;

/** A flow label in network order. */
const flowLabel: Field<number> = {
  shape: 'number',
  size: 4,
  read: uint32,
  write(bytes, at, value, { name }) {
    if (!Number.isInteger(value) || value < 0 || value > FLOW_LABEL_MAX) {
      throw new OptionValueError(name, value, `a flow label is from 0 to ${FLOW_LABEL_MAX}`);
    }
    setUint32(bytes, at, value);
  },
};

/** `struct in6_flowlabel_req`; `expires` and `linger` are seconds, as the lease is counted in. */
export const flowLabelRequest = structure({
  name: 'in6_flowlabel_req',
  size: LINUX.sizeof_in6_flowlabel_req,
  members: {
    action: [
      LINUX.offsetof_in6_flowlabel_req_flr_action,
      named(u8, { get: LINUX.IPV6_FL_A_GET, put: LINUX.IPV6_FL_A_PUT, renew: LINUX.IPV6_FL_A_RENEW }),
    ],
    label: [LINUX.offsetof_in6_flowlabel_req_flr_label, flowLabel],
  },
  optional: {
    dst: [LINUX.offsetof_in6_flowlabel_req_flr_dst, in6Addr],
    share: [
      LINUX.offsetof_in6_flowlabel_req_flr_share,
      named(u8, {
        none: LINUX.IPV6_FL_S_NONE,
        excl: LINUX.IPV6_FL_S_EXCL,
        process: LINUX.IPV6_FL_S_PROCESS,
        user: LINUX.IPV6_FL_S_USER,
        any: LINUX.IPV6_FL_S_ANY,
      }),
    ],
    flags: [
      LINUX.offsetof_in6_flowlabel_req_flr_flags,
      namedBits(u16, {
        create: LINUX.IPV6_FL_F_CREATE,
        excl: LINUX.IPV6_FL_F_EXCL,
        reflect: LINUX.IPV6_FL_F_REFLECT,
        remote: LINUX.IPV6_FL_F_REMOTE,
      }),
    ],
    expires: [LINUX.offsetof_in6_flowlabel_req_flr_expires, u16],
    linger: [LINUX.offsetof_in6_flowlabel_req_flr_linger, u16],
  },
});
