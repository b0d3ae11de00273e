// Every kernel and libc header from which a constant, a size or an offset is taken, in an order that compiles,
// and the few definitions that are newer than the headers of the oldest supported build system (Debian 12: Linux 6.1).
#pragma once

#include <cerrno>
#include <net/if.h>  // before linux/if.h, which then leaves its own definitions out
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif
#ifndef ICMPV6_FILTER
#define ICMPV6_FILTER ICMP6_FILTER
#endif
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26  // linux/in.h, Linux 5.9
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31  // linux/in6.h, Linux 5.9
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262  // linux/in.h, Linux 5.6
#endif
#ifndef SOF_TIMESTAMPING_OPT_ID_TCP
#define SOF_TIMESTAMPING_OPT_ID_TCP (1 << 16)  // linux/net_tstamp.h, Linux 6.2 (an enumerator there)
#endif
#ifndef SCM_SECURITY
#define SCM_SECURITY 0x03  // include/linux/socket.h (not exported), Linux 2.6.17
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04  // include/linux/socket.h (not exported), Linux 6.5
#endif
#ifndef SCM_TS_OPT_ID
#define SCM_TS_OPT_ID 81  // asm-generic/socket.h, Linux 6.13
#endif
#ifndef SCM_MAX_FD
#define SCM_MAX_FD 253  // include/net/scm.h (not exported), Linux 2.6.38
#endif
// What CMSG_ALIGN rounds up to: cmsg(3) gives the macro and no number.
#define CMSG_ALIGNMENT CMSG_ALIGN(1)

#include "kernel_options.h"
