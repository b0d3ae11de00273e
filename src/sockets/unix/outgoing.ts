import { type SystemCallError, systemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { encodeUnixControl, writeUnixControl } from '../../wire/unix-control.js';
import { encodeUnixAddress, showUnixAddress, type UnixAddress } from './address.js';
import { addressError } from './connecting.js';
import { concernsControl, Parcel, type UnixOutgoing } from './parcel.js';
import { SLOT_BYTES, sharedBatch } from './shared-batch.js';

/** The fate of messages that were sent together: settled when each of them is. */
export class Delivery {
  readonly done: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};
  #left: number;
  #failure: Error | undefined;

  constructor(count: number) {
    this.#left = count;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (count === 0) this.#resolve();
  }

  settled(error: Error | undefined): void {
    this.#failure ??= error;
    if (--this.#left > 0) return;
    if (this.#failure === undefined) this.#resolve();
    else this.#reject(this.#failure);
  }
}

/** One message on its way to one receiver. */
export class Outgoing {
  readonly parcel: Parcel;
  /** The receiver's address as the kernel takes it; null for the connected one. */
  readonly name: Uint8Array | null;
  readonly #to: UnixAddress | undefined;
  readonly #delivery: Delivery;

  constructor(message: UnixOutgoing, delivery: Delivery) {
    this.parcel = Parcel.of(message);
    this.name = message.to === undefined ? null : encodeUnixAddress(message.to);
    this.#to = message.to;
    this.#delivery = delivery;
  }

  /** True for a message that can share a call with others. */
  get isShort(): boolean {
    return this.parcel.error === undefined && this.parcel.data.length <= SLOT_BYTES;
  }

  /** sendmsg(2): 0, or -errno. */
  send(descriptor: number): number {
    const { parcel } = this;
    if (parcel.error !== undefined) return 0;
    const control = encodeUnixControl(parcel.descriptors, parcel.credentials);
    return Math.min(0, native().sendMessage(descriptor, parcel.data, this.name, control, 0));
  }

  /** The kernel has taken the message, or has refused it with -errno. */
  settle(result: number): void {
    const { parcel } = this;
    if (result < 0) this.#refuse(result);
    parcel.forgetControl();
    this.#delivery.settled(parcel.error);
  }

  #refuse(errno: number): void {
    const { parcel } = this;
    const to = this.#to;
    if (parcel.hasControl && concernsControl(errno)) parcel.refuse(errno, to && `to ${showUnixAddress(to)}`);
    else parcel.error = to === undefined ? connectedError(errno) : addressError(errno, 'sendmsg', to);
  }
}

function connectedError(errno: number): SystemCallError {
  return systemCallError(errno, 'sendmsg', { advice: ADVICE.get(-errno) });
}

const ADVICE: ReadonlyMap<number, string> = new Map([
  [LINUX.EMSGSIZE, 'longer than the send buffer allows (SO_SNDBUF)'],
  [LINUX.ENOTCONN, 'it is not connected; give an address'],
]);

/**
 * Sends `count` short messages from `first` on with one sendmmsg(2), and settles those that were dealt with.
 * @returns how many those are; fewer than `count` where there was no room for the next one.
 */
export function sendRun(descriptor: number, messages: readonly Outgoing[], first: number, count: number): number {
  const slots = sharedBatch();
  for (let slot = 0; slot < count; slot++) fill(slot, messages[first + slot]);
  const dealt = slots.send(descriptor, 0, count);
  // Settling runs no code of the user's before this returns: promises see to that.
  for (let slot = 0; slot < dealt; slot++) messages[first + slot]?.settle(Math.min(0, slots.results[slot] ?? 0));
  return dealt;
}

function fill(slot: number, message: Outgoing | undefined): void {
  if (message === undefined) return;
  const { parcel, name } = message;
  const slots = sharedBatch();
  slots.payload.set(parcel.data, slot * slots.payloadStride);
  slots.lengths[slot] = parcel.data.length;
  slots.controlLengths[slot] = parcel.hasControl
    ? writeUnixControl(slots.control, slot * slots.controlStride, parcel.descriptors, parcel.credentials)
    : 0;
  slots.nameLengths[slot] = name?.length ?? 0;
  if (name !== null) slots.names.set(name, slot * slots.nameStride);
}
