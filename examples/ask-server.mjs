// Asks examples/answer-server.mjs, again and again until it answers: node examples/ask-server.mjs ADDRESS PORT NAME
import { randomInt } from 'node:crypto';
import { DatagramRequester, DatagramSocket } from 'subsocket';

const [, , address = '127.0.0.1', port = '53', name = 'one.example'] = process.argv;

const socket = DatagramSocket.open({ family: address.includes(':') ? 6 : 4 });
const requester = new DatagramRequester(socket, {
  identify: payload => (payload.length < 2 ? undefined : Buffer.from(payload).readUInt16BE()),
  initialTimeout: 500,
  minimumTimeout: 200,
});

const question = Buffer.concat([Buffer.alloc(2), Buffer.from(name)]);
question.writeUInt16BE(randomInt(0x10000));
const { datagram, attempts } = await requester.request(question, { address, port: Number(port) });
console.log(`${name} is ${datagram.payload.subarray(2)}, says ${datagram.source.address} when asked ${attempts} times`);
requester.close();
socket.close();
