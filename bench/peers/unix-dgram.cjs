// The npm package unix-dgram at one end. Usage: unix-dgram.cjs send|receive PATH COUNT. The receiver prints datagrams a second
// as JSON, after a part that is not measured.
const unix = require('unix-dgram');

const [direction, path, amount] = process.argv.slice(2);
const count = Number(amount);
const DATAGRAM = 64;
const WARM_UP = 0.1;

function receive() {
  const server = unix.createSocket('unix_dgram');
  let received = 0;
  let begun;
  server.on('message', () => {
    received++;
    if (received === count * WARM_UP) begun = process.hrtime.bigint();
    if (received < count) return;
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    console.log(JSON.stringify({ rate: (count * (1 - WARM_UP)) / seconds }));
    process.exit();
  });
  server.bind(path);
  process.send('ready');
}

function send() {
  const client = unix.createSocket('unix_dgram');
  const datagram = Buffer.alloc(DATAGRAM);
  let sent = 0;
  let congested = false;
  // A datagram that meets congestion was not sent, and goes again.
  client.on('congestion', () => {
    congested = true;
    sent--;
  });
  client.on('error', () => process.exit());
  const more = () => {
    for (congested = false; !congested && sent < count; sent++) client.send(datagram);
  };
  client.on('writable', more);
  client.on('connect', more);
  client.connect(path);
}

if (direction === 'send') send();
else receive();
