// Passes descriptors to itself without end, holding some; tells when it has begun. Whoever started it terminates it.
import { openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { datagramPair, socketPair, UnixServer, UnixSocket } from '../../../../dist/index.js';

const [here, there] = workerData.kind === 'datagram' ? datagramPair() : socketPair();
const file = openSync('/dev/null', 'r');
const held = [];
if (workerData.path !== undefined) {
  const server = await UnixServer.listen(workerData.path);
  server.on('connection', socket => held.push(socket));
  held.push(await UnixSocket.connect(workerData.path));
}
parentPort.postMessage('begun');
const messages = Array.from({ length: 64 }, () => ({ data: 'x', descriptors: [file, file] }));
for (;;) {
  const sent = here.sendMany(messages);
  for (let received = 0; received < messages.length; ) {
    const some = await there.receiveMany();
    received += some.length;
    held.push(...some);
  }
  while (held.length > 500) held.shift().close?.();
  await sent;
}
