import type { MessageBatch } from '../../io/message-batch.js';
import { setHostUint16 } from '../../wire/byte-order.js';
import { LINUX } from '../../wire/constants.generated.js';
import { encodeOutgoingControl } from '../../wire/outgoing-control.js';
import type { Endpoint } from './endpoint.js';
import { LONGEST_PAYLOAD, MOST_SEGMENTS, type OutgoingDatagram } from './outgoing-datagram.js';
import { isPlain, writePlain } from './plain-datagrams.js';
import type { PreparationContext } from './prepared-datagram.js';

/** UDP_SEGMENT, which tells the kernel where to cut; the size is put in. */
const CUT = encodeOutgoingControl({ family: 4, segmentSize: 1 });

/**
 * Plain datagrams of one length to one destination side by side in one slot, which the kernel cuts again (UDP_SEGMENT of udp(7)):
 * it does once a slot what it else does once a datagram. The last of a slot may be shorter.
 */
export class JoinedDatagrams {
  /** How many datagrams lie in each slot. */
  readonly counts: Uint8Array;
  /** Longer ones are not joined: the kernel has refused to cut them, as it does not fragment the pieces. */
  private longest = LONGEST_PAYLOAD[4];

  constructor(slots: number) {
    this.counts = new Uint8Array(slots);
  }

  /**
   * Writes those datagrams from `first` on, up to the first that is not plain.
   * @returns in how many slots, from 0 on.
   */
  write(
    memory: MessageBatch,
    messages: readonly OutgoingDatagram[],
    first: number,
    context: PreparationContext,
  ): number {
    let slots = 0;
    for (let index = first; index < messages.length && slots < memory.slots; slots++) {
      const message = messages[index] as OutgoingDatagram;
      if (!writePlain(memory, slots, message, context)) break;
      index += this.join(memory, slots, messages, index);
    }
    return slots;
  }

  /** The kernel did not take what lies in `slot`. */
  refused(memory: MessageBatch, slot: number): void {
    const size = Math.ceil((memory.lengths[slot] ?? 0) / (this.counts[slot] ?? 1));
    this.longest = Math.min(this.longest, size - 1);
  }

  /** Adds to the datagram in `slot`, which is that at `index`, those that can go with it. @returns how many there are then. */
  private join(memory: MessageBatch, slot: number, messages: readonly OutgoingDatagram[], index: number): number {
    const { payload: bytes, destination } = messages[index] as OutgoingDatagram;
    const size = bytes.length;
    const start = slot * memory.payloadStride;
    const most = size > 0 && size <= this.longest ? Math.min(MOST_SEGMENTS, messages.length - index) : 1;
    let [count, length] = [1, size];
    for (let isLast = false; count < most && !isLast; count++) {
      const message = messages[index + count] as OutgoingDatagram;
      if (!goesWith(message, destination, size) || length + message.payload.length > LONGEST_PAYLOAD[4]) break;
      memory.payload.set(message.payload, start + length);
      length += message.payload.length;
      isLast = message.payload.length < size;
    }
    this.counts[slot] = count;
    if (count === 1) return 1;
    memory.lengths[slot] = length;
    writeCut(memory, slot, size);
    return count;
  }
}

function goesWith(
  message: OutgoingDatagram,
  destination: Endpoint | undefined,
  size: number,
): message is OutgoingDatagram & { payload: Uint8Array } {
  if (!isPlain(message)) return false;
  const { payload, destination: to } = message;
  if (payload.length === 0 || payload.length > size) return false;
  return to === destination || (to?.address === destination?.address && to?.port === destination?.port);
}

function writeCut(memory: MessageBatch, slot: number, size: number): void {
  const at = slot * memory.controlStride;
  memory.control.set(CUT, at);
  setHostUint16(memory.control, at + LINUX.sizeof_cmsghdr, size);
  memory.controlLengths[slot] = CUT.length;
}
