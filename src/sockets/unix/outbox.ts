import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { encodeUnixControl } from '../../wire/unix-control.js';
import type { Parcel } from './parcel.js';

/** A message on its way to one receiver. */
export interface Outgoing {
  parcel: Parcel;
  /** The receiver's address as the kernel takes it; null for the connected one. */
  name: Uint8Array | null;
  /** Told once the kernel has taken the message, or an error that the parcel may have been given. */
  settled(errno: number): void;
}

/** sendmsg(2) of one message: 0, or -errno. */
export function sendOutgoing(descriptor: number, { parcel, name }: Outgoing): number {
  if (parcel.error !== undefined) return 0;
  const control = encodeUnixControl(parcel.descriptors, parcel.credentials);
  return Math.min(0, native().sendMessage(descriptor, parcel.data, name, control, 0));
}

/** Messages that wait for one receiver, in order, while its queue or the sender's buffer is full. */
export class Outbox {
  readonly #queue: Outgoing[] = [];

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  get head(): Outgoing | undefined {
    return this.#queue[0];
  }

  add(outgoing: Outgoing): void {
    outgoing.parcel.hold();
    this.#queue.push(outgoing);
  }

  /** Sends what goes. False where the receiver, or the own buffer, is full again. */
  flush(descriptor: number): boolean {
    for (let outgoing = this.head; outgoing !== undefined; outgoing = this.head) {
      const result = sendOutgoing(descriptor, outgoing);
      if (result === -LINUX.EAGAIN) return false;
      this.#queue.shift();
      outgoing.settled(result);
    }
    return true;
  }

  /** Nothing will be sent any more. */
  fail(errno: number): void {
    for (const outgoing of this.#queue.splice(0)) outgoing.settled(errno);
  }
}
