import { systemCallError } from '../../io/errors.js';
import type { MessageBatch } from '../../io/message-batch.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { encodeUnixControl, writeUnixControl } from '../../wire/unix-control.js';
import { concernsControl, type Parcel } from './parcel.js';
import { SLOT_BYTES, sharedBatch } from './shared-batch.js';

/** What sending ended with: all is sent, the buffer is full; or -errno, which ends the stream. */
type WriteOutcome = 'sent' | 'full' | number;

export type WriteCallback = (error?: Error | null) => void;

/**
 * Sends parcels over a stream, in order, descriptors with the first byte of their own parcel. Neighbours that are short
 * share a call through flat memory; long ones go out from where they are.
 */
export class StreamWriter {
  readonly #wantWritable: (wanted: boolean) => void;
  #parcels: Parcel[] = [];
  #next = 0;
  #callback: WriteCallback | undefined;

  /** @param wantWritable begins or ends to wait until the descriptor can be written. */
  constructor(wantWritable: (wanted: boolean) => void) {
    this.#wantWritable = wantWritable;
  }

  /** True while parcels wait for room in the kernel's buffer. */
  get isBlocked(): boolean {
    return this.#callback !== undefined;
  }

  /** Sends `parcels`, now or as there is room, and then calls back. The ones before have been sent. */
  write(descriptor: number, parcels: Parcel[], callback: WriteCallback): void {
    this.#parcels = parcels;
    this.#next = 0;
    this.#callback = callback;
    this.#flush(descriptor);
  }

  /**
   * There is room. Waiting for that ends here, where nothing is left to send, rather than with the last parcel: a stream that
   * is written to without pause would otherwise have the kernel asked to watch, and not to watch, for each of them.
   */
  writable(descriptor: number): void {
    if (this.isBlocked) this.#flush(descriptor);
    else this.#wantWritable(false);
  }

  #flush(descriptor: number): void {
    const outcome = this.#advance(descriptor);
    if (outcome === 'full') {
      this.#hold();
      this.#wantWritable(true);
    } else {
      this.#finish(outcome === 'sent' ? null : systemCallError(outcome, 'sendmsg'));
    }
  }

  /** The stream is gone. */
  close(error: Error): void {
    this.#finish(error);
  }

  #finish(error: Error | null): void {
    const callback = this.#callback;
    this.#callback = undefined;
    this.#parcels = [];
    callback?.(error);
  }

  /** Keeps what must wait safe from what its owner does meanwhile. */
  #hold(): void {
    for (let index = this.#next; index < this.#parcels.length; index++) this.#parcels[index]?.hold();
  }

  /** Sends as much as the kernel takes. */
  #advance(descriptor: number): WriteOutcome {
    for (;;) {
      const parcel = this.#parcels[this.#next];
      if (parcel === undefined) return 'sent';
      const outcome = this.#fits(this.#next + 1) ? this.#sendBatch(descriptor) : this.#sendOne(descriptor, parcel);
      if (outcome !== 'sent') return outcome;
    }
  }

  /** Two messages or more that are short: worth a batch. */
  #fits(second: number): boolean {
    return isShort(this.#parcels[second - 1]) && isShort(this.#parcels[second]);
  }

  #sendOne(descriptor: number, parcel: Parcel): WriteOutcome {
    if (parcel.error !== undefined || parcel.data.length === 0) return this.#advanceBy(parcel, parcel.data.length);
    const control = encodeUnixControl(parcel.descriptors, parcel.credentials);
    return this.#settle(parcel, native().sendMessage(descriptor, parcel.data, null, control, 0));
  }

  #sendBatch(descriptor: number): WriteOutcome {
    const slots = sharedBatch();
    const first = this.#next;
    const count = this.#fill(slots, first);
    const dealt = slots.send(descriptor, 0, count);
    for (let slot = 0; slot < dealt; slot++) {
      const parcel = this.#parcels[first + slot];
      if (parcel === undefined) break;
      const outcome = this.#settle(parcel, slots.results[slot] ?? 0);
      if (outcome !== 'sent') return outcome;
    }
    return dealt === 0 ? 'full' : 'sent';
  }

  #fill(slots: MessageBatch, first: number): number {
    let count = 0;
    while (count < slots.slots) {
      const parcel = this.#parcels[first + count];
      if (parcel === undefined || !isShort(parcel)) break;
      slots.payload.set(parcel.data, count * slots.payloadStride);
      slots.lengths[count] = parcel.data.length;
      const at = count * slots.controlStride;
      slots.controlLengths[count] = parcel.hasControl
        ? writeUnixControl(slots.control, at, parcel.descriptors, parcel.credentials)
        : 0;
      slots.nameLengths[count] = 0;
      count++;
    }
    return count;
  }

  #settle(parcel: Parcel, result: number): WriteOutcome {
    if (result === -LINUX.EAGAIN) return 'full';
    if (result >= 0) return this.#advanceBy(parcel, result);
    if (!parcel.hasControl || !concernsControl(result)) return result;
    parcel.refuse(result);
    return this.#advanceBy(parcel, parcel.data.length);
  }

  /** A part is taken where there is room for no more. */
  #advanceBy(parcel: Parcel, sent: number): WriteOutcome {
    if (sent < parcel.data.length) {
      parcel.sentInPart(sent);
      return 'full';
    }
    parcel.forgetControl();
    this.#next++;
    return 'sent';
  }
}

function isShort(parcel: Parcel | undefined): boolean {
  return (
    parcel !== undefined && parcel.error === undefined && parcel.data.length > 0 && parcel.data.length <= SLOT_BYTES
  );
}
