import { LINUX } from '../../wire/constants.generated.js';
import { type Field, inMilliseconds, named, namedBits, u8, u16, u32, u64 } from './field.js';
import { structure } from './structure.js';

/** States of a connection (RFC 9293 section 3.3.2), as include/net/tcp_states.h numbers them. */
const state = named(u8, {
  established: LINUX.TCP_ESTABLISHED,
  'syn-sent': LINUX.TCP_SYN_SENT,
  'syn-received': LINUX.TCP_SYN_RECV,
  'fin-wait-1': LINUX.TCP_FIN_WAIT1,
  'fin-wait-2': LINUX.TCP_FIN_WAIT2,
  'time-wait': LINUX.TCP_TIME_WAIT,
  closed: LINUX.TCP_CLOSE,
  'close-wait': LINUX.TCP_CLOSE_WAIT,
  'last-ack': LINUX.TCP_LAST_ACK,
  listen: LINUX.TCP_LISTEN,
  closing: LINUX.TCP_CLOSING,
});

/** States of congestion control: enum tcp_ca_state of linux/tcp.h. */
const congestionState = named(u8, {
  open: LINUX.TCP_CA_Open,
  disorder: LINUX.TCP_CA_Disorder,
  'congestion-window-reduced': LINUX.TCP_CA_CWR,
  recovery: LINUX.TCP_CA_Recovery,
  loss: LINUX.TCP_CA_Loss,
});

const options = namedBits(u8, {
  timestamps: LINUX.TCPI_OPT_TIMESTAMPS,
  sack: LINUX.TCPI_OPT_SACK,
  'window-scale': LINUX.TCPI_OPT_WSCALE,
  ecn: LINUX.TCPI_OPT_ECN,
  'ecn-seen': LINUX.TCPI_OPT_ECN_SEEN,
  'syn-data': LINUX.TCPI_OPT_SYN_DATA,
  'microsecond-timestamps': LINUX.TCPI_OPT_USEC_TS,
  'fast-open-child': LINUX.TCPI_OPT_TFO_CHILD,
});

/** A bit field of a byte: linux/tcp.h packs them from the lowest bit on. */
function bits(shift: number, width: number): Field<number> {
  const mask = (1 << width) - 1;
  return {
    ...u8,
    read: (bytes, at) => (u8.read(bytes, at) >> shift) & mask,
    write: (bytes, at, value, context) => u8.write(bytes, at, u8.read(bytes, at) | ((value & mask) << shift), context),
  };
}

const deliveryRateAppLimited: Field<boolean> = {
  shape: 'boolean',
  size: 1,
  read: (bytes, at) => (u8.read(bytes, at) & 1) === 1,
  write: (bytes, at, value, context) => u8.write(bytes, at, u8.read(bytes, at) | (value ? 1 : 0), context),
};

const milliseconds = inMilliseconds(u32, 1);
const microseconds = inMilliseconds(u32, 1000);
const longMicroseconds = inMilliseconds(u64, 1000);

/** Infinity before any round trip was measured, which the kernel writes as the greatest number. */
const leastRoundTrip: Field<number> = {
  ...microseconds,
  read: (bytes, at) => (u32.read(bytes, at) === 2 ** 32 - 1 ? Number.POSITIVE_INFINITY : microseconds.read(bytes, at)),
};

/** A rate in bytes a second, of which the greatest number means that there is no limit. */
const rate: Field<number> = {
  ...u64,
  read: (bytes, at) => {
    const value = u64.read(bytes, at);
    return value >= 2 ** 64 - 1 ? Number.POSITIVE_INFINITY : value;
  },
};

/**
 * `struct tcp_info`: the kernel's members without their `tcpi_`. Every time is in milliseconds, whatever the kernel
 * counts; sizes are bytes, `snd_cwnd`, `unacked`, `lost` and the like are segments. Members that came after Linux 3.15
 * are there as far as this kernel's structure is long.
 */
export const tcpInfo = structure({
  name: 'tcp_info',
  size: LINUX.sizeof_kernel_tcp_info,
  members: {
    state: [LINUX.offsetof_kernel_tcp_info_tcpi_state, state],
    ca_state: [LINUX.offsetof_kernel_tcp_info_tcpi_ca_state, congestionState],
    retransmits: [LINUX.offsetof_kernel_tcp_info_tcpi_retransmits, u8],
    probes: [LINUX.offsetof_kernel_tcp_info_tcpi_probes, u8],
    backoff: [LINUX.offsetof_kernel_tcp_info_tcpi_backoff, u8],
    options: [LINUX.offsetof_kernel_tcp_info_tcpi_options, options],
    snd_wscale: [LINUX.offsetof_kernel_tcp_info_tcpi_wscale, bits(0, 4)],
    rcv_wscale: [LINUX.offsetof_kernel_tcp_info_tcpi_wscale, bits(4, 4)],
    delivery_rate_app_limited: [LINUX.offsetof_kernel_tcp_info_tcpi_flags, deliveryRateAppLimited],
    fastopen_client_fail: [LINUX.offsetof_kernel_tcp_info_tcpi_flags, bits(1, 2)],
    rto: [LINUX.offsetof_kernel_tcp_info_tcpi_rto, microseconds],
    ato: [LINUX.offsetof_kernel_tcp_info_tcpi_ato, microseconds],
    snd_mss: [LINUX.offsetof_kernel_tcp_info_tcpi_snd_mss, u32],
    rcv_mss: [LINUX.offsetof_kernel_tcp_info_tcpi_rcv_mss, u32],
    unacked: [LINUX.offsetof_kernel_tcp_info_tcpi_unacked, u32],
    sacked: [LINUX.offsetof_kernel_tcp_info_tcpi_sacked, u32],
    lost: [LINUX.offsetof_kernel_tcp_info_tcpi_lost, u32],
    retrans: [LINUX.offsetof_kernel_tcp_info_tcpi_retrans, u32],
    fackets: [LINUX.offsetof_kernel_tcp_info_tcpi_fackets, u32],
    last_data_sent: [LINUX.offsetof_kernel_tcp_info_tcpi_last_data_sent, milliseconds],
    last_data_recv: [LINUX.offsetof_kernel_tcp_info_tcpi_last_data_recv, milliseconds],
    last_ack_recv: [LINUX.offsetof_kernel_tcp_info_tcpi_last_ack_recv, milliseconds],
    pmtu: [LINUX.offsetof_kernel_tcp_info_tcpi_pmtu, u32],
    rcv_ssthresh: [LINUX.offsetof_kernel_tcp_info_tcpi_rcv_ssthresh, u32],
    rtt: [LINUX.offsetof_kernel_tcp_info_tcpi_rtt, microseconds],
    rttvar: [LINUX.offsetof_kernel_tcp_info_tcpi_rttvar, microseconds],
    snd_ssthresh: [LINUX.offsetof_kernel_tcp_info_tcpi_snd_ssthresh, u32],
    snd_cwnd: [LINUX.offsetof_kernel_tcp_info_tcpi_snd_cwnd, u32],
    advmss: [LINUX.offsetof_kernel_tcp_info_tcpi_advmss, u32],
    reordering: [LINUX.offsetof_kernel_tcp_info_tcpi_reordering, u32],
    rcv_rtt: [LINUX.offsetof_kernel_tcp_info_tcpi_rcv_rtt, microseconds],
    rcv_space: [LINUX.offsetof_kernel_tcp_info_tcpi_rcv_space, u32],
    total_retrans: [LINUX.offsetof_kernel_tcp_info_tcpi_total_retrans, u32],
  },
  optional: {
    pacing_rate: [LINUX.offsetof_kernel_tcp_info_tcpi_pacing_rate, rate],
    max_pacing_rate: [LINUX.offsetof_kernel_tcp_info_tcpi_max_pacing_rate, rate],
    bytes_acked: [LINUX.offsetof_kernel_tcp_info_tcpi_bytes_acked, u64],
    bytes_received: [LINUX.offsetof_kernel_tcp_info_tcpi_bytes_received, u64],
    segs_out: [LINUX.offsetof_kernel_tcp_info_tcpi_segs_out, u32],
    segs_in: [LINUX.offsetof_kernel_tcp_info_tcpi_segs_in, u32],
    notsent_bytes: [LINUX.offsetof_kernel_tcp_info_tcpi_notsent_bytes, u32],
    min_rtt: [LINUX.offsetof_kernel_tcp_info_tcpi_min_rtt, leastRoundTrip],
    data_segs_in: [LINUX.offsetof_kernel_tcp_info_tcpi_data_segs_in, u32],
    data_segs_out: [LINUX.offsetof_kernel_tcp_info_tcpi_data_segs_out, u32],
    delivery_rate: [LINUX.offsetof_kernel_tcp_info_tcpi_delivery_rate, rate],
    busy_time: [LINUX.offsetof_kernel_tcp_info_tcpi_busy_time, longMicroseconds],
    rwnd_limited: [LINUX.offsetof_kernel_tcp_info_tcpi_rwnd_limited, longMicroseconds],
    sndbuf_limited: [LINUX.offsetof_kernel_tcp_info_tcpi_sndbuf_limited, longMicroseconds],
    delivered: [LINUX.offsetof_kernel_tcp_info_tcpi_delivered, u32],
    delivered_ce: [LINUX.offsetof_kernel_tcp_info_tcpi_delivered_ce, u32],
    bytes_sent: [LINUX.offsetof_kernel_tcp_info_tcpi_bytes_sent, u64],
    bytes_retrans: [LINUX.offsetof_kernel_tcp_info_tcpi_bytes_retrans, u64],
    dsack_dups: [LINUX.offsetof_kernel_tcp_info_tcpi_dsack_dups, u32],
    reord_seen: [LINUX.offsetof_kernel_tcp_info_tcpi_reord_seen, u32],
    rcv_ooopack: [LINUX.offsetof_kernel_tcp_info_tcpi_rcv_ooopack, u32],
    snd_wnd: [LINUX.offsetof_kernel_tcp_info_tcpi_snd_wnd, u32],
    rcv_wnd: [LINUX.offsetof_kernel_tcp_info_tcpi_rcv_wnd, u32],
    rehash: [LINUX.offsetof_kernel_tcp_info_tcpi_rehash, u32],
    total_rto: [LINUX.offsetof_kernel_tcp_info_tcpi_total_rto, u16],
    total_rto_recoveries: [LINUX.offsetof_kernel_tcp_info_tcpi_total_rto_recoveries, u16],
    total_rto_time: [LINUX.offsetof_kernel_tcp_info_tcpi_total_rto_time, milliseconds],
    received_ce: [LINUX.offsetof_kernel_tcp_info_tcpi_received_ce, u32],
    delivered_e1_bytes: [LINUX.offsetof_kernel_tcp_info_tcpi_delivered_e1_bytes, u32],
    delivered_e0_bytes: [LINUX.offsetof_kernel_tcp_info_tcpi_delivered_e0_bytes, u32],
    delivered_ce_bytes: [LINUX.offsetof_kernel_tcp_info_tcpi_delivered_ce_bytes, u32],
    received_e1_bytes: [LINUX.offsetof_kernel_tcp_info_tcpi_received_e1_bytes, u32],
    received_e0_bytes: [LINUX.offsetof_kernel_tcp_info_tcpi_received_e0_bytes, u32],
    received_ce_bytes: [LINUX.offsetof_kernel_tcp_info_tcpi_received_ce_bytes, u32],
  },
});

/** What TCP_INFO tells of a connection. */
export type TcpInfo = ReturnType<typeof tcpInfo.decode>;
