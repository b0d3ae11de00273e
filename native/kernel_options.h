// Headers of the socket options' table, the option names that are newer than Debian 12's headers (Linux 6.1), and the
// two structures that the kernel lengthens from release to release: their members are facts of the kernel's interface,
// and a kernel that gives fewer bytes than these have is told from the length that getsockopt(2) returns.
#pragma once

#include <time.h>
#include <linux/mptcp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/sock_diag.h>
#include <linux/tls.h>
#include <linux/vm_sockets.h>

// asm-generic/socket.h
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76  // Linux 6.5
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77  // Linux 6.5
#endif
#ifndef SO_DEVMEM_DONTNEED
#define SO_DEVMEM_DONTNEED 80  // Linux 6.12
#endif
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY 82  // Linux 6.14
#endif
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83  // Linux 6.16
#endif
#ifndef SO_INQ
#define SO_INQ 84  // Linux 6.17
#endif

// linux/net_tstamp.h (enumerators there)
#ifndef SOF_TIMESTAMPING_OPT_RX_FILTER
#define SOF_TIMESTAMPING_OPT_RX_FILTER (1 << 17)  // Linux 6.12
#endif
#ifndef SOF_TIMESTAMPING_TX_COMPLETION
#define SOF_TIMESTAMPING_TX_COMPLETION (1 << 18)  // Linux 6.15
#endif

// linux/in.h
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51  // Linux 6.3
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL 52  // Linux 6.4
#endif

// linux/tcp.h
#ifndef TCP_AO_ADD_KEY
#define TCP_AO_ADD_KEY 38  // Linux 6.7, with the four after it
#define TCP_AO_DEL_KEY 39
#define TCP_AO_INFO 40
#define TCP_AO_GET_KEYS 41
#define TCP_AO_REPAIR 42
#endif
#ifndef TCP_IS_MPTCP
#define TCP_IS_MPTCP 43  // Linux 6.9
#endif
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44  // Linux 6.15, with the two after it
#define TCP_RTO_MIN_US 45
#define TCP_DELACK_MAX_US 46
#endif
#ifndef TCPI_OPT_USEC_TS
#define TCPI_OPT_USEC_TS 64  // Linux 6.7
#endif
#ifndef TCPI_OPT_TFO_CHILD
#define TCPI_OPT_TFO_CHILD 128  // Linux 6.8
#endif

// linux/udp.h, which does not compile beside netinet/udp.h
#ifndef UDP_ENCAP_GTP0
#define UDP_ENCAP_GTP0 4
#define UDP_ENCAP_GTP1U 5
#endif
#ifndef UDP_ENCAP_RXRPC
#define UDP_ENCAP_RXRPC 6
#endif
#ifndef UDP_NO_CHECK6_TX
#define UDP_NO_CHECK6_TX 101
#define UDP_NO_CHECK6_RX 102
#endif
// net/udplite.h of the kernel; no header for programs has them: udplite(7)
#ifndef UDPLITE_SEND_CSCOV
#define UDPLITE_SEND_CSCOV 10
#define UDPLITE_RECV_CSCOV 11
#endif

// linux/if_packet.h
#ifndef PACKET_VNET_HDR_SZ
#define PACKET_VNET_HDR_SZ 24  // Linux 6.4
#endif
#ifndef PACKET_FANOUT_FLAG_IGNORE_OUTGOING
#define PACKET_FANOUT_FLAG_IGNORE_OUTGOING 0x4000  // Linux 6.2
#endif

// linux/mptcp.h
#ifndef MPTCP_FULL_INFO
#define MPTCP_FULL_INFO 4  // Linux 6.5
#endif

// linux/tcp.h: netinet/tcp.h has an older struct tcp_md5sig, without the interface.
#ifndef TCP_MD5SIG_FLAG_IFINDEX
#define TCP_MD5SIG_FLAG_IFINDEX 2
#endif
struct kernel_tcp_md5sig {
  sockaddr_storage tcpm_addr;
  uint8_t tcpm_flags;
  uint8_t tcpm_prefixlen;
  uint16_t tcpm_keylen;
  int tcpm_ifindex;
  uint8_t tcpm_key[TCP_MD5SIG_MAXKEYLEN];
};

// struct tcp_info of linux/tcp.h up to Linux 6.17; the bit fields of bytes 6 and 7 are whole bytes here.
struct kernel_tcp_info {
  uint8_t tcpi_state;
  uint8_t tcpi_ca_state;
  uint8_t tcpi_retransmits;
  uint8_t tcpi_probes;
  uint8_t tcpi_backoff;
  uint8_t tcpi_options;
  uint8_t tcpi_wscale;
  uint8_t tcpi_flags;
  uint32_t tcpi_rto;
  uint32_t tcpi_ato;
  uint32_t tcpi_snd_mss;
  uint32_t tcpi_rcv_mss;
  uint32_t tcpi_unacked;
  uint32_t tcpi_sacked;
  uint32_t tcpi_lost;
  uint32_t tcpi_retrans;
  uint32_t tcpi_fackets;
  uint32_t tcpi_last_data_sent;
  uint32_t tcpi_last_ack_sent;
  uint32_t tcpi_last_data_recv;
  uint32_t tcpi_last_ack_recv;
  uint32_t tcpi_pmtu;
  uint32_t tcpi_rcv_ssthresh;
  uint32_t tcpi_rtt;
  uint32_t tcpi_rttvar;
  uint32_t tcpi_snd_ssthresh;
  uint32_t tcpi_snd_cwnd;
  uint32_t tcpi_advmss;
  uint32_t tcpi_reordering;
  uint32_t tcpi_rcv_rtt;
  uint32_t tcpi_rcv_space;
  uint32_t tcpi_total_retrans;
  uint64_t tcpi_pacing_rate;
  uint64_t tcpi_max_pacing_rate;
  uint64_t tcpi_bytes_acked;
  uint64_t tcpi_bytes_received;
  uint32_t tcpi_segs_out;
  uint32_t tcpi_segs_in;
  uint32_t tcpi_notsent_bytes;
  uint32_t tcpi_min_rtt;
  uint32_t tcpi_data_segs_in;
  uint32_t tcpi_data_segs_out;
  uint64_t tcpi_delivery_rate;
  uint64_t tcpi_busy_time;
  uint64_t tcpi_rwnd_limited;
  uint64_t tcpi_sndbuf_limited;
  uint32_t tcpi_delivered;
  uint32_t tcpi_delivered_ce;
  uint64_t tcpi_bytes_sent;
  uint64_t tcpi_bytes_retrans;
  uint32_t tcpi_dsack_dups;
  uint32_t tcpi_reord_seen;
  uint32_t tcpi_rcv_ooopack;
  uint32_t tcpi_snd_wnd;
  uint32_t tcpi_rcv_wnd;
  uint32_t tcpi_rehash;
  uint16_t tcpi_total_rto;
  uint16_t tcpi_total_rto_recoveries;
  uint32_t tcpi_total_rto_time;
  uint32_t tcpi_received_ce;
  uint32_t tcpi_delivered_e1_bytes;
  uint32_t tcpi_delivered_e0_bytes;
  uint32_t tcpi_delivered_ce_bytes;
  uint32_t tcpi_received_e1_bytes;
  uint32_t tcpi_received_e0_bytes;
  uint32_t tcpi_received_ce_bytes;
};

// struct mptcp_info of linux/mptcp.h up to Linux 6.18.
struct kernel_mptcp_info {
  uint8_t mptcpi_subflows;
  uint8_t mptcpi_add_addr_signal;
  uint8_t mptcpi_add_addr_accepted;
  uint8_t mptcpi_subflows_max;
  uint8_t mptcpi_add_addr_signal_max;
  uint8_t mptcpi_add_addr_accepted_max;
  uint32_t mptcpi_flags;
  uint32_t mptcpi_token;
  uint64_t mptcpi_write_seq;
  uint64_t mptcpi_snd_una;
  uint64_t mptcpi_rcv_nxt;
  uint8_t mptcpi_local_addr_used;
  uint8_t mptcpi_local_addr_max;
  uint8_t mptcpi_csum_enabled;
  uint32_t mptcpi_retransmits;
  uint64_t mptcpi_bytes_retrans;
  uint64_t mptcpi_bytes_sent;
  uint64_t mptcpi_bytes_received;
  uint64_t mptcpi_bytes_acked;
  uint8_t mptcpi_subflows_total;
  uint8_t mptcpi_endp_laminar_max;
  uint8_t reserved[2];
  uint32_t mptcpi_last_data_sent;
  uint32_t mptcpi_last_data_recv;
  uint32_t mptcpi_last_ack_recv;
};
