// Shows the routers on the way to a host: node examples/trace-path.mjs HOST
import { traceroute } from 'subsocket';

const host = process.argv[2] ?? '127.0.0.1';

for await (const event of traceroute(host, { names: false })) {
  if (event.type === 'hop') {
    const words = event.probes.map(probe => ('timeout' in probe ? '*' : `${probe.address} ${probe.rtt.toFixed(3)} ms`));
    console.log(`${event.ttl}: ${words.join(', ')}`);
  }
  if (event.type === 'result') console.log(event.reached ? `reached by ${event.protocol}` : 'not reached');
}
