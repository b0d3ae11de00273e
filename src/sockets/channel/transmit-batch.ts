import type { TransmitOutcome } from '../../engine/packet-channel.js';
import type { PacketSlot } from '../../engine/packet-slot.js';
import { MessageBatch } from '../../io/message-batch.js';
import { setOption } from '../../io/option.js';
import { setUint32 } from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import { controlMessageSpace, writeWordMessage } from '../../wire/control-message.js';
import type { Family } from '../../wire/ip-address.js';
import { writeIpSocketAddress } from '../../wire/socket-address-ip.js';
import type { Monotonic } from '../../wire/time.js';
import type { Lane } from './lane.js';

/** Three control messages of an int each: the number, the hop limit and the traffic class of one packet. */
const CONTROL_BYTES = 3 * controlMessageSpace(4);

/** So many errors about others may come in the way of one packet while it is being sent. */
const RESENDS = 3;

const CONTROL = {
  4: { level: LINUX.IPPROTO_IP, hopLimit: LINUX.IP_TTL, trafficClass: LINUX.IP_TOS },
  6: { level: LINUX.IPPROTO_IPV6, hopLimit: LINUX.IPV6_HOPLIMIT, trafficClass: LINUX.IPV6_TCLASS },
} as const;

/** Slots for engines to write packets into, and their way to the kernel: names and control messages from their fields. */
export class TransmitBatch {
  readonly slots: readonly PacketSlot[];
  readonly messages: MessageBatch;

  constructor(slots: number, payloadBytes: number) {
    this.messages = new MessageBatch({ slots, payloadBytes, controlBytes: CONTROL_BYTES, resends: RESENDS });
    const { payload, payloadStride } = this.messages;
    this.slots = Array.from({ length: slots }, (_, index) =>
      createSlot(payload.subarray(index * payloadStride, (index + 1) * payloadStride)),
    );
  }

  /**
   * Puts what the slots from `first` say into the memory that sendmmsg(2) reads, as far as one lane sends them: one system
   * call takes one socket. `numbered` is the lane's.
   * @returns where that run ends.
   */
  prepareRun(first: number, end: number, numbered: boolean): number {
    const lane = this.slots[first]?.lane;
    for (let index = first; index < end; index++) {
      const slot = this.slots[index];
      if (slot === undefined || slot.lane !== lane) return index;
      this.prepare(index, slot, numbered);
    }
    return end;
  }

  /** Sends prepared slots. @returns the first not dealt with: `end`, or fewer where the socket's buffer is full. */
  send(lane: Lane, first: number, end: number): number {
    return first + this.messages.send(lane.descriptor, first, end - first);
  }

  /**
   * Tells the fates of slots that were dealt with. What was too long for an atomic packet is sent in fragments first; one that
   * a full buffer would hold back is refused then, since those behind it may have been sent.
   */
  tell(lane: Lane, first: number, end: number, outcome: TransmitOutcome, begunAt?: Monotonic): void {
    const { results } = this.messages;
    for (let index = first; index < end; index++) {
      if (results[index] === -LINUX.EMSGSIZE) this.sendInFragments(lane, index);
      const result = results[index] ?? 0;
      outcome(this.slots[index]?.probe ?? -1, result < 0 ? -result : 0, begunAt);
    }
  }

  private sendInFragments(lane: Lane, index: number): void {
    if (lane.atomic) allowFragments(lane);
    if (this.send(lane, index, index + 1) === index) this.messages.results[index] = -LINUX.ENOBUFS;
  }

  private prepare(index: number, slot: PacketSlot, numbered: boolean): void {
    const { messages } = this;
    const name = index * messages.nameStride;
    messages.lengths[index] = slot.length;
    messages.nameLengths[index] = writeIpSocketAddress(
      messages.namesView,
      name,
      slot.family,
      slot.destination,
      0,
      slot.port,
      slot.scopeId,
    );
    if (slot.flowLabel !== 0) {
      setUint32(messages.names, name + LINUX.offsetof_sockaddr_in6_sin6_flowinfo, slot.flowLabel);
    }
    messages.controlLengths[index] = this.writeControl(index * messages.controlStride, slot, numbered);
  }

  private writeControl(start: number, slot: PacketSlot, numbered: boolean): number {
    const { controlWords: words } = this.messages;
    const { level, hopLimit, trafficClass } = CONTROL[slot.family];
    let at = start;
    if (numbered) at = writeWordMessage(words, at, LINUX.SOL_SOCKET, LINUX.SCM_TS_OPT_ID, slot.probe);
    if (slot.hopLimit !== 0) at = writeWordMessage(words, at, level, hopLimit, slot.hopLimit);
    if (slot.trafficClass >= 0) at = writeWordMessage(words, at, level, trafficClass, slot.trafficClass);
    return at - start;
  }
}

function allowFragments(lane: Lane): void {
  setOption(lane.descriptor, 'IP_MTU_DISCOVER', 'want');
  lane.atomic = false;
}

function createSlot(bytes: Uint8Array): PacketSlot {
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    author: undefined,
    length: 0,
    lane: 0,
    family: 4 as Family,
    destination: new Uint32Array(4),
    port: 0,
    scopeId: 0,
    flowLabel: 0,
    hopLimit: 0,
    trafficClass: -1,
    probe: -1,
  };
}
