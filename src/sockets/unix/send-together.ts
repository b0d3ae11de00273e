import type { Dispatcher } from './dispatcher.js';
import { type Outgoing, sendRun } from './outgoing.js';
import { BATCH_SLOTS } from './receive-options.js';

/**
 * Sends messages in order: runs of short ones in one system call each. One that is long, for whose receiver others wait
 * already, or for which a run had no room, goes by itself, now or in its turn.
 */
export function sendTogether(descriptor: number, dispatcher: Dispatcher, all: readonly Outgoing[]): void {
  for (let next = 0; next < all.length; ) {
    const run = runFrom(dispatcher, all, next);
    const dealt = run > 1 ? sendRun(descriptor, all, next, run) : 0;
    next += dealt;
    const alone = all[next];
    if (alone === undefined || (run > 1 && dealt === run)) continue;
    dispatcher.send(alone);
    next++;
  }
}

function runFrom(dispatcher: Dispatcher, all: readonly Outgoing[], first: number): number {
  let count = 0;
  for (let next = all[first]; next !== undefined && count < BATCH_SLOTS; next = all[first + count]) {
    if (!next.isShort || dispatcher.isWaitingFor(next.name)) break;
    count++;
  }
  return count;
}
