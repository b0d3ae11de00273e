// net-ping over TARGETS addresses of 127.0.0.0/8, 64 at a time. Prints {answered, seconds}.
const ping = require('net-ping');

const targets = Number(process.argv[2]);
const session = ping.createSession({ retries: 0, timeout: 1000, packetSize: 64 });
const begun = process.hrtime.bigint();
let [next, done, answered] = [0, 0, 0];

function address(index) {
  const value = 0x7f000001 + index;
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

function pingNext() {
  if (next === targets) return;
  session.pingHost(address(next++), error => {
    if (!error) answered++;
    if (++done < targets) return pingNext();
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    console.log(JSON.stringify({ answered, seconds }));
    session.close();
  });
}

for (let index = 0; index < 64; index++) pingNext();
