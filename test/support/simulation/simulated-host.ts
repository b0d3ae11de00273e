import type { PacketSlot } from '../../../src/engine/packet-slot.js';
import { setUint16, uint8, uint16 } from '../../../src/wire/byte-order.js';
import { pseudoHeaderSum, verifyInternetChecksum } from '../../../src/wire/checksum.js';
import { LINUX } from '../../../src/wire/constants.generated.js';
import { icmpErrorMtu } from '../../../src/wire/icmp-error.js';
import { ICMP_QUOTE_OFFSET, icmpExtensionStart, icmpQuoteEnd } from '../../../src/wire/icmp-quote.js';
import { echoReplyType, echoRequestType, isIcmpError } from '../../../src/wire/icmp-types.js';
import { type Family, IpAddress } from '../../../src/wire/ip-address.js';
import { IpPacketReader } from '../../../src/wire/ip-packet-reader.js';
import { IP_PROTOCOL } from '../../../src/wire/ip-protocol.js';
import { Ipv4HeaderAt } from '../../../src/wire/ipv4-header.js';
import type { Realtime } from '../../../src/wire/time.js';
import { UDP_HEADER, UdpHeaderAt, writeUdpHeader } from '../../../src/wire/udp-header.js';
import { type Chance, MILLISECOND, Picker } from './chance.js';
import { ICMP_PROTOCOL } from './icmp-answer.js';
import { encodePacket, type PacketView, repairMessageChecksum, viewPacket } from './ip-packet.js';
import type { LaneSpec, SourceHostSpec } from './scenario.js';
import type { VirtualTime } from './virtual-time.js';

const DEFAULT_LANES: LaneSpec[] = [
  { family: 4, protocol: 'icmp' },
  { family: 6, protocol: 'icmp' },
];
const DEFAULT_PORT = 33_434;
const DEFAULT_STAMP_DELAY = 0.002;
const DEFAULT_HOP_LIMIT = 64;

/** What waits to be received, as the kernel keeps it. */
export interface Waiting {
  kind: 'message' | 'stamp' | 'error';
  lane: number;
  bytes: Uint8Array;
  /** Where the transport header (UDP lanes: the payload) begins in `bytes`, and where it ends. */
  start: number;
  end: number;
  /** As `Arrival.address` has it. */
  address: IpAddress;
  port: number;
  hopLimit: number;
  stamp: Realtime;
  options: { start: number; end: number };
  error?: { errno: number; origin: number; type: number; code: number; info: number; offender?: IpAddress };
  extensionsStart?: number;
}

/** The kernel of the host that the engine runs on: sockets, stamps, error queues, and refusals of its own. */
export class SimulatedHost {
  /** Stamps and errors; messages. */
  readonly errorQueue: Waiting[] = [];
  readonly messages: Waiting[] = [];
  drops = 0;
  readonly lanes: readonly LaneSpec[];
  private readonly addresses: Readonly<Record<Family, IpAddress>>;
  private readonly refusals: { picker: Picker; errno: number }[];
  private identification = 0;

  constructor(
    private readonly spec: SourceHostSpec,
    private readonly time: VirtualTime,
    chance: Chance,
    private readonly reaches: (destination: IpAddress) => boolean,
    private readonly send: (packet: Uint8Array) => void,
  ) {
    this.lanes = spec.lanes ?? DEFAULT_LANES;
    this.addresses = {
      4: IpAddress.parse(spec.addresses?.[4] ?? '192.0.2.1'),
      6: IpAddress.parse(spec.addresses?.[6] ?? '2001:db8::1'),
    };
    this.refusals = (spec.refusals ?? []).map(({ pick, errno }) => ({ picker: new Picker(pick, time, chance), errno }));
  }

  address(family: Family): IpAddress {
    return this.addresses[family];
  }

  /** sendmsg(2). @returns an errno, or 0 */
  transmit(slot: PacketSlot): number {
    const lane = this.lanes[slot.lane];
    if (lane === undefined || lane.family !== slot.family) return LINUX.EAFNOSUPPORT;
    const refused = this.refusals.find(({ picker }) => picker.picks(slot.length));
    if (refused !== undefined) return refused.errno;
    const destination = IpAddress.fromWords(slot.family, slot.destination);
    if (!this.reaches(destination)) return LINUX.ENETUNREACH;
    const packet = this.packetOf(slot, lane, destination);
    if (packet.length > (this.spec.mtu ?? Number.POSITIVE_INFINITY)) return LINUX.EMSGSIZE;
    this.stampLater(packet, slot.lane, destination);
    this.send(packet);
    return 0;
  }

  /** A packet has come in from the network. */
  deliver(packet: Uint8Array): void {
    const view = viewPacket(packet);
    if (!view.destination.equals(this.addresses[view.family])) return;
    for (const [index, lane] of this.lanes.entries()) {
      if (lane.family === view.family) this.deliverTo(index, lane, packet, view);
    }
  }

  private packetOf(slot: PacketSlot, lane: LaneSpec, destination: IpAddress): Uint8Array {
    const fields = {
      source: this.addresses[slot.family],
      destination,
      protocol: protocolOf(lane),
      hopLimit: slot.hopLimit || DEFAULT_HOP_LIMIT,
      trafficClass: Math.max(0, slot.trafficClass),
      flowLabel: slot.flowLabel,
      identification: this.identification++ & 0xffff,
      ipOptions: slot.family === 4 ? this.spec.ipOptions : undefined,
    };
    const packet = encodePacket(fields, messageOf(slot, lane));
    // A raw IPv4 socket sends what it is given; for the others the kernel computes the checksum.
    const computed = lane.family === 6 || lane.kind === 'ping' || lane.protocol === 'udp';
    if (computed && !lane.ownHeader) repairMessageChecksum(packet);
    return packet;
  }

  private stampLater(packet: Uint8Array, lane: number, address: IpAddress): void {
    if (this.spec.stamps?.transmit === false) return;
    const bytes = packet.slice();
    const waiting = this.waiting('stamp', lane, bytes, address);
    this.time.after((this.spec.stampDelay ?? DEFAULT_STAMP_DELAY) * MILLISECOND, () => {
      waiting.stamp = this.time.realtime;
      this.enqueue(this.errorQueue, waiting);
    });
  }

  private deliverTo(index: number, lane: LaneSpec, packet: Uint8Array, view: PacketView): void {
    if (view.protocol === ICMP_PROTOCOL[view.family]) this.deliverIcmp(index, lane, packet, view);
    if (view.protocol === protocolOf(lane) && lane.protocol === 'tcp') this.enqueueMessage(index, packet, view);
    if (view.protocol === protocolOf(lane) && lane.protocol === 'udp' && !lane.ownHeader) {
      const port = UdpHeaderAt.destinationPort(packet, view.messageStart);
      if (port === (lane.port ?? DEFAULT_PORT)) this.enqueueMessage(index, packet, view, UDP_HEADER);
    }
  }

  /** Raw IPv4 sockets get every message before its checksum is looked at: net/ipv4/ip_input.c. */
  private deliverIcmp(index: number, lane: LaneSpec, packet: Uint8Array, view: PacketView): void {
    const raw = lane.protocol === 'icmp' && lane.kind !== 'ping';
    if (!(raw && view.family === 4) && !isIntact(packet, view)) return;
    if (raw) {
      this.enqueueMessage(index, packet, view);
      return;
    }
    const type = uint8(packet, view.messageStart);
    const isReply = type === echoReplyType(view.family) && lane.protocol === 'icmp';
    if (isReply && uint16(packet, view.messageStart + 4) === (lane.port ?? DEFAULT_PORT)) {
      this.enqueueMessage(index, packet, view);
    }
    const takesErrors = !lane.ownHeader && !lane.deaf;
    if (isIcmpError(view.family, type) && takesErrors) this.enqueueError(index, lane, packet, view);
  }

  /** What the kernel makes of an ICMP error: ip_icmp_error, ipv6_icmp_error. */
  private enqueueError(index: number, lane: LaneSpec, packet: Uint8Array, view: PacketView): void {
    const { family, messageStart } = view;
    const quote = new IpPacketReader();
    const quoteEnd = icmpQuoteEnd(family, packet, messageStart, packet.length);
    const readable = quote.read(packet, messageStart + ICMP_QUOTE_OFFSET, quoteEnd, true);
    if (!readable || quote.protocol !== protocolOf(lane) || quote.payloadEnd - quote.payloadStart < 8) return;
    if (!isOfLane(lane, packet, quote.payloadStart)) return;
    const destination = IpAddress.readFrom(family, packet, quote.destinationStart);
    const type = uint8(packet, messageStart);
    this.enqueue(this.errorQueue, {
      ...this.waiting('error', index, packet, destination),
      start: quote.payloadStart + (lane.protocol === 'udp' ? UDP_HEADER : 0),
      end: packet.length,
      port: lane.protocol === 'icmp' ? 0 : UdpHeaderAt.destinationPort(packet, quote.payloadStart),
      hopLimit: view.hopLimit,
      stamp: this.receiveStamp(),
      error: {
        errno: LINUX.EHOSTUNREACH,
        origin: family === 4 ? LINUX.SO_EE_ORIGIN_ICMP : LINUX.SO_EE_ORIGIN_ICMP6,
        type,
        code: uint8(packet, messageStart + 1),
        info: icmpErrorMtu(family, packet, messageStart),
        offender: view.source,
      },
      extensionsStart: icmpExtensionStart(family, packet, messageStart, packet.length),
    });
  }

  private enqueueMessage(lane: number, packet: Uint8Array, view: PacketView, skipped = 0): void {
    const waiting = this.waiting('message', lane, packet, view.source);
    waiting.start = view.messageStart + skipped;
    waiting.hopLimit = view.hopLimit;
    waiting.stamp = this.receiveStamp();
    waiting.options = { start: view.optionsStart, end: view.optionsEnd };
    if (view.protocol === IP_PROTOCOL.udp) waiting.port = UdpHeaderAt.sourcePort(packet, view.messageStart);
    this.enqueue(this.messages, waiting);
  }

  private waiting(kind: Waiting['kind'], lane: number, bytes: Uint8Array, address: IpAddress): Waiting {
    const { messageStart } = viewPacket(bytes);
    return {
      kind,
      lane,
      bytes,
      start: messageStart,
      end: bytes.length,
      address,
      port: 0,
      hopLimit: -1,
      stamp: Number.NaN as Realtime,
      options: { start: messageStart, end: messageStart },
    };
  }

  private enqueue(queue: Waiting[], waiting: Waiting): void {
    const bound = this.spec.receiveBuffer ?? Number.POSITIVE_INFINITY;
    if (this.errorQueue.length + this.messages.length < bound) queue.push(waiting);
    else if (waiting.kind === 'message') this.drops++;
  }

  private receiveStamp(): Realtime {
    return this.spec.stamps?.receive === false ? (Number.NaN as Realtime) : this.time.realtime;
  }
}

function protocolOf(lane: LaneSpec): number {
  return lane.protocol === 'icmp' ? ICMP_PROTOCOL[lane.family] : IP_PROTOCOL[lane.protocol];
}

/** The transport message: what the slot has, with what the kernel adds or replaces. */
function messageOf(slot: PacketSlot, lane: LaneSpec): Uint8Array {
  const data = slot.bytes.slice(0, slot.length);
  if (lane.kind === 'ping') setUint16(data, 4, lane.port ?? DEFAULT_PORT);
  if (lane.protocol !== 'udp' || lane.ownHeader) return data;
  const message = new Uint8Array(UDP_HEADER + data.length);
  const sourcePort = lane.port ?? DEFAULT_PORT;
  writeUdpHeader(message, 0, { sourcePort, destinationPort: slot.port, length: message.length, checksum: 0 });
  message.set(data, UDP_HEADER);
  return message;
}

/** Whether a quoted message was sent by this lane's socket. */
function isOfLane(lane: LaneSpec, bytes: Uint8Array, at: number): boolean {
  const port = lane.port ?? DEFAULT_PORT;
  // A TCP lane stands for connections, one a flow, from this port on.
  if (lane.protocol === 'tcp') return UdpHeaderAt.sourcePort(bytes, at) >= port;
  if (lane.protocol === 'udp') return UdpHeaderAt.sourcePort(bytes, at) === port;
  return uint8(bytes, at) === echoRequestType(lane.family) && uint16(bytes, at + 4) === port;
}

function isIntact(packet: Uint8Array, { family, source, destination, protocol, messageStart }: PacketView): boolean {
  const length = packet.length - messageStart;
  const headerIntact = family === 6 || verifyInternetChecksum(packet, 0, Ipv4HeaderAt.headerLength(packet, 0));
  const sum = family === 6 ? pseudoHeaderSum(source, destination, protocol, length) : 0;
  return headerIntact && verifyInternetChecksum(packet, messageStart, packet.length, sum);
}
