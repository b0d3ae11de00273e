// Receives datagrams until an empty one comes. HOW: batches, objects (each with all its ancillary data), or dgram (Node's).
// Prints "port N", then JSON: count, cpuSeconds, and how late a timer of the loop was, in ms.
// Usage: datagram-receive.mjs HOW [all|none] [COALESCE_MILLISECONDS]
import { createSocket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { DatagramSocket } from '../../dist/sockets/datagram/datagram-socket.js';

const [, , how, ancillary, coalesce = '0'] = process.argv;
const lateness = [];
let count = 0;
let cpu;
let timer;
let seen = 0;

/** Microseconds of CPU that are not counted: by then everything is loaded and compiled. */
const WARM_UP = 400_000;
const LOOK_MILLISECONDS = 20;

function begin() {
  cpu = process.cpuUsage();
  const look = setInterval(() => {
    const { user, system } = process.cpuUsage();
    if (user + system < WARM_UP) return;
    clearInterval(look);
    cpu = process.cpuUsage();
    count = 1;
    wait();
  }, LOOK_MILLISECONDS);
}

/** A timer of 5 ms, and how much later than that it came. */
function wait() {
  const due = performance.now() + 5;
  timer = setTimeout(() => {
    lateness.push(performance.now() - due);
    wait();
  }, 5);
}

function end() {
  const used = process.cpuUsage(cpu);
  clearTimeout(timer);
  lateness.sort((left, right) => left - right);
  const p99 = lateness[Math.floor(lateness.length * 0.99)] ?? 0;
  process.stdout.write(
    `${JSON.stringify({ count, cpuSeconds: (used.user + used.system) / 1e6, timerP99: p99, seen })}\n`,
    () => process.exit(0),
  );
}

function open() {
  const socket = DatagramSocket.open({
    bind: { address: '127.0.0.1' },
    coalesce: Number(coalesce),
    options: { SO_RCVBUF: 4 << 20 },
    ...(ancillary === 'none' && { ancillary: [] }),
  });
  console.log(`port ${socket.localAddress.port}`);
  return socket;
}

const receivers = {
  batches() {
    open().receiveBatches(batch => {
      if (count === 0) begin();
      const { bytes } = batch;
      for (let index = 0; index < batch.count; index++) {
        if (batch.size(index) === 0) return end();
        seen += bytes[batch.offset(index)];
        count++;
      }
    });
  },
  objects() {
    open().on('message', datagram => {
      if (count === 0) begin();
      if (datagram.length === 0) return end();
      seen += datagram.payload[0] + datagram.source.port + datagram.source.address.family + datagram.destination.family;
      seen += datagram.interfaceIndex + datagram.hopLimit + datagram.trafficClass + datagram.drops + datagram.stamp;
      seen += datagram.truncated ? 1 : 0;
      count++;
    });
  },
  dgram() {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
    socket.bind(0, '127.0.0.1', () => console.log(`port ${socket.address().port}`));
    socket.on('message', message => {
      if (count === 0) begin();
      if (message.length === 0) end();
      count++;
    });
  },
};
receivers[how]();
