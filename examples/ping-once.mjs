// Asks one host whether it is there: node examples/ping-once.mjs HOST
import { ping } from 'subsocket';

const host = process.argv[2] ?? '127.0.0.1';

for await (const event of ping(host, { count: 3, interval: 200 })) {
  if (event.type === 'reply') console.log(`${event.sequence}: ${event.rtt?.toFixed(3)} ms from ${event.address}`);
  if (event.type === 'error') console.log(`${event.sequence}: ${event.error}, says ${event.from ?? 'this host'}`);
  if (event.type === 'summary') console.log(`${event.received} of ${event.sent} came back`);
}
