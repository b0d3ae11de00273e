// One end of a measurement over a Unix-domain socket pair, which is descriptor 3.
// Usage: unix-end.mjs send|receive passes|bytes|datagrams|objects COUNT. The receiver prints operations (bytes) a second as JSON.
import { openSync } from 'node:fs';
import { OwnedDescriptor, UnixBatch, UnixDatagramSocket, UnixSocket } from '../../dist/index.js';

const [direction, what, amount] = process.argv.slice(2);
const count = Number(amount);
const CHUNK = 1024 * 1024;
const RECEIVE_BUFFER = 256 * 1024;
const DATAGRAM = 64;
const BATCH = 64;
const WARM_UP = 0.1;

const descriptor = OwnedDescriptor.adopt(3);
const socket =
  what === 'datagrams' || what === 'objects' ? new UnixDatagramSocket(descriptor) : new UnixSocket(descriptor);

// The receiver ends first, having all that it wants.
socket.on('error', () => process.exit());

const senders = {
  async passes() {
    const file = openSync('/dev/null', 'r');
    const messages = Array.from({ length: BATCH }, () => ({ data: 'x', descriptors: [file] }));
    for (let sent = 0; sent < count; sent += BATCH) await socket.sendMany(messages);
  },
  async bytes() {
    const chunk = Buffer.alloc(CHUNK);
    for (let sent = 0; sent < count; sent += CHUNK) await socket.send(chunk);
  },
  async datagrams() {
    const datagrams = new UnixBatch({ slots: BATCH, maximumMessageSize: DATAGRAM });
    while (datagrams.add(Buffer.alloc(DATAGRAM)));
    for (let sent = 0; sent < count; sent += BATCH) await socket.sendBatch(datagrams);
  },
  async objects() {
    const messages = Array.from({ length: BATCH }, () => ({ data: Buffer.alloc(DATAGRAM) }));
    for (let sent = 0; sent < count; sent += BATCH) await socket.sendMany(messages);
  },
};

/** Each gives how much one call has brought. */
const receivers = {
  async passes() {
    const messages = await socket.receiveMany(BATCH);
    for (const message of messages) message.close();
    return messages.length;
  },
  async bytes() {
    return (await socket.receive({ buffer })).data.length;
  },
  async datagrams() {
    return socket.receiveBatch(batch);
  },
  async objects() {
    return (await socket.receiveMany(BATCH)).length;
  },
};
const buffer = Buffer.alloc(RECEIVE_BUFFER);
const batch = new UnixBatch({ slots: BATCH, maximumMessageSize: DATAGRAM });

async function receive(amount) {
  let received = 0;
  while (received < amount) received += await receivers[what]();
  return received;
}

if (direction === 'send') {
  await senders[what]().catch(() => {});
  process.exit();
} else {
  process.send('ready');
  // The first part is not measured: the sender starts meanwhile, and both sides warm up.
  const before = await receive(count * WARM_UP);
  const begun = process.hrtime.bigint();
  const measured = await receive(count - before);
  console.log(JSON.stringify({ rate: measured / (Number(process.hrtime.bigint() - begun) / 1e9) }));
  process.exit();
}
