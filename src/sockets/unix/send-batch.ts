import { systemCallError } from '../../io/errors.js';
import type { Dispatcher } from './dispatcher.js';
import { requireBatch, type UnixBatch } from './unix-batch.js';

/**
 * Sends the messages of a batch to the connected peer, as there is room.
 * @param requireOpen gives the descriptor, or throws where the socket was closed meanwhile.
 * @throws SystemCallError of the first message that the kernel refused, having tried all.
 */
export async function sendBatch(batch: UnixBatch, dispatcher: Dispatcher, requireOpen: () => number): Promise<void> {
  requireBatch(batch);
  for (let next = 0; next < batch.count; ) {
    const descriptor = requireOpen();
    if (!dispatcher.isWaitingFor(null)) next += batch.sendTo(descriptor, next);
    if (next < batch.count) await dispatcher.roomOnce();
  }
  for (let index = 0; index < batch.count; index++) {
    const refusal = batch.refusal(index);
    if (refusal < 0) throw systemCallError(refusal, 'sendmmsg', { object: `message ${index}` });
  }
}
