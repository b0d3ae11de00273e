// Run as an unprivileged user with few descriptors: sends and never receives, until the kernel says that too many are in
// flight; then receives them, and sends again.
import { openSync } from 'node:fs';
import { seqpacketPair } from '../../../../dist/index.js';

const [here, there] = seqpacketPair();
const file = openSync('/dev/null', 'r');
const report = [];
let sent = 0;
let error;
while (error === undefined && sent < 100) {
  await here.send('x', { descriptors: Array(50).fill(file) }).then(
    () => sent++,
    reason => {
      error = reason;
    },
  );
}
report.push(error?.code, /on their way/.test(error?.message), sent > 0);
for (let received = 0; received < sent; received++) (await there.receive()).close();
await here.send('again', { descriptors: [file] });
const message = await there.receive();
report.push(String(message.data), message.descriptors.length);
console.log(JSON.stringify(report));
process.exit();
