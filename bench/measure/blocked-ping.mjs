// Pings ADDRESS COUNT times; with BLOCK > 0 something else holds the event loop for so many milliseconds, again and again.
// Prints {"sequence": rtt in ms, ...}. Usage: blocked-ping.mjs ADDRESS COUNT BLOCK
import { ping } from '../../dist/tools/ping.js';

const [address, count, block] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

function hold() {
  const until = process.hrtime.bigint() + BigInt(block) * 1_000_000n;
  while (process.hrtime.bigint() < until);
}

const timer = block > 0 ? setInterval(hold, block + 5) : undefined;
const trips = {};
for await (const event of ping(address, { count, interval: 7, timeout: 2000 })) {
  if (event.type === 'reply') trips[event.sequence] = event.rtt;
}
clearInterval(timer);
console.log(JSON.stringify(trips));
