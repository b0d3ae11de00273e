/** Assigned Internet protocol numbers (IANA) that the decoders tell apart: `protocol` of IPv4, next header of IPv6. */
export const IP_PROTOCOL = {
  hopByHop: 0,
  icmp: 1,
  tcp: 6,
  udp: 17,
  routing: 43,
  fragment: 44,
  encapsulatingSecurity: 50,
  authentication: 51,
  icmp6: 58,
  noNextHeader: 59,
  destinationOptions: 60,
} as const;
