// Floods 64-byte datagrams to 127.0.0.1 for SECONDS. HOW: batches; joined, the same with sendOffload; segments, 64 in each
// message; or dgram.
// Prints JSON: count, seconds, cpuSeconds. Usage: datagram-send.mjs HOW PORT SECONDS
import { createSocket } from 'node:dgram';
import { DatagramSocket } from '../../dist/sockets/datagram/datagram-socket.js';

const [, , how, port, seconds] = process.argv;
const destination = { address: '127.0.0.1', port: Number(port) };
/** Microseconds of CPU that are not counted: by then everything is loaded and compiled. */
const WARM_UP = 500_000;
let begun = process.hrtime.bigint();
let cpu = process.cpuUsage();
let count = 0;
let warm = false;

/** Seconds that were counted. */
function elapsed() {
  if (warm) return Number(process.hrtime.bigint() - begun) / 1e9;
  const { user, system } = process.cpuUsage();
  if (user + system < WARM_UP) return 0;
  warm = true;
  count = 0;
  begun = process.hrtime.bigint();
  cpu = process.cpuUsage();
  return 0;
}

function end() {
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({ count, seconds: elapsed(), cpuSeconds: (used.user + used.system) / 1e6 }));
}

function flood(messages, each, options) {
  const socket = DatagramSocket.open({ ancillary: [], ...options });
  const turn = () => {
    for (let round = 0; round < 32; round++) count += socket.sendBatch(messages).taken * each;
    if (elapsed() < Number(seconds)) return setImmediate(turn);
    end();
    socket.close();
  };
  turn();
}

const several = Array.from({ length: 64 }, () => ({ payload: new Uint8Array(64), destination }));

const senders = {
  batches: () => flood(several, 1),
  joined: () => flood(several, 1, { sendOffload: true }),
  segments: () => {
    const payload = new Uint8Array(64 * 64);
    flood(
      Array.from({ length: 64 }, () => ({ payload, destination, segmentSize: 64 })),
      64,
    );
  },
  dgram() {
    const socket = createSocket('udp4');
    const payload = new Uint8Array(64);
    socket.bind(0, '127.0.0.1', () => {
      let pending = 0;
      const sent = () => {
        count++;
        pending--;
        if (elapsed() < Number(seconds)) return send();
        if (pending > 0) return;
        end();
        socket.close();
      };
      const send = () => {
        pending++;
        socket.send(payload, destination.port, destination.address, sent);
      };
      for (let index = 0; index < 64; index++) send();
    });
  },
};
senders[how]();
