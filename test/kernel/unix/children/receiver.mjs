// Receives descriptors at descriptor 3 until the end, checks that they are level, and prints how many came.
import { readdirSync } from 'node:fs';
import { OwnedDescriptor, UnixSocket } from '../../../../dist/index.js';

const socket = new UnixSocket(OwnedDescriptor.adopt(3));
const open = () => readdirSync('/proc/self/fd').length;
let count = 0;
let most = 0;
let before;
console.log('ready');
for (;;) {
  const messages = await socket.receiveMany();
  before ??= open() - messages.reduce((total, { descriptors }) => total + descriptors.length, 0);
  if (messages.length === 0) break;
  for (const message of messages) {
    count += message.descriptors.length;
    message.close();
  }
  if (count % 1000 < 64) most = Math.max(most, open());
}
console.log(JSON.stringify({ count, level: most <= before }));
