import { setOption } from '../../io/option.js';
import type { Family } from '../../wire/ip-address.js';

/**
 * Sets raw sockets, and those that hold ports for them, up so that the kernel learns nothing from the reports that their
 * packets call forth: it takes an MTU from a report only for a socket that accepts it (ip_sk_accept_pmtu of include/net/ip.h,
 * ip6_sk_accept_pmtu of include/net/ip6_route.h). Packets are still as large as the interface allows.
 *
 * One thing remains: Linux takes every report that quotes an ICMPv6 message (icmpv6_err of net/ipv6/icmp.c).
 *
 * @param senders those that send; for IPv4 they are given the IP header with every packet from now on.
 */
export function learnNothing(family: Family, sockets: readonly number[], senders: readonly number[]): void {
  for (const descriptor of sockets) {
    setOption(descriptor, family === 4 ? 'IP_MTU_DISCOVER' : 'IPV6_MTU_DISCOVER', 'interface');
  }
  if (family === 6) return;
  for (const descriptor of senders) setOption(descriptor, 'IP_HDRINCL', true);
}
