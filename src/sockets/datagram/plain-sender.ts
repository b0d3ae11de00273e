import { JoinedDatagrams } from './joined-datagrams.js';
import type { LeftOver } from './left-over.js';
import { writePlainDatagrams } from './plain-datagrams.js';
import { type PreparationContext, type PreparedDatagram, prepareDatagram, writeSlot } from './prepared-datagram.js';
import type { Segmentation } from './segmentation.js';
import type { Progress, SendRun } from './send-run.js';
import type { SlotSender } from './slot-sender.js';

export interface PlainSenderOptions {
  context: PreparationContext;
  slots: SlotSender;
  leftOver: LeftOver;
  segmentation: Segmentation;
  /** Slots of a batch, where datagrams shall be joined. */
  joinedSlots: number | undefined;
}

/** Datagrams that went as one and were not taken. */
interface RefusedRun {
  first: number;
  count: number;
  errno: number;
  /** For being joined: each by itself may well go. */
  isCutRefused: boolean;
}

/** Sends datagrams that are bytes for a known destination and nothing else. */
export class PlainSender {
  private readonly joined: JoinedDatagrams | undefined;

  constructor(private readonly options: PlainSenderOptions) {
    const { joinedSlots } = options;
    this.joined = joinedSlots === undefined ? undefined : new JoinedDatagrams(joinedSlots);
  }

  /** Sends those from `first` on by one system call. @returns undefined where that one is not plain. */
  send(run: SendRun, first: number): Progress | undefined {
    const { joined } = this;
    return joined !== undefined && this.options.segmentation.offloaded
      ? this.sendJoined(joined, run, first)
      : this.sendSingle(run, first);
  }

  private sendSingle(run: SendRun, first: number): Progress | undefined {
    const { memory } = run;
    const count = writePlainDatagrams(memory, run.messages, first, this.options.context);
    if (count === 0) return undefined;
    const dealt = this.sendSlots(run, first, count);
    return { end: first + dealt, full: dealt < count };
  }

  /** Sends datagrams from `first` on, one in each of the first slots. @returns how many were dealt with. */
  private sendSlots(run: SendRun, first: number, count: number): number {
    const { memory } = run;
    const dealt = this.options.slots.sendSlots(memory, count);
    for (let slot = 0; slot < dealt; slot++) {
      const result = memory.results[slot] as number;
      if (result < 0) run.fail(first + slot, result);
    }
    return dealt;
  }

  private sendJoined(joined: JoinedDatagrams, run: SendRun, first: number): Progress | undefined {
    const { context, slots, leftOver, segmentation } = this.options;
    const { memory } = run;
    const used = joined.write(memory, run.messages, first, context);
    if (used === 0) return undefined;
    const dealt = slots.sendSlots(memory, used);
    const refused: RefusedRun[] = [];
    let end = first;
    for (let slot = 0; slot < dealt; slot++) {
      const errno = memory.results[slot] as number;
      const count = joined.counts[slot] as number;
      if (errno < 0) {
        const isCutRefused = count > 1 && segmentation.refused(errno);
        if (isCutRefused) joined.refused(memory, slot);
        refused.push({ first: end, count, errno, isCutRefused });
      }
      end += count;
    }
    for (const each of refused) this.sendOneByOne(run, each);
    return { end, full: dealt < used || leftOver.waits };
  }

  /** What the kernel had against all of them may be true of the first only: an error of the network is told once. */
  private sendOneByOne(run: SendRun, { first, count, errno, isCutRefused }: RefusedRun): void {
    const { context, leftOver } = this.options;
    if (!isCutRefused) run.fail(first, errno);
    const start = isCutRefused ? first : first + 1;
    const parts: PreparedDatagram[] = [];
    for (let index = start; index < first + count; index++) parts.push(prepareDatagram(run.message(index), context));
    parts.forEach((part, slot) => {
      writeSlot(run.memory, slot, part);
    });
    const dealt = leftOver.waits ? 0 : this.sendSlots(run, start, parts.length);
    leftOver.keep(parts.slice(dealt));
  }
}
