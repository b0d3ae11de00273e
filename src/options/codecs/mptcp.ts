import { LINUX } from '../../wire/constants.generated.js';
import { requireBytes } from '../../wire/wire-format-error.js';
import type { Codec } from '../codec.js';
import { OptionValueError } from '../option-value-error.js';
import { type Endpoint, socketAddress } from './address.js';
import { inMilliseconds, namedBits, u8, u32, u64, wide64 } from './field.js';
import { structure } from './structure.js';
import { type TcpInfo, tcpInfo } from './tcp-info.js';

/** `struct mptcp_info`: the kernel's members without their `mptcpi_`, as far as this kernel's structure is long. */
export const mptcpInfo = structure({
  name: 'mptcp_info',
  size: LINUX.sizeof_kernel_mptcp_info,
  members: {
    subflows: [LINUX.offsetof_kernel_mptcp_info_mptcpi_subflows, u8],
    add_addr_signal: [LINUX.offsetof_kernel_mptcp_info_mptcpi_add_addr_signal, u8],
    add_addr_accepted: [LINUX.offsetof_kernel_mptcp_info_mptcpi_add_addr_accepted, u8],
    subflows_max: [LINUX.offsetof_kernel_mptcp_info_mptcpi_subflows_max, u8],
    add_addr_signal_max: [LINUX.offsetof_kernel_mptcp_info_mptcpi_add_addr_signal_max, u8],
    add_addr_accepted_max: [LINUX.offsetof_kernel_mptcp_info_mptcpi_add_addr_accepted_max, u8],
    flags: [
      LINUX.offsetof_kernel_mptcp_info_mptcpi_flags,
      namedBits(u32, {
        fallback: LINUX.MPTCP_INFO_FLAG_FALLBACK,
        'remote-key-received': LINUX.MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED,
      }),
    ],
    token: [LINUX.offsetof_kernel_mptcp_info_mptcpi_token, u32],
    write_seq: [LINUX.offsetof_kernel_mptcp_info_mptcpi_write_seq, wide64],
    snd_una: [LINUX.offsetof_kernel_mptcp_info_mptcpi_snd_una, wide64],
    rcv_nxt: [LINUX.offsetof_kernel_mptcp_info_mptcpi_rcv_nxt, wide64],
  },
  optional: {
    local_addr_used: [LINUX.offsetof_kernel_mptcp_info_mptcpi_local_addr_used, u8],
    local_addr_max: [LINUX.offsetof_kernel_mptcp_info_mptcpi_local_addr_max, u8],
    csum_enabled: [LINUX.offsetof_kernel_mptcp_info_mptcpi_csum_enabled, u8],
    retransmits: [LINUX.offsetof_kernel_mptcp_info_mptcpi_retransmits, u32],
    bytes_retrans: [LINUX.offsetof_kernel_mptcp_info_mptcpi_bytes_retrans, u64],
    bytes_sent: [LINUX.offsetof_kernel_mptcp_info_mptcpi_bytes_sent, u64],
    bytes_received: [LINUX.offsetof_kernel_mptcp_info_mptcpi_bytes_received, u64],
    bytes_acked: [LINUX.offsetof_kernel_mptcp_info_mptcpi_bytes_acked, u64],
    subflows_total: [LINUX.offsetof_kernel_mptcp_info_mptcpi_subflows_total, u8],
    endp_laminar_max: [LINUX.offsetof_kernel_mptcp_info_mptcpi_endp_laminar_max, u8],
    last_data_sent: [LINUX.offsetof_kernel_mptcp_info_mptcpi_last_data_sent, inMilliseconds(u32, 1)],
    last_data_recv: [LINUX.offsetof_kernel_mptcp_info_mptcpi_last_data_recv, inMilliseconds(u32, 1)],
    last_ack_recv: [LINUX.offsetof_kernel_mptcp_info_mptcpi_last_ack_recv, inMilliseconds(u32, 1)],
  },
});

/** More subflows than the kernel lets a connection have. */
const MOST_SUBFLOWS = 32;
const HEADER = LINUX.sizeof_mptcp_subflow_data;

/** `struct mptcp_subflow_data` as the kernel is to read it, and an element for each subflow after it. */
function perSubflow<Element>(shape: string, size: number, decode: (bytes: Uint8Array) => Element): Codec<Element[]> {
  const question = new Uint8Array(HEADER);
  u32.write(question, LINUX.offsetof_mptcp_subflow_data_size_subflow_data, HEADER, { name: 'mptcp_subflow_data' });
  u32.write(question, LINUX.offsetof_mptcp_subflow_data_size_user, size, { name: 'mptcp_subflow_data' });
  return {
    shape: `${shape}[]`,
    size: HEADER + MOST_SUBFLOWS * size,
    question,
    encode(value, { name }) {
      throw new OptionValueError(name, value, 'it can only be read');
    },
    decode(bytes) {
      requireBytes('mptcp_subflow_data', 0, bytes.length, HEADER);
      const count = u32.read(bytes, LINUX.offsetof_mptcp_subflow_data_num_subflows);
      const given = Math.min(size, u32.read(bytes, LINUX.offsetof_mptcp_subflow_data_size_kernel));
      requireBytes('mptcp_subflow_data', HEADER, bytes.length, count * size);
      return Array.from({ length: count }, (_, index) => {
        const start = HEADER + index * size;
        return decode(bytes.subarray(start, start + given));
      });
    },
  };
}

/** TCP_INFO of each subflow. */
export const subflowInfo: Codec<TcpInfo[]> = perSubflow(tcpInfo.shape, tcpInfo.size, bytes => tcpInfo.decode(bytes));

/** Both ends of a subflow. */
export interface SubflowAddresses {
  local: Endpoint;
  remote: Endpoint;
}

/** The addresses of each subflow. */
export const subflowAddresses: Codec<SubflowAddresses[]> = perSubflow(
  '{ local; remote }',
  LINUX.sizeof_mptcp_subflow_addrs,
  bytes => ({
    local: socketAddress.read(bytes, LINUX.offsetof_mptcp_subflow_addrs_ss_local),
    remote: socketAddress.read(bytes, LINUX.offsetof_mptcp_subflow_addrs_ss_remote),
  }),
);
