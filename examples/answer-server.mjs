// A server that answers from the address it was asked on, as DNS servers must: node examples/answer-server.mjs [PORT]
// A host with several addresses would otherwise answer from the one its routes prefer, and the asker would not know it.
import { DatagramSocket } from 'subsocket';

const records = new Map([
  ['one.example', '192.0.2.1'],
  ['two.example', '192.0.2.2'],
]);

const socket = DatagramSocket.open({ family: 'dual', bind: { port: Number(process.argv[2] ?? 0) } });
console.log(`port ${socket.localAddress.port}`);

socket.on('message', question => {
  // Two bytes of transaction id, then a name; the answer has the same id.
  const name = question.payload.toString('utf8', 2);
  const answer = Buffer.concat([question.payload.subarray(0, 2), Buffer.from(records.get(name) ?? '?')]);
  socket.reply(question, answer);
});
