import { setUint16 } from '../../wire/byte-order.js';
import { pseudoHeaderSum, sumWords } from '../../wire/checksum.js';
import { ICMP_ECHO_HEADER, writeEchoHeader, writeIcmpChecksum } from '../../wire/icmp-message.js';
import { echoRequestType } from '../../wire/icmp-types.js';
import type { Family, IpAddress } from '../../wire/ip-address.js';
import { IP_PROTOCOL } from '../../wire/ip-protocol.js';
import { IPV4_MINIMUM_HEADER } from '../../wire/ipv4-header.js';
import { IPV6_HEADER } from '../../wire/ipv6-header.js';
import { TCP_FLAG, TCP_MINIMUM_HEADER, writeTcpChecksum, writeTcpHeader } from '../../wire/tcp-header.js';
import type { TcpOption } from '../../wire/tcp-options.js';
import { UDP_HEADER, writeUdpHeader } from '../../wire/udp-header.js';
import type { PacketSlot } from '../packet-slot.js';
import type { Probe } from './probe.js';
import { BALANCE, type Cookie, SMALLEST_PAYLOAD, writePayload } from './probe-payload.js';
import type { TraceProtocol } from './trace-event.js';
import type { TransmitLane } from './trace-lanes.js';

export const IP_HEADER: Readonly<Record<Family, number>> = { 4: IPV4_MINIMUM_HEADER, 6: IPV6_HEADER };
const ICMP_PROTOCOL: Readonly<Record<Family, number>> = { 4: IP_PROTOCOL.icmp, 6: IP_PROTOCOL.icmp6 };

/** What the SYN of a Linux host offers, so that nothing on the path takes ours for something else. */
const SYN_OPTIONS: readonly TcpOption[] = [
  { kind: 'maximum-segment-size', bytes: 1460 },
  { kind: 'selective-acknowledgment-permitted' },
  { kind: 'timestamps', value: 1, echoReply: 0 },
  { kind: 'no-operation' },
  { kind: 'window-scale', shift: 7 },
];
const SYN_OPTIONS_BYTES = 20;
const WINDOW = 5840;
/** Steps between the ICMP checksums of flows: odd, so that all of them differ. */
const CHECKSUM_STEP = 0x3779;

/** The shortest packet that a probe fits into. */
export function smallestPacket(family: Family, protocol: TraceProtocol): number {
  return IP_HEADER[family] + (protocol === 'tcp' ? TCP_MINIMUM_HEADER : UDP_HEADER + SMALLEST_PAYLOAD);
}

/** Bytes of data in the SYN of a packet of this length. */
export function synDataLength(family: Family, packetLength: number): number {
  const segment = packetLength - IP_HEADER[family];
  const header = TCP_MINIMUM_HEADER + (segment >= TCP_MINIMUM_HEADER + SYN_OPTIONS_BYTES ? SYN_OPTIONS_BYTES : 0);
  return segment - header;
}

/**
 * Writes probes. All that a load balancer may look at is the same for every probe of a flow: addresses, ports, the ICMP
 * checksum, the IPv6 flow label. What tells probes apart stands where every router quotes it and no balancer looks: in
 * the UDP checksum, the ICMP sequence number, the TCP sequence number (Augustin et al., "Avoiding traceroute anomalies
 * with Paris traceroute", 2006).
 */
export class ProbeWriter {
  constructor(
    private readonly cookie: Cookie,
    /** 16 random bits above the token in TCP's sequence number. */
    private readonly sequenceHigh: number,
  ) {}

  write(slot: PacketSlot, probe: Probe, lane: TransmitLane): void {
    const { source, destination } = probe.path;
    const { family } = destination;
    slot.lane = lane.lane;
    slot.family = family;
    destination.writeWords(slot.destination);
    slot.hopLimit = probe.hopLimit;
    slot.flowLabel = family === 6 ? this.flowLabel(probe.flow) : 0;
    slot.length = Math.min(probe.packetLength - IP_HEADER[family], slot.bytes.length);
    if (probe.protocol === 'udp') this.writeUdp(slot, probe, lane, source, destination);
    else if (probe.protocol === 'icmp') this.writeIcmp(slot, probe, source, destination);
    else this.writeTcp(slot, probe, lane, source, destination);
  }

  /** TCP's sequence number of a probe: what the quote of a router and the answer of the target have to show. */
  sequence(token: number): number {
    return ((this.sequenceHigh << 16) | token) >>> 0;
  }

  /** 20 bits, not 0, the same for all probes of a flow (RFC 6437). */
  private flowLabel(flow: number): number {
    return ((this.cookie.low >>> 8) + flow) % 0xfffff || 0xfffff;
  }

  /** The ICMP checksum that all probes of a flow have: 1 to 65,534. */
  private icmpChecksum(flow: number): number {
    return (((this.cookie.low >>> 0) + flow * CHECKSUM_STEP) % 0xfffe) + 1;
  }

  private writeUdp(
    slot: PacketSlot,
    probe: Probe,
    lane: TransmitLane,
    source: IpAddress,
    destination: IpAddress,
  ): void {
    const { bytes, length } = slot;
    if (lane.header === 'kernel') {
      slot.port = probe.destinationPort;
      slot.length = length - UDP_HEADER;
      writePayload(bytes, 0, slot.length, probe.token, this.cookie);
      this.writeBalance(bytes, 0, probe, ~probe.token & 0xffff);
      return;
    }
    const { sourcePort, destinationPort, token: checksum } = probe;
    writeUdpHeader(bytes, 0, { sourcePort, destinationPort, length, checksum });
    writePayload(bytes, UDP_HEADER, length - UDP_HEADER, probe.token, this.cookie);
    const sum = sumWords(bytes, 0, length, pseudoHeaderSum(source, destination, IP_PROTOCOL.udp, length));
    this.writeBalance(bytes, UDP_HEADER, probe, ~sum & 0xffff);
  }

  private writeIcmp(slot: PacketSlot, probe: Probe, source: IpAddress, destination: IpAddress): void {
    const { bytes, length, family } = slot;
    writeEchoHeader(bytes, 0, echoRequestType(family), probe.sourcePort, probe.token);
    writePayload(bytes, ICMP_ECHO_HEADER, length - ICMP_ECHO_HEADER, probe.token, this.cookie);
    const pseudo = family === 6 ? pseudoHeaderSum(source, destination, ICMP_PROTOCOL[6], length) : 0;
    setUint16(bytes, 2, this.icmpChecksum(probe.flow));
    this.writeBalance(bytes, ICMP_ECHO_HEADER, probe, ~sumWords(bytes, 0, length, pseudo) & 0xffff);
    writeIcmpChecksum(bytes, 0, length, pseudo);
  }

  /** A payload in a SYN is allowed (RFC 9293 section 3.4), and only there where a larger packet was asked for. */
  private writeTcp(
    slot: PacketSlot,
    probe: Probe,
    lane: TransmitLane,
    source: IpAddress,
    destination: IpAddress,
  ): void {
    const { bytes, length } = slot;
    const { sourcePort, destinationPort } = probe;
    const options = length >= TCP_MINIMUM_HEADER + SYN_OPTIONS_BYTES ? [...SYN_OPTIONS] : [];
    const header = writeTcpHeader(bytes, 0, {
      sourcePort,
      destinationPort,
      sequence: this.sequence(probe.token),
      acknowledgment: 0,
      flags: TCP_FLAG.syn,
      window: WINDOW,
      options,
    });
    bytes.fill(0, header, length);
    if (lane.oneAtATime) slot.port = destinationPort;
    writeTcpChecksum(bytes, 0, length, pseudoHeaderSum(source, destination, IP_PROTOCOL.tcp, length));
  }

  private writeBalance(bytes: Uint8Array, payload: number, probe: Probe, balance: number): void {
    probe.balance = balance;
    setUint16(bytes, payload + BALANCE, balance);
  }
}
