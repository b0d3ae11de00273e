import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MessageBatch } from '../../../src/io/message-batch.js';
import { native } from '../../../src/io/native.js';
import { setOption } from '../../../src/io/option.js';
import { receiveStampsLive } from '../../../src/sockets/receive-stamps.js';
import { boundPort, Descriptors, nameOf, openDescriptors, ready } from '../../support/kernel/loopback.js';

/** The kernel turns stamping off some milliseconds after the last socket that wanted it: only then can the next one be early. */
const TURNED_OFF = 20;

/** Whether the first datagram of a socket that has just asked for stamps has one. */
async function firstIsStamped(): Promise<boolean> {
  using descriptors = new Descriptors();
  const { descriptor } = descriptors.udp(4);
  setOption(descriptor, 'SO_TIMESTAMPING', ['rx-software', 'software']);
  await receiveStampsLive();
  native().sendMessage(descriptor, new Uint8Array(1), nameOf(4, boundPort(descriptor)), null, 0);
  await ready(descriptor);
  const batch = new MessageBatch({ slots: 1, payloadBytes: 8 });
  expect(batch.receive(descriptor, 0)).toBe(1);
  return !Number.isNaN(batch.stamps[0]);
}

test('the first packet that a new socket receives has a stamp, once stamps are live', async () => {
  for (let round = 0; round < 100; round++) {
    await pause(TURNED_OFF);
    expect(await firstIsStamped()).toBe(true);
  }
});

test('seeing to it leaves nothing open', async () => {
  const before = openDescriptors();
  await receiveStampsLive();
  expect(openDescriptors()).toBe(before);
});
