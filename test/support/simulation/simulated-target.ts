import { setUint16 } from '../../../src/wire/byte-order.js';
import { echoReplyType, echoRequestType } from '../../../src/wire/icmp-types.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { IP_PROTOCOL } from '../../../src/wire/ip-protocol.js';
import { TCP_FLAG, TcpHeaderAt, writeTcpHeader } from '../../../src/wire/tcp-header.js';
import { UDP_HEADER, UdpHeaderAt } from '../../../src/wire/udp-header.js';
import { type Chance, Picker } from './chance.js';
import { ERRORS, ICMP_PROTOCOL, icmpErrorPacket } from './icmp-answer.js';
import { recordPassage } from './ip-option-recording.js';
import { encodePacket, type PacketView, repairMessageChecksum, viewPacket } from './ip-packet.js';
import type { TargetSpec } from './scenario.js';
import type { VirtualTime } from './virtual-time.js';

/** Who is at the end of a way: answers echo requests, UDP and TCP as a host does. */
export class SimulatedTarget {
  private readonly rejects: Picker | undefined;

  constructor(
    readonly spec: TargetSpec,
    private readonly time: VirtualTime,
    chance: Chance,
  ) {
    this.rejects = spec.rejects && new Picker(spec.rejects.pick ?? {}, time, chance);
  }

  /** The packets that it answers with. */
  answer(packet: Uint8Array): Uint8Array[] {
    const view = viewPacket(packet);
    const { spec } = this;
    const from = spec.answersFrom === undefined ? view.destination : IpAddress.parse(spec.answersFrom);
    if (spec.rejects && this.rejects?.picks(packet.length)) {
      const { type, code, mtu } = spec.rejects;
      return listOf(icmpErrorPacket(from, packet, { type, code, ...(mtu !== undefined && { mtu }) }, spec));
    }
    const senders = spec.members?.map(IpAddress.parse) ?? [from];
    return senders.flatMap(sender => listOf(this.answerFrom(sender, packet, view)));
  }

  private answerFrom(from: IpAddress, packet: Uint8Array, view: PacketView): Uint8Array | undefined {
    const { echo = 'reply', udp = 'closed', tcp = 'closed' } = this.spec;
    if (view.protocol === ICMP_PROTOCOL[view.family]) {
      return echo === 'reply' ? this.echoReply(from, packet, view) : undefined;
    }
    if (view.protocol === IP_PROTOCOL.udp && udp !== 'silent') return this.udpAnswer(from, packet, view);
    if (view.protocol === IP_PROTOCOL.tcp && tcp !== 'silent') return this.tcpAnswer(from, packet, view);
    return undefined;
  }

  private echoReply(from: IpAddress, packet: Uint8Array, view: PacketView): Uint8Array | undefined {
    if (packet[view.messageStart] !== echoRequestType(view.family)) return undefined;
    const message = packet.slice(view.messageStart);
    message[0] = echoReplyType(view.family);
    // RFC 1122 section 3.2.2.6: recorded route and time stamps come back with the reply.
    const ipOptions = packet.slice(view.optionsStart, view.optionsEnd);
    const reply = this.reply(from, view, message, ipOptions);
    recordPassage(reply, from, this.time.realtime);
    return reply;
  }

  private udpAnswer(from: IpAddress, packet: Uint8Array, view: PacketView): Uint8Array | undefined {
    if (this.spec.udp !== 'echo') {
      return icmpErrorPacket(from, packet, ERRORS[view.family].portUnreachable, this.spec);
    }
    const message = packet.slice(view.messageStart);
    if (message.length < UDP_HEADER) return undefined;
    swapPorts(message, UdpHeaderAt.sourcePort(message, 0), UdpHeaderAt.destinationPort(message, 0));
    return this.reply(from, view, message);
  }

  private tcpAnswer(from: IpAddress, packet: Uint8Array, view: PacketView): Uint8Array {
    const open = this.spec.tcp === 'open';
    const { mss } = this.spec;
    const offered = open && mss !== undefined;
    const bytes = new Uint8Array(offered ? 24 : 20);
    writeTcpHeader(bytes, 0, {
      sourcePort: TcpHeaderAt.destinationPort(packet, view.messageStart),
      destinationPort: TcpHeaderAt.sourcePort(packet, view.messageStart),
      sequence: open ? 0x12345678 : 0,
      acknowledgment: (TcpHeaderAt.sequence(packet, view.messageStart) + 1) >>> 0,
      flags: TCP_FLAG.ack | (open ? TCP_FLAG.syn : TCP_FLAG.rst),
      window: open ? 65_535 : 0,
      options: offered ? [{ kind: 'maximum-segment-size', bytes: mss }] : [],
    });
    return this.reply(from, view, bytes);
  }

  private reply(source: IpAddress, view: PacketView, message: Uint8Array, ipOptions?: Uint8Array): Uint8Array {
    const { source: destination, protocol } = view;
    const packet = encodePacket(
      { source, destination, protocol, hopLimit: this.spec.hopLimit ?? 64, ipOptions },
      message,
    );
    repairMessageChecksum(packet);
    return packet;
  }
}

function listOf(packet: Uint8Array | undefined): Uint8Array[] {
  return packet === undefined ? [] : [packet];
}

function swapPorts(message: Uint8Array, source: number, destination: number): void {
  setUint16(message, 0, destination);
  setUint16(message, 2, source);
}
