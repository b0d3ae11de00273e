// Traces COUNT targets of 198.18.0.0/15 and tells how that went. Usage: node trace-many.mjs COUNT
import { traceroute } from '../../dist/index.js';

const count = Number(process.argv[2]);

function* targets() {
  for (let index = 1; index <= count; index++) yield `198.18.${index >> 8}.${index & 255}`;
}

const begun = performance.now();
const told = { reached: 0, hops: 0, silences: 0, sent: 0 };
for await (const event of traceroute(targets(), { names: false })) {
  if (event.type === 'hop') {
    told.hops++;
    told.silences += event.probes.filter(probe => probe.timeout).length;
  } else if (event.type === 'result') {
    told.reached += event.reached && event.hops === 12 ? 1 : 0;
    told.sent += event.sent;
  }
}
console.log(JSON.stringify({ ...told, seconds: (performance.now() - begun) / 1000 }));
