import { MessageBatch } from '../io/message-batch.js';
import { native } from '../io/native.js';
import { setOption } from '../io/option.js';
import { openLoopbackEndpoint } from './loopback-endpoint.js';

/** A kernel on a busy machine takes a few milliseconds; one that gives no stamps must not keep a ping waiting. */
const LOOKS = 50;
/** Stamped datagrams in a row, a millisecond apart, after which stamps are not being turned off any more. */
const STEADY = 3;

/**
 * Resolves when received packets bear stamps, within some 50 ms. The first socket of a machine that asks for stamps has
 * the kernel turn them on in the background (net_enable_timestamp in net/core/dev.c), so a reply that comes in at once
 * may have none, and its round-trip time would be the event loop's instead of the network's. Seen by datagrams that a
 * UDP socket sends to itself; where there is no loopback to send them over, nothing is waited for.
 *
 * Once stamps were off and come on, they stay on for this socket. Where they are on from the start they may be about to go
 * off, because the last socket that wanted them was closed just before: then they are looked at for some time.
 */
export async function receiveStampsLive(): Promise<void> {
  const own = openLoopbackEndpoint();
  if (typeof own === 'number') return;
  try {
    setOption(own.descriptor, 'SO_TIMESTAMPING', ['rx-software', 'software']);
    const batch = new MessageBatch({ slots: 1, payloadBytes: 8 });
    let wereOff = false;
    for (let look = 0; look < LOOKS; look++) {
      if (native().sendMessage(own.descriptor, new Uint8Array(1), own.name, null, 0) < 0) return;
      const stamped = hasStamped(own.descriptor, batch);
      if (stamped && (wereOff || look + 1 >= STEADY)) return;
      wereOff ||= !stamped;
      await aMillisecond();
    }
  } finally {
    native().close(own.descriptor);
  }
}

/** The loopback device delivers within the send, but for a machine so busy that it leaves that to a thread. */
function hasStamped(descriptor: number, batch: MessageBatch): boolean {
  while (batch.receive(descriptor, 0) > 0) if (!Number.isNaN(batch.stamps[0])) return true;
  return false;
}

function aMillisecond(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 1));
}
