// A ping loop as one writes it on raw-socket, over TARGETS addresses of 127.0.0.0/8, 64 at a time: {answered, seconds}.
const raw = require('raw-socket');

const targets = Number(process.argv[2]);
const identifier = process.pid & 0xffff;
const socket = raw.createSocket({ protocol: raw.Protocol.ICMP });
const begun = process.hrtime.bigint();
let [next, answered] = [0, 0];

function address(index) {
  const value = 0x7f000001 + index;
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

function send() {
  if (next === targets) return;
  const request = Buffer.alloc(64);
  request[0] = 8;
  request.writeUInt16BE(identifier, 4);
  request.writeUInt16BE(next & 0xffff, 6);
  raw.writeChecksum(request, 2, raw.createChecksum(request));
  socket.send(request, 0, request.length, address(next++), error => {
    if (error) throw error;
  });
}

socket.on('message', packet => {
  const start = (packet[0] & 0xf) * 4;
  if (packet[start] !== 0 || packet.readUInt16BE(start + 4) !== identifier) return;
  if (++answered < targets) return send();
  console.log(JSON.stringify({ answered, seconds: Number(process.hrtime.bigint() - begun) / 1e9 }));
  socket.close();
});

for (let index = 0; index < 64; index++) send();
