// Traces one target and tells how long it took to the result. Usage: node trace-one.mjs TARGET
import { traceroute } from '../../dist/index.js';

const begun = performance.now();
const told = { answered: 0, silent: 0 };
let longest = 0;
for await (const event of traceroute(process.argv[2], { names: false })) {
  if (event.type === 'hop') {
    for (const probe of event.probes) {
      if (probe.timeout) told.silent++;
      else told.answered++;
      longest = Math.max(longest, probe.rtt ?? 0);
    }
  } else {
    Object.assign(told, { reached: event.reached, hops: event.hops, elapsed: event.elapsed });
  }
}
console.log(JSON.stringify({ ...told, longest, milliseconds: performance.now() - begun }));
