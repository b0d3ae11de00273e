import { MessageBatch } from '../io/message-batch.js';

/**
 * Takes what the socket has received so far, and drops it. A raw socket receives from its first moment on: what came
 * before its filter was there is of other people's traffic.
 */
export function discardReceived(descriptor: number): void {
  const batch = new MessageBatch({ slots: 64, payloadBytes: 8 });
  while (batch.receive(descriptor, 0) > 0);
}
