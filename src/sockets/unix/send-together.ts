import type { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import { writeUnixControl } from '../../wire/unix-control.js';
import type { Dispatcher } from './dispatcher.js';
import type { Outgoing } from './outbox.js';
import { SLOT_BYTES, sharedBatch } from './shared-batch.js';

/** Sends messages in order: runs of short ones in one system call each, those for whom others wait already in their turn. */
export function sendTogether(descriptor: number, dispatcher: Dispatcher, all: readonly Outgoing[]): void {
  for (let next = 0; next < all.length; ) {
    const run = runFrom(dispatcher, all, next);
    if (run === 0) {
      const alone = all[next++];
      if (alone !== undefined) dispatcher.send(alone);
    } else {
      next += sendRun(descriptor, dispatcher, all, next, run);
    }
  }
}

/** How many messages from `first` on can share a call. */
function runFrom(dispatcher: Dispatcher, all: readonly Outgoing[], first: number): number {
  const slots = sharedBatch();
  let count = 0;
  for (let outgoing = all[first]; outgoing !== undefined && count < slots.slots; outgoing = all[first + count]) {
    if (outgoing.parcel.data.length > SLOT_BYTES || dispatcher.isWaitingFor(outgoing.name)) break;
    fill(slots, count++, outgoing);
  }
  return count;
}

function fill(slots: MessageBatch, slot: number, { parcel, name }: Outgoing): void {
  slots.payload.set(parcel.data, slot * slots.payloadStride);
  slots.lengths[slot] = parcel.data.length;
  const at = slot * slots.controlStride;
  slots.controlLengths[slot] = parcel.hasControl
    ? writeUnixControl(slots.control, at, parcel.descriptors, parcel.credentials)
    : 0;
  slots.nameLengths[slot] = name?.length ?? 0;
  if (name !== null) slots.names.set(name, slot * slots.nameStride);
}

/** @returns how many messages were dealt with: the one for which there was no room waits from then on. */
function sendRun(
  descriptor: number,
  dispatcher: Dispatcher,
  all: readonly Outgoing[],
  first: number,
  count: number,
): number {
  const slots = sharedBatch();
  const dealt = slots.send(descriptor, 0, count);
  // Settling runs no code of the user's before this returns: promises see to that.
  for (let slot = 0; slot < dealt; slot++) all[first + slot]?.settled(Math.min(0, slots.results[slot] ?? -LINUX.EIO));
  const full = dealt < count ? all[first + dealt] : undefined;
  if (full === undefined) return dealt;
  dispatcher.postpone(full);
  return dealt + 1;
}
